import { expect, it } from 'vitest';
import { randomLayers } from '../random-layers.js';

it('layers of all kinds of formats, scales, biases and accumulators have the codes of plain fractions', () => {
  expect(randomLayers(1, 400).slice(0, 2)).toEqual([]);
});
