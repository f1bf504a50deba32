/** What the codes of an edge or of weights are to a program: integers, and how large those are that can occur. */
import { dyadic, multiply, type Rational } from '../../../arithmetic/rational.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import type { Activation } from '../../../emac/layer/layer.js';
import { activate, encodeExact } from '../../../emac/layer/reference.js';
import { UserError } from '../../../errors.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import type { ValueTable } from './integers.js';

/** Codes lie in bytes. */
const MOST_BITS = 8;
const INT32 = 2n ** 31n;

/** Throws UserError, naming `what`, for codes of more than 8 bits, random words, and codes of NaN or infinity beyond the range. */
export function requireBytes(what: string, { format, rounding }: Encoding): void {
  if (format.bits > MOST_BITS) {
    throw new UserError(
      `${what} is in ${format.name}; export-c writes emac networks in formats of up to ${MOST_BITS} bits`,
    );
  }
  if (rounding.mode === 'stochastic') {
    throw new UserError(
      `${what} is rounded stochastically; export-c writes the other modes, such as nearest-even`,
    );
  }
  if (rounding.policy !== 'saturate') {
    throw new UserError(
      `${what} has codes of NaN or infinity under policy ${rounding.policy}; export-c writes policy saturate`,
    );
  }
}

/** The values of all codes less the zero point. */
export function valueTable(encoding: Encoding): ValueTable {
  const { format, zeroPoint } = encoding;
  const values = valuesOf(encoding);
  const fits = values.every((value) => value < INT32 && value > -INT32);
  return {
    format: format.name,
    zeroPoint,
    unitExponent: format.facts.lsbExponent,
    type: fits ? 'int32' : 'int64',
    values: values.map(String),
  };
}

/** By code; 0 where a code is no number. */
export function valuesOf(encoding: Encoding): bigint[] {
  const reader = new OperandReader(encoding);
  return Array.from({ length: 2 ** encoding.format.bits }, (_, code) => {
    const value = reader.operand(code);
    return typeof value === 'bigint' ? value : 0n;
  });
}

/** All codes that are numbers. */
export function finiteCodes({ format }: Encoding): number[] {
  return Array.from({ length: format.levels.count }, (_, index) => format.levels.code(index)).concat(
    format.negativeZero ?? [],
  );
}

/** The largest magnitude among these codes. */
export function largestOf(encoding: Encoding, codes: Iterable<number>): bigint {
  const values = valuesOf(encoding);
  let largest = 0n;
  for (const code of codes) {
    const value = values[code]!;
    if (value > largest) largest = value;
    if (-value > largest) largest = -value;
  }
  return largest;
}

/** encode(act(s · value)) of every code; codes that are no numbers become that of 0. */
export function reencoded(
  from: Encoding,
  to: Encoding,
  s: Rational,
  activation: Activation,
  cap?: Rational,
): number[] {
  const unit = multiply(s, dyadic(1n, from.format.facts.lsbExponent));
  return valuesOf(from).map((value) => {
    const quotient = multiply(unit, dyadic(value, 0));
    return encodeExact(activate(quotient, activation, cap), to);
  });
}

/** The largest unit that all are whole multiples of, and how many of it each is; positive numbers. */
export function commonUnit(numbers: readonly Rational[]): { unit: Rational; factors: bigint[] } {
  const denominator = numbers.reduce((all, { denominator: d }) => (all * d) / greatestDivisor(all, d), 1n);
  const whole = numbers.map((n) => (n.numerator * denominator) / n.denominator);
  const shared = whole.reduce(greatestDivisor);
  return { unit: { numerator: shared, denominator }, factors: whole.map((n) => n / shared) };
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
