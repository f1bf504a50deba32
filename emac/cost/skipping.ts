/**
 * What a processor saves that skips the rest of a multiply-accumulate once an operand is found to be zero: SparCE (Sen et
 * al., arXiv 1711.06315), as a first-order model of the loop over products (docs/zero-skipping.md). Units: cycles.
 */
import { UserError } from '../../errors.js';

/**
 * What the loop multiplies. `values`: zero points are subtracted first, so an operand is zero where its real is. `codes`: as they
 * are stored, zero points dealt with outside the loop (Jacob et al., equation 7), so an operand is zero where its code is.
 */
export type OperandForm = 'values' | 'codes';

/** Of one turn of the loop. */
export interface LoopCycles {
  readonly whole: number;
  /** Not spent where the activation is zero. */
  readonly afterActivation: number;
  /** Not spent where the weight is. */
  readonly afterWeight: number;
}

/**
 * Two loads, a multiply, an add, two steps of pointers and a branch: 7. A zero activation saves loading the weight, the multiply
 * and the add; a zero weight the last two. Subtracting a zero point takes a cycle more, and is done before the operand is
 * looked at.
 */
export function loopCycles(form: OperandForm, zeroPoints: ZeroPoints): LoopCycles {
  const activation = form === 'values' && zeroPoints.activations !== 0 ? 1 : 0;
  const weight = form === 'values' && zeroPoints.weights !== 0 ? 1 : 0;
  return { whole: 7 + activation + weight, afterActivation: 3 + weight, afterWeight: 2 };
}

export interface ZeroPoints {
  readonly weights: number;
  readonly activations: number;
}

/** Counted turns of a loop. With v lanes a turn takes v products, and a zero is a zero in all of them. */
export interface LoopTurns {
  readonly turns: number;
  /** Those whose activation is zero. */
  readonly zeroActivations: number;
  /** Those whose weight is zero and whose activation is not. */
  readonly zeroWeights: number;
}

/** Cycles of all turns. */
export function cyclesOf(
  { turns, zeroActivations, zeroWeights }: LoopTurns,
  { whole, afterActivation, afterWeight }: LoopCycles,
  skipping: 'none' | 'zeros',
): number {
  if (skipping === 'none') return turns * whole;
  return turns * whole - zeroActivations * afterActivation - zeroWeights * afterWeight;
}

/**
 * Time with skipping over time without, by Amdahl's law: `before` and `after` are cycles of the loops, which are the share `macShare`
 * (above 0, at most 1) of all time without skipping. 1 where there are no loops. Throws UserError for a share out of range.
 */
export function timeRatio(before: number, after: number, macShare: number): number {
  if (!(macShare > 0 && macShare <= 1)) {
    throw new UserError(
      `a share of ${macShare} of the time in multiply-accumulate loops is impossible; use more than 0, at most 1`,
    );
  }
  return before === 0 ? 1 : 1 - macShare * (1 - after / before);
}
