/**
 * How a multiply-accumulate unit holds the operands of a format. Evenly spaced formats (fixed, affine, pow2int)
 * are two's complement integers. All others are a sign, a significand and a left shift onto the format's lattice:
 * `gradual` where the smallest values lose significand bits instead of dropping below the lattice (floats with
 * subnormals: the shift is the exponent field), `tapered` where the significand is always normalised (posits: the
 * shift is the scale above minpos).
 */
import { bitLength, decompose } from '../../arithmetic/float64.js';
import { UserError } from '../../errors.js';
import type { NumberFormat } from '../../formats/format.js';

export type DatapathKind = 'integer' | 'gradual' | 'tapered';

export interface Datapath {
  readonly format: NumberFormat;
  readonly kind: DatapathKind;
  /** Two's complement bits (`integer`), or bits of the unsigned significand with its hidden bit. */
  readonly significandBits: number;
  /** Bits of the shift; 0 for `integer`. */
  readonly shiftBits: number;
  readonly largestShift: number;
  /** The operand in units of 2^lsb, zero point taken off, lies in min..max. */
  readonly min: bigint;
  readonly max: bigint;
  readonly lsb: number;
  /** Whether NaN, NaR or Inf may arrive. */
  readonly hasSpecials: boolean;
}

/** `any`: wide enough for every zero point of the format's range. */
export interface OperandChoices {
  readonly zeroPoint?: number | 'any';
  readonly range?: 'full' | 'narrow';
}

/** value / 2^lsb, an integer for every finite value of a format with that lsb. */
function latticeUnits(value: number, lsb: number): bigint {
  const { significand, exponent } = decompose(value);
  const shift = BigInt(exponent - lsb);
  return shift >= 0n ? significand << shift : significand >> -shift;
}

/** Smallest number of two's complement bits (1 or more) that holds every integer of low..high. */
export function signedBits(low: bigint, high: bigint): number {
  const forHigh = high > 0n ? bitLength(high) : 0;
  const forLow = low < 0n ? bitLength(-low - 1n) : 0;
  return Math.max(forHigh, forLow) + 1;
}

/** Bits that hold the unsigned integers 0..largest. */
export function unsignedBits(largest: number): number {
  return bitLength(BigInt(largest));
}

function kindOf(format: NumberFormat): DatapathKind {
  const { min, max, lsbExponent, distinct, significandBits } = format.facts;
  const points = latticeUnits(max, lsbExponent) - latticeUnits(min, lsbExponent) + 1n;
  if (points === BigInt(distinct)) return 'integer';
  if (format.family === 'posit') return 'tapered';
  // gradual: every lattice point of significandBits bits is a value, so that none needs a right shift
  if (significandBits === 1) return 'gradual';
  const zero = format.levels.index(format.encode(0));
  const dense = 2 ** significandBits - 1;
  if (zero + dense >= format.levels.count) return 'tapered';
  const last = format.toNumber(format.levels.code(zero + dense));
  return latticeUnits(last, lsbExponent) === BigInt(dense) ? 'gradual' : 'tapered';
}

/** The operand side of a unit for this format. Throws UserError for a zero point the format cannot have. */
export function datapathOf(format: NumberFormat, choices: OperandChoices = {}): Datapath {
  const { facts } = format;
  const zeroPoint = choices.zeroPoint ?? 0;
  if (zeroPoint !== 0 && format.zeroPoints === 'none') {
    throw new UserError(`format ${format.name} has no zero point; use 0, or an affine format`);
  }
  const narrow = choices.range === 'narrow' ? format.narrowRange : undefined;
  const low = narrow ? BigInt(narrow.min) : latticeUnits(facts.min, facts.lsbExponent);
  const high = narrow ? BigInt(narrow.max) : latticeUnits(facts.max, facts.lsbExponent);
  const [min, max] =
    zeroPoint === 'any' ? [low - high, high - low] : [low - BigInt(zeroPoint), high - BigInt(zeroPoint)];
  const hasSpecials = facts.reserved > 0;
  const common = { format, min, max, lsb: facts.lsbExponent, hasSpecials } as const;
  const kind = kindOf(format);
  if (kind === 'integer') {
    return { ...common, kind, significandBits: signedBits(min, max), shiftBits: 0, largestShift: 0 };
  }
  const top = bitLength(max > -min ? max : min) - 1;
  const largestShift = kind === 'tapered' ? top : Math.max(top - facts.significandBits + 1, 0);
  return {
    ...common,
    kind,
    significandBits: facts.significandBits,
    shiftBits: unsignedBits(largestShift),
    largestShift,
  };
}

/** sign · significand · 2^(shift − padding) lattice units, padding being `significandPadding`. */
export interface DecodedOperand {
  readonly sign: 1 | -1;
  readonly significand: bigint;
  readonly shift: number;
}

/** Zero bits below the binary point of a left-aligned significand: the aligned product drops them. */
export function significandPadding(path: Datapath): number {
  return path.kind === 'tapered' ? path.significandBits - 1 : 0;
}

/** Splits an operand in lattice units as the unit's decoder does. */
export function splitOperand(path: Datapath, units: bigint): DecodedOperand {
  const sign = units < 0n ? -1 : 1;
  const magnitude = units < 0n ? -units : units;
  if (magnitude === 0n || path.kind === 'integer') return { sign, significand: magnitude, shift: 0 };
  const top = bitLength(magnitude) - 1;
  if (path.kind === 'tapered') {
    return { sign, significand: (magnitude << BigInt(path.significandBits - 1)) >> BigInt(top), shift: top };
  }
  const shift = Math.max(top - path.significandBits + 1, 0);
  return { sign, significand: magnitude >> BigInt(shift), shift };
}
