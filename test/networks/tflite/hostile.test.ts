import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { UserError } from '../../../errors.js';
import { parseTflite } from '../../../networks/tflite/model.js';
import { heapBytes, type Outcome, outcomeOf } from './hostile.js';
import { everyOperator, floatModel, movingOperators } from './small-models.js';
import { writeTflite } from './write-tflite.js';

const FILE = writeTflite(everyOperator());
const FILES = {
  'every operator that multiplies': FILE,
  'operators that move codes': writeTflite(movingOperators()),
  floats: writeTflite(floatModel()),
};
const NAMES = Object.keys(FILES) as (keyof typeof FILES)[];

describe('a file that is cut', () => {
  it.each(NAMES)('is refused at every length: %s', (name) => {
    const whole = FILES[name];
    expect(outcomeOf(whole)).toBe('run');
    for (let length = 0; length < whole.length; length++) {
      const outcome = outcomeOf(whole.slice(0, length));
      // what is missing may be a name's last zero
      if (outcome !== 'refused' && whole.length - length > 4) throw new Error(`${length} bytes: ${outcome}`);
    }
  });
});

describe('a file in which a byte is another', () => {
  it.each(NAMES)('is refused in a line or is a model still: %s', (name) => {
    const whole = FILES[name];
    const stream = new Stream(1 + NAMES.indexOf(name), 'dataset');
    const seen = new Map<Outcome, number>();
    for (let at = 0; at < whole.length; at++) {
      const altered = whole.slice();
      altered[at] = altered[at]! ^ (1 + stream.below(255));
      let outcome: Outcome;
      try {
        outcome = outcomeOf(altered);
      } catch (error) {
        throw new Error(`byte ${at} is ${altered[at]} instead of ${whole[at]}`, { cause: error });
      }
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    expect(seen.get('refused')).toBeGreaterThan(whole.length / 10);
    expect(seen.get('run')).toBeGreaterThan(whole.length / 10);
    expect(heapBytes()).toBeLessThan(2 ** 29);
  });
});

describe('a file whose lists share their bytes', () => {
  it('is refused before they are read over and over', () => {
    const model = everyOperator();
    const scales = new Array<number>(2 ** 12).fill(1);
    const last = { shape: [1, 5], type: 'float32', scales, zeroPoints: [] };
    const of = (lastAgain: number): Uint8Array =>
      writeTflite({ ...model, tensors: [...model.tensors, last], lastAgain });
    expect(outcomeOf(of(500))).toBe('run');
    const many = of(1100);
    expect(many.length).toBeLessThan(2 ** 15);
    expect(() => parseTflite(many, 'a.tflite')).toThrow(UserError);
    expect(() => parseTflite(many, 'a.tflite')).toThrow('lists of more than 4194304 elements');
  });
});
