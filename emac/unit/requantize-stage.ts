/**
 * What stands between the accumulator and the round stage: nothing where s is 1 or a power of two (its exponent is
 * added in the round stage), else what multiplies the whole sum by the significand of s. No bit of the product is
 * dropped: a sticky bit formed before it would change codes.
 */
import type { Multiplier } from './multiplier.js';
import type { Register, RegisterFile } from './registers.js';
import { SPECIAL_BITS, type Special, specialFromBits } from './special.js';

/** s · sum, exactly: units · 2^exponent where it is finite. */
export interface ScaledSum {
  readonly special: Special;
  readonly units: bigint;
  readonly exponent: number;
}

export interface RequantizeStage {
  /** Registers of its own; none where s costs an exponent add. */
  readonly registers: readonly Register[];
  /** Clock edges from the one that shows the sum in the accumulator to the one that shows s · sum. */
  readonly edges: number;
  /** Least number of clock edges between two sums. */
  readonly interval: number;
  /** Bits of the largest |units|. */
  readonly magnitudeBits: number;
  /** What the round stage reads at this edge, before `clock`; undefined where no product is ready. */
  scaledSum(file: RegisterFile): ScaledSum | undefined;
  /** One clock edge. */
  clock(file: RegisterFile): void;
}

/** Of the accumulator whose sums are multiplied. */
export interface SumRegister {
  /** W */
  readonly bits: number;
  /** Exponent of its last bit: lsb_w + lsb_x. */
  readonly exponent: number;
  readonly specials: 'possible' | 'impossible';
}

/** The class a register of the file holds; `finite` where the unit has none. */
export function specialIn(file: RegisterFile, name: string): Special {
  return file.has(name) ? specialFromBits(file.get(name)) : 'finite';
}

export function specialRegister(name: string, sum: SumRegister): Register[] {
  return sum.specials === 'possible'
    ? [{ name, stage: 'requantize', bits: SPECIAL_BITS, signed: 'unsigned' }]
    : [];
}

/** s is 1 or a power of two: the round stage takes the sum itself, and adds the exponent of s to the lattice's. */
export function exponentAdd(sum: SumRegister, s: Multiplier): RequantizeStage {
  return {
    registers: [],
    edges: 0,
    interval: 1,
    magnitudeBits: sum.bits,
    scaledSum: (file) =>
      file.get('done') === 1n
        ? {
            special: specialIn(file, 'sticky'),
            units: file.get('sum'),
            exponent: sum.exponent + s.exponent,
          }
        : undefined,
    clock: () => undefined,
  };
}
