import { expect, it } from 'vitest';
import { strokesDataset } from '../../../datasets/strokes/dataset.js';
import { bestLinearAccuracy } from './softmax.js';

it('the built-in set keeps a linear classifier, trained for 30 epochs, between 85 % and 93 %', () => {
  const accuracy = bestLinearAccuracy(strokesDataset(0, 8000, 2000), 30, 0.02, 0.01);
  expect(accuracy).toBeLessThan(0.93);
  expect(accuracy).toBeGreaterThan(0.85);
});
