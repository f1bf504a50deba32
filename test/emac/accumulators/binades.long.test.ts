import { describe, it } from 'vitest';
import { BINADE_FORMATS, expectRoundedAsByReference } from './binade-pairs.js';

describe('rounding by float64 additions', () => {
  it.each(BINADE_FORMATS)('%s is rounded as by the reference, on a thousand pairs', (name) => {
    expectRoundedAsByReference(name, 1000);
  });
});
