/** What a unit holds beside a sum: a sticky class of two bits, for formats that have NaN, NaR or Inf. */
import { addOperands, type Operand } from '../layer/lattice.js';

const SPECIALS = ['finite', '+infinity', '-infinity', 'nan'] as const;

/** NaN and NaR absorb; infinities of both signs make NaN. */
export type Special = (typeof SPECIALS)[number];

export const SPECIAL_BITS = 2;

export function specialOf(operand: Operand): Special {
  return typeof operand === 'bigint' ? 'finite' : operand;
}

/** The class of a sum of numbers of these classes. */
export function addSpecials(a: Special, b: Special): Special {
  return specialOf(addOperands(representative(a), representative(b)));
}

/** The bits of a class in a register. */
export function specialBits(special: Special): bigint {
  return BigInt(SPECIALS.indexOf(special));
}

export function specialFromBits(bits: bigint): Special {
  return SPECIALS[Number(bits)]!;
}

/** A class as an operand: which finite number stands for `finite` does not matter to the class of a sum. */
function representative(special: Special): Operand {
  return special === 'finite' ? 0n : special;
}
