import { describe, expect, it } from 'vitest';
import { UserError } from '../../../errors.js';
import {
  DEFAULT_TRAINING,
  rateAt,
  resolveTraining,
  type TrainingOptions,
} from '../../../networks/training/options.js';

describe('training options', () => {
  it('have defaults, Adam its own rate, and limits', () => {
    expect(resolveTraining({})).toEqual(DEFAULT_TRAINING);
    expect(resolveTraining({ optimizer: 'adam' }).rate).toBe(0.002);
    expect(resolveTraining({ optimizer: 'adam', rate: 0.5 }).rate).toBe(0.5);
    for (const bad of [
      { epochs: 0 },
      { epochs: 1.5 },
      { batch: 5000 },
      { rate: 0 },
      { rate: Number.NaN },
      { momentum: 1 },
      { seed: -1 },
      { warmup: -1 },
      { smoothing: 1 },
      { average: 1 },
      { shift: 1.5 },
      { crop: -1 },
      { flip: 'vertical' as 'horizontal' },
      { cutout: 65 },
    ]) {
      expect(() => resolveTraining(bad)).toThrow(UserError);
      expect(() => resolveTraining(bad)).toThrow(
        new RegExp(`training: ${Object.keys(bad)[0]} .*is not allowed`),
      );
    }
  });

  it('schedules fall as they say', () => {
    const at = (schedule: TrainingOptions['schedule']) =>
      [0, 59, 60, 79, 80, 89].map((step) => rateAt({ ...DEFAULT_TRAINING, rate: 1, schedule }, step, 90, 10));
    expect(at('constant')).toEqual([1, 1, 1, 1, 1, 1]);
    expect(at('step')).toEqual([1, 1, 0.1, 0.1, 0.01, 0.01]);
    const cosine = [0, 30, 45, 60].map((step) =>
      rateAt({ ...DEFAULT_TRAINING, rate: 1, schedule: 'cosine' }, step, 90, 10),
    );
    cosine.forEach((rate, i) => {
      expect(Math.abs(rate - [1, 0.75, 0.5, 0.25][i]!)).toBeLessThan(1e-15);
    });
  });

  it('the warm-up rises in a line to the schedule', () => {
    const options = { ...DEFAULT_TRAINING, rate: 1, schedule: 'constant', warmup: 0.5 } as const;
    expect([0, 1, 2, 3, 4, 5, 60].map((step) => rateAt(options, step, 90, 10))).toEqual([
      0.2, 0.4, 0.6, 0.8, 1, 1, 1,
    ]);
  });
});
