import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { heapBytes, type Outcome, outcomeOf } from './hostile.js';
import { everyOperator, floatModel, movingOperators } from './small-models.js';
import { writeTflite } from './write-tflite.js';

describe('a file with several bytes altered, often those of offsets and lengths', () => {
  it.each([
    ['int8', everyOperator()],
    ['uint8', everyOperator('uint8')],
    ['moving codes', movingOperators()],
    ['floats', floatModel()],
  ] as const)('is refused in a line or is a model still (%s)', (_, model) => {
    const whole = writeTflite(model);
    const stream = new Stream(9, 'dataset');
    const seen = new Map<Outcome, number>();
    for (let round = 0; round < 60_000; round++) {
      const altered = whole.slice();
      for (let change = stream.below(3); change >= 0; change--) {
        const at = stream.below(altered.length);
        const odd = [0, 1, 127, 128, 255, stream.below(256)];
        altered[at] = odd[stream.below(odd.length)]!;
        if (stream.below(4) === 0) altered.copyWithin(stream.below(altered.length), at & ~3, (at & ~3) + 4);
      }
      let outcome: Outcome;
      try {
        outcome = outcomeOf(altered);
      } catch (error) {
        throw new Error(`round ${round}: ${Buffer.from(altered).toString('base64')}`, { cause: error });
      }
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    // a file without weights has few bytes that may be others
    expect(seen.get('refused')).toBeGreaterThan(1_000);
    expect(seen.get('run')).toBeGreaterThan(1_000);
    expect(heapBytes()).toBeLessThan(2 ** 30);
  });
});
