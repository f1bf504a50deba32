/** Checks and special values every encoder shares, so that none of them can differ from another. */
import { UserError } from '../../errors.js';
import type { NumberFormat, Rounding, RoundingMode } from '../format.js';
import { ROUNDING_MODES } from '../format.js';

/** Throws UserError for a mode that is unknown, or a policy or underflow rule the format lacks. */
export function checkRounding(format: NumberFormat, rounding: Rounding): void {
  if (!ROUNDING_MODES.includes(rounding.mode)) {
    throw new UserError(`rounding mode '${rounding.mode}' is unknown; use ${ROUNDING_MODES.join(', ')}`);
  }
  if (!format.policies.includes(rounding.policy)) {
    throw new UserError(
      `format ${format.name} has no overflow policy '${rounding.policy}'; use ${format.policies.join(' or ')}`,
    );
  }
  if (!format.underflows.includes(rounding.underflow)) {
    throw new UserError(
      `format ${format.name} has no underflow rule '${rounding.underflow}'; use ${format.underflows.join(' or ')}`,
    );
  }
}

/** Throws UserError unless what stochastic rounding takes is a 32-bit word. */
export function checkRandomWord(randomWord: number | undefined): number {
  if (randomWord === undefined || !Number.isInteger(randomWord) || randomWord < 0 || randomWord >= 2 ** 32) {
    throw new UserError(
      `stochastic rounding needs a random word, an integer 0 .. 2^32 − 1, for each value; got ${randomWord ?? 'none'}`,
    );
  }
  return randomWord;
}

/** The code beyond the largest value (sign 1) or the smallest (−1) under the policy. */
export function overflowCode(format: NumberFormat, policy: Rounding['policy'], sign: 1 | -1): number {
  switch (policy) {
    case 'saturate':
      return format.levels.code(sign === 1 ? format.levels.count - 1 : 0);
    case 'infinity':
      return sign === 1 ? format.infinity!.positive : format.infinity!.negative;
    case 'nan':
      return format.nan!;
    default:
      return policy satisfies never;
  }
}

/**
 * The code of NaN, +∞ or −∞. `where` names the value in the error of a format that has no code for it, e.g.
 * `weights of dense1[17]`.
 */
export function specialCode(
  format: NumberFormat,
  value: number,
  policy: Rounding['policy'],
  where = 'the value',
): number {
  if (Number.isNaN(value)) {
    if (format.nan !== undefined) return format.nan;
    throw new UserError(
      `${where} is NaN, which ${format.name} cannot hold; mend the data or use a format with NaN`,
    );
  }
  const sign = value > 0 ? 1 : -1;
  switch (format.infinityInput) {
    case 'policy':
      return overflowCode(format, policy, sign);
    case 'nan':
      return format.nan!;
    case 'error':
      throw new UserError(
        `${where} is ${value}, which ${format.name} cannot hold; mend the data or use a float or posit format`,
      );
    default:
      return format.infinityInput satisfies never;
  }
}

/** Whether the mode sends a value beyond the range outwards, by its sign; nearest modes decide by the boundary. */
export function overflowRule(mode: RoundingMode, sign: 1 | -1): 'never' | 'always' | 'by-boundary' {
  switch (mode) {
    case 'nearest-even':
    case 'nearest-away':
      return 'by-boundary';
    case 'toward-zero':
      return 'never';
    case 'up':
      return sign === 1 ? 'always' : 'never';
    case 'down':
      return sign === 1 ? 'never' : 'always';
    case 'stochastic':
      return 'always';
    default:
      return mode satisfies never;
  }
}
