import { describe, expect, it } from 'vitest';
import { binadeRounding } from '../../../emac/accumulators/binades.js';
import { listFormats } from '../../../formats/registry.js';
import { BINADE_FORMATS, expectRoundedAsByReference } from './binade-pairs.js';

describe('rounding by float64 additions', () => {
  const presets = listFormats().filter((format) => format.bits <= 8);

  it('every preset of up to 8 bits has it, floats and fixed without a table', () => {
    expect(presets.length).toBeGreaterThan(30);
    for (const format of presets) {
      const tapered = format.family === 'posit' || format.facts.significandBits === 1;
      const { kind } = binadeRounding(format, 'none') ?? {};
      expect([format.name, kind]).toEqual([format.name, tapered ? 'tapered' : 'uniform']);
    }
  });

  it.each(BINADE_FORMATS)('%s is rounded as by the reference, sums and products unrounded before', (name) => {
    expectRoundedAsByReference(name, 250);
  });
});
