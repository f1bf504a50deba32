/** A family registered by its decode alone, as the output of a certified layer. */
import { describe, expect, it } from 'vitest';
import { defineFormat } from '../../formats/define.js';
import { registerFormat } from '../../formats/registry.js';
import { range } from '../emac/certified/bounds/boundaries.js';
import { run } from '../emac/certified/harness.js';

describe('a format known by its decode alone', () => {
  registerFormat(
    defineFormat({ name: 'decode12', family: 'decode', bits: 12, decode: (code) => (code ^ 2048) - 2048 }),
  );

  it('exact ties inside the buckets of its thresholds, and sums beside them', () => {
    const rows = range(60).map((i) => () => 127 - 2 * i);
    for (const [factor, bias] of [
      [0.5, 0n],
      [0.25, 1n],
      [2 ** -16 + 0.5, 0n],
    ] as const) {
      const channels = range(20).map((i) => ({
        w: (p: number) => (p === 0 ? 57 - 3 * i : 0),
        b: bias,
        s: factor,
      }));
      const test = { weights: 'fixed8q0', output: 'decode12', k: 2, channels, rows, scaleBits: 53 };
      expect(run(test).wrong).toBe(0);
      expect(run({ ...test, scaleBits: 17 }).wrong).toBe(0);
    }
  });
});
