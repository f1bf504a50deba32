import { expect, it } from 'vitest';
import { randomLayers } from '../random-layers.js';

it.each([2, 3])('10,000 random layers have the codes of plain fractions, seed %i', (seed) => {
  expect(randomLayers(seed, 10_000).slice(0, 2)).toEqual([]);
});
