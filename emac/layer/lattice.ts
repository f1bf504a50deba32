/**
 * The lattice of a format: every finite value is an integer multiple of 2^lsb (docs/numerics.md §4), so
 * products and sums of codes are integers. Zero points are integers of the same lattice (lsb 0 for affine).
 */
import type { Exact, NumberFormat } from '../../formats/format.js';
import type { Encoding } from '../../quantizers/encoding.js';

/** What an operand code is to the sum: a finite integer of lattice units, or something no sum absorbs. */
export type Operand = bigint | 'nan' | '+infinity' | '-infinity';

/** A decoded value in units of its lattice, less the zero point. */
export function operandOf(exact: Exact, lsb: number, zeroPoint: number): Operand {
  switch (exact.kind) {
    case 'nan':
      return 'nan';
    case 'infinity':
      return exact.sign > 0 ? '+infinity' : '-infinity';
    case 'finite': {
      const shift = BigInt(exact.exponent - lsb);
      // a value with trailing zero bits may be stored with an exponent below lsb: the shift down is exact
      const magnitude = shift >= 0n ? exact.significand << shift : exact.significand >> -shift;
      return (exact.sign < 0 ? -magnitude : magnitude) - BigInt(zeroPoint);
    }
    default:
      return exact satisfies never;
  }
}

/** Reads operands by code: from a table for formats of up to 16 bits, decoded each time for wider ones. */
export class OperandReader {
  readonly lsb: number;
  readonly #format: NumberFormat;
  readonly #zeroPoint: number;
  readonly #table: (Operand | undefined)[] | undefined;

  constructor(encoding: Encoding) {
    this.#format = encoding.format;
    this.#zeroPoint = encoding.zeroPoint;
    this.lsb = encoding.format.facts.lsbExponent;
    this.#table = encoding.format.bits <= 16 ? new Array(2 ** encoding.format.bits) : undefined;
  }

  operand(code: number): Operand {
    const known = this.#table?.[code];
    if (known !== undefined) return known;
    const value = operandOf(this.#format.decode(code), this.lsb, this.#zeroPoint);
    if (this.#table) this.#table[code] = value;
    return value;
  }

  /** value(code) − zero point as a float64: exact for every format here; NaN and ±Inf as they are. */
  toNumber(code: number): number {
    return this.#format.toNumber(code) - this.#zeroPoint;
  }
}

/** The product of two operands in extended-real arithmetic: NaN absorbs, Inf · 0 is NaN. */
export function multiplyOperands(w: Operand, x: Operand): Operand {
  if (typeof w === 'bigint' && typeof x === 'bigint') return w * x;
  if (w === 'nan' || x === 'nan') return 'nan';
  const sign = signOfOperand(w) * signOfOperand(x);
  return sign === 0 ? 'nan' : sign > 0 ? '+infinity' : '-infinity';
}

/** The sum of two operands in extended-real arithmetic: Inf − Inf is NaN. */
export function addOperands(a: Operand, b: Operand): Operand {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b;
  if (a === 'nan' || b === 'nan') return 'nan';
  if (typeof a === 'bigint') return b;
  if (typeof b === 'bigint') return a;
  return a === b ? a : 'nan';
}

function signOfOperand(a: Exclude<Operand, 'nan'>): number {
  if (a === '+infinity') return 1;
  if (a === '-infinity') return -1;
  return a < 0n ? -1 : a > 0n ? 1 : 0;
}
