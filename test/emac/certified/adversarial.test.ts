import { describe, expect, it } from 'vitest';
import { ADVERSARIAL_FORMATS, adversarialCase } from './adversarial-cases.js';
import { run } from './harness.js';

describe('all maxpos, all minpos, sums that cancel to one minpos, exact ties, NaN and Inf', () => {
  it.each(ADVERSARIAL_FORMATS)('%s', (name) => {
    const { wrong, codes } = run(adversarialCase(name, 13));
    expect(wrong).toBe(0);
    expect(new Set(codes).size).toBeGreaterThan(1);
  });
});

describe('a bound wider than the format, beyond both ends of which there is one code, NaN', () => {
  it.each(['float8e4m3fn', 'float8e5m2fnuz', 'float8e4m3'])('%s', (output) => {
    const far = 2 ** 24;
    const rows = [1.5, -1, 0.5].map((x) => (p: number) => [far, far, x][p]!);
    const channels = [1, -1].map((last) => ({ w: (p: number) => [far, -far, last][p]!, b: 0n, s: 1 }));
    const rounding = { mode: 'nearest-even', policy: 'nan', underflow: 'none' } as const;
    const test = { weights: 'posit8es2', output, rounding, k: 3, channels, rows, scaleBits: 16 };
    const { wrong, codes } = run(test);
    expect(wrong).toBe(0);
    expect(new Set(codes).size).toBeGreaterThan(3);
  });
});
