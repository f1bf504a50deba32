/** What the `same` rules of padding stand for: explicit numbers of pixels. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { lower } from '../../networks/lower.js';
import { initialParameters } from '../../networks/parameters.js';
import { chain } from './every-way.js';

/** A whole number from `low` to `high`. */
const whole = (stream: Stream, low: number, high: number) =>
  low + Math.floor(stream.uniform() * (high - low + 1));

/** Pixels put one by one behind and in front, beginning with `first`, until ⌈extent / stride⌉ windows fit. */
function alternating(extent: number, reach: number, stride: number, first: 'before' | 'after') {
  const sides = { before: 0, after: 0 };
  let next = first;
  while (extent + sides.before + sides.after < (Math.ceil(extent / stride) - 1) * stride + reach) {
    sides[next]++;
    next = next === 'before' ? 'after' : 'before';
  }
  return sides;
}

describe('the rules of padding', () => {
  it.each([
    ['same', 'after'],
    ['same-lower', 'before'],
  ] as const)('%s is the explicit padding whose odd pixel is %s', (rule, first) => {
    const stream = new Stream(23, 'weights');
    for (let round = 0; round < 200; round++) {
      const [height, width, kernelHeight, kernelWidth] = [7, 7, 4, 4].map((most) =>
        whole(stream, 1, most),
      ) as [number, number, number, number];
      const [down, right, dilationY, dilationX] = [3, 3, 3, 3].map((most) => whole(stream, 1, most)) as [
        number,
        number,
        number,
        number,
      ];
      const windowsOf = (operator: object, shape: readonly number[]) => {
        const outputs = shape.length === 3 ? Math.ceil(height / down) : 1;
        const network = chain(shape, outputs * Math.ceil(width / right), [operator]);
        return lower(network, initialParameters(network, 0)).steps.map(
          (step) => 'window' in step && step.window,
        );
      };
      const sides = (reachY: number, reachX: number) => {
        const [y, x] = [alternating(height, reachY, down, first), alternating(width, reachX, right, first)];
        return { top: y.before, bottom: y.after, left: x.before, right: x.after };
      };
      const image = [height, width, 1];
      const slides = { kernel: [kernelHeight, kernelWidth], stride: [down, right] };
      const conv = { type: 'conv2d', filters: 1, ...slides, dilation: [dilationY, dilationX] };
      const [reachY, reachX] = [(kernelHeight - 1) * dilationY + 1, (kernelWidth - 1) * dilationX + 1];
      const byRule = windowsOf({ ...conv, padding: rule }, image);
      expect(byRule).toEqual(windowsOf({ ...conv, padding: sides(reachY, reachX) }, image));
      const pool = { type: 'pool', pooling: 'max', ...slides };
      const poolByRule = windowsOf({ ...pool, padding: rule }, image);
      expect(poolByRule).toEqual(windowsOf({ ...pool, padding: sides(kernelHeight, kernelWidth) }, image));
      const sequence = {
        type: 'conv1d',
        filters: 1,
        kernel: kernelWidth,
        stride: right,
        dilation: dilationX,
      };
      const ends = alternating(width, reachX, right, first);
      const sequenceByRule = windowsOf({ ...sequence, padding: rule }, [width, 1]);
      expect(sequenceByRule).toEqual(windowsOf({ ...sequence, padding: ends }, [width, 1]));
    }
  });
});
