/** The options of commands that round once: how, and what lies beyond. */
import type { Argv } from 'yargs';
import { requireWhole, UserError } from '../errors.js';
import {
  OVERFLOW_POLICIES,
  type OverflowPolicy,
  ROUNDING_MODES,
  type Rounding,
  type RoundingMode,
  UNDERFLOWS,
  type Underflow,
} from '../formats/format.js';
import { axisNamed } from '../sweep/axes.js';
import { fieldOptions } from './field-options.js';

export interface RoundingArguments {
  mode: string;
  policy: string;
  underflow: string;
  seed: number;
}

const ROUNDING_AXES = [axisNamed('mode'), axisNamed('policy'), axisNamed('underflow'), axisNamed('seed')];

export function roundingOptions<T>(parser: Argv<T>): Argv<T & RoundingArguments> {
  const { mode, policy, underflow, seed } = fieldOptions(ROUNDING_AXES, 'schema', {
    seed: { meaning: 'seed of stochastic rounding' },
  });
  return parser.options({ mode, policy, underflow, seed }) as unknown as Argv<T & RoundingArguments>;
}

/** One of the words allowed. Throws UserError that lists them. */
function oneOf<Word extends string>(given: string, allowed: readonly Word[], what: string): Word {
  const found = allowed.find((word) => word === given);
  if (found) return found;
  throw new UserError(`${what} '${given}' is unknown; use ${allowed.join(', ')}`);
}

/** The rounding the options say. Throws UserError for unknown words and seeds that are no 32-bit integer. */
export function roundingOf(args: RoundingArguments): Rounding {
  requireWhole(`--seed ${args.seed}`, args.seed, 0, 2 ** 32 - 1);
  return {
    mode: oneOf<RoundingMode>(args.mode, ROUNDING_MODES, 'rounding mode'),
    policy: oneOf<OverflowPolicy>(args.policy, OVERFLOW_POLICIES, 'overflow policy'),
    underflow: oneOf<Underflow>(args.underflow, UNDERFLOWS, 'underflow rule'),
  };
}
