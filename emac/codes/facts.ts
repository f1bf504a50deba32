/** What the codes that occur in a tensor have in common: enough to choose how int16 or int8 can hold their values. */
import { bitLength, exponentOf, powerOfTwo } from '../../arithmetic/float64.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { operandOf } from '../layer/lattice.js';

/** Per code of a format of up to 8 bits, in units of value − zero point. */
export interface CodeTable {
  /** value − zero point; 0 for NaN and Inf codes. [2^bits] */
  readonly values: Float64Array;
  /** Largest L with value a multiple of 2^L; UNCONSTRAINED for 0 and for NaN and Inf codes. [2^bits] */
  readonly lsb: Int32Array;
  /** 1 for NaN, NaR and Inf codes. [2^bits] */
  readonly special: Uint8Array;
}

/** Larger than every L of a value: 0, a multiple of every power of two, leaves the least L as it is. */
const UNCONSTRAINED = 0x7fff;

export function codeTable(encoding: Encoding): CodeTable {
  const count = 2 ** encoding.format.bits;
  const values = new Float64Array(count);
  const lsb = new Int32Array(count).fill(UNCONSTRAINED);
  const special = new Uint8Array(count);
  const lsbExponent = encoding.format.facts.lsbExponent;
  for (let code = 0; code < count; code++) {
    const operand = operandOf(encoding.format.decode(code), lsbExponent, encoding.zeroPoint);
    if (typeof operand !== 'bigint') {
      special[code] = 1;
      continue;
    }
    values[code] = encoding.format.toNumber(code) - encoding.zeroPoint;
    if (operand !== 0n) lsb[code] = lsbExponent + bitLength(operand & -operand) - 1;
  }
  return { values, lsb, special };
}

/** What the codes that occur have in common. */
export interface UseFacts {
  /** Largest |value − zero point|. */
  readonly largest: number;
  /** Smallest and largest of value − zero point and 0. */
  readonly lowest: number;
  readonly highest: number;
  /** All values are multiples of 2^lsb; undefined where all are 0. */
  readonly lsb: number | undefined;
  readonly hasSpecials: boolean;
}

/** `used`: a byte per code, non-zero where it occurs. */
export function useFacts(table: CodeTable, used: Uint8Array): UseFacts {
  let lowest = 0;
  let highest = 0;
  let lsb = UNCONSTRAINED;
  let hasSpecials = false;
  for (let code = 0; code < used.length; code++) {
    if (used[code] === 0) continue;
    if (table.special[code]) hasSpecials = true;
    lowest = Math.min(lowest, table.values[code]!);
    highest = Math.max(highest, table.values[code]!);
    lsb = Math.min(lsb, table.lsb[code]!);
  }
  const largest = Math.max(-lowest, highest);
  return { largest, lowest, highest, lsb: lsb === UNCONSTRAINED ? undefined : lsb, hasSpecials };
}

/** The largest i with 2^i · largest ≤ 32767; largest > 0. */
export function int16Exponent(largest: number): number {
  const guess = 14 - exponentOf(largest);
  return largest * powerOfTwo(guess) <= 32767 ? guess : guess - 1;
}
