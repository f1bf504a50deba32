import { describe, expect, it } from 'vitest';
import { ADVERSARIAL_FORMATS, adversarialCase } from './certified-adversarial-cases.js';
import { run } from './certified-harness.js';

describe('all maxpos, all minpos, sums that cancel to one minpos, exact ties, NaN and Inf', () => {
  it.each(ADVERSARIAL_FORMATS)('%s', (name) => {
    const { wrong, codes } = run(adversarialCase(name, 13));
    expect(wrong).toBe(0);
    expect(new Set(codes).size).toBeGreaterThan(1);
  });
});
