/** Computed codes at every threshold of 16-bit formats, and of 32-bit formats at the boundaries of 10^5 random codes. */
import { describe, expect, it } from 'vitest';
import { nextDown, nextUp } from '../../../arithmetic/float64.js';
import { roundingsOf } from '../../../formats/conformance/probes.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { UNIT } from '../../../formats/placement.js';
import { getFormat } from '../../../formats/registry.js';
import { codecOf } from '../../../formats/rounding/codec.js';
import { codeOfQuotient } from '../../../formats/rounding/computed.js';
import { roundingThresholds, thresholdIndex } from '../../../formats/rounding/thresholds.js';
import { compareWithExact, wideValues } from './computed-oracle.js';

const NAMES = ['posit16es1', 'posit16es2', 'posit16es4', 'float16', 'bfloat16', 'fixed16q8', 'pow2int16'];

describe.each(NAMES)('%s', (name) => {
  it('at every threshold and beside it, in every rounding', () => {
    const format = getFormat(name);
    for (const rounding of roundingsOf(format)) {
      if (rounding.mode === 'stochastic') continue;
      const table = roundingThresholds(format, rounding, UNIT);
      const codec = codecOf(format, format.layout!, rounding, UNIT);
      let wrong = 0;
      for (let i = 1; i < table.thresholds.length; i++) {
        const threshold = table.thresholds[i]!;
        for (const x of [nextDown(threshold), threshold, nextUp(threshold)]) {
          if (codeOfQuotient(codec, x) !== table.codes[thresholdIndex(table, x)]) wrong++;
        }
      }
      expect(wrong).toBe(0);
    }
  });
});

describe.each(['posit32es0', 'posit32es2', 'posit32es4', 'float32', 'fixed32q16'])('%s', (name) => {
  const format = getFormat(name);

  it('around the boundaries of 10^5 random codes', () => {
    const values = wideValues(format, 100_000);
    expect(compareWithExact(format, NEAREST_EVEN, UNIT, values)).toEqual({ wrong: [], undecided: 0 });
  }, 600_000);

  it('around those of a thousand in every rounding', () => {
    const values = wideValues(format, 1000);
    for (const rounding of roundingsOf(format)) {
      expect(compareWithExact(format, rounding, UNIT, values).wrong).toEqual([]);
    }
  }, 600_000);
});
