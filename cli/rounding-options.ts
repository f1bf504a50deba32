/** The options of commands that round once: how, and what lies beyond. */
import type { Argv } from 'yargs';
import { UserError } from '../errors.js';
import {
  OVERFLOW_POLICIES,
  type OverflowPolicy,
  ROUNDING_MODES,
  type Rounding,
  type RoundingMode,
  UNDERFLOWS,
  type Underflow,
} from '../formats/format.js';

export interface RoundingArguments {
  mode: string;
  policy: string;
  underflow: string;
  seed: number;
}

export function roundingOptions<T>(parser: Argv<T>): Argv<T & RoundingArguments> {
  return parser
    .option('mode', {
      type: 'string',
      default: 'nearest-even',
      requiresArg: true,
      describe: `rounding mode: ${ROUNDING_MODES.join(', ')}`,
    })
    .option('policy', {
      type: 'string',
      default: 'saturate',
      requiresArg: true,
      describe: `beyond the largest value: ${OVERFLOW_POLICIES.join(', ')}`,
    })
    .option('underflow', {
      type: 'string',
      default: 'none',
      requiresArg: true,
      describe: `below a posit's minpos: ${UNDERFLOWS.join(', ')}`,
    })
    .option('seed', {
      type: 'number',
      default: 0,
      requiresArg: true,
      describe: 'seed of stochastic rounding',
    });
}

/** One of the words allowed. Throws UserError that lists them. */
function oneOf<Word extends string>(given: string, allowed: readonly Word[], what: string): Word {
  const found = allowed.find((word) => word === given);
  if (found) return found;
  throw new UserError(`${what} '${given}' is unknown; use ${allowed.join(', ')}`);
}

/** The rounding the options say. Throws UserError for unknown words and seeds that are no 32-bit integer. */
export function roundingOf(args: RoundingArguments): Rounding {
  const { seed } = args;
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new UserError(`seed ${seed} is not usable; give an integer 0 .. ${2 ** 32 - 1}`);
  }
  return {
    mode: oneOf<RoundingMode>(args.mode, ROUNDING_MODES, 'rounding mode'),
    policy: oneOf<OverflowPolicy>(args.policy, OVERFLOW_POLICIES, 'overflow policy'),
    underflow: oneOf<Underflow>(args.underflow, UNDERFLOWS, 'underflow rule'),
  };
}
