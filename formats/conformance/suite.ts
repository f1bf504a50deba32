/**
 * The conformance suite: what every number format must do, run on one format and reported property by property.
 * It needs no test framework, so that the author of a plugin can run it on their own:
 *
 *     import { checkFormat } from 'cheetah-numerics/conformance';
 *     for (const { property, passed, detail } of checkFormat(myFormat)) console.log(passed, property, detail);
 *
 * Formats of up to 8 bits are checked on every code, boundary and the float64 numbers next to them; wider ones on
 * an even stride of their codes.
 */

import type { NumberFormat } from '../format.js';
import { CODE_CHECKS } from './codes.js';
import { type Check, probesOf } from './probes.js';
import { REFERENCE_CHECKS } from './reference.js';
import { ROUNDING_CHECKS } from './rounding.js';

export interface Conformance {
  readonly property: string;
  readonly passed: boolean;
  /** Empty when passed, else the first counterexample. */
  readonly detail: string;
}

const CHECKS: Readonly<Record<string, Check>> = { ...CODE_CHECKS, ...ROUNDING_CHECKS, ...REFERENCE_CHECKS };

/** Runs every property on a format; those that throw fail with the message. */
export function checkFormat(format: NumberFormat): Conformance[] {
  const results: Conformance[] = [];
  for (const [property, check] of Object.entries(CHECKS)) {
    let detail = '';
    try {
      const [first] = check(format, probesOf(format));
      detail = first ?? '';
    } catch (error) {
      detail = `threw ${error instanceof Error ? error.message : String(error)}`;
    }
    results.push({ property, passed: detail === '', detail });
  }
  return results;
}

/** Throws an Error naming every property that fails; for test frameworks and scripts. */
export function assertConforms(format: NumberFormat): void {
  const failed = checkFormat(format).filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const lines = failed.map(({ property, detail }) => `${property}: ${detail}`);
  throw new Error(`format ${format.name} does not conform:\n  ${lines.join('\n  ')}`);
}
