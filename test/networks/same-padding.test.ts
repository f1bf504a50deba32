/** `same` padding with outputs known by heart: the odd one of the padding pixels stands at the end. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../networks/tensor.js';
import { chain, everyWay, everywhere } from './every-way.js';

/** A filter of ones without a bias. */
function ones(k: number): ReadonlyMap<string, Tensor> {
  return new Map([['n0.weight', { shape: [1, k], data: new Float32Array(k).fill(1) }]]);
}

const conv = { type: 'conv2d', filters: 1, padding: 'same', bias: 'no-bias' };

describe('same padding', () => {
  it('of a conv2d is below the image, and right of it', () => {
    // rows 1 2 3 and 10 20 30
    const image = [1, 2, 3, 10, 20, 30];
    const along = (kernel: number[]) =>
      everyWay(chain([2, 3, 1], 6, [{ ...conv, kernel }]), ones(kernel[0]! * kernel[1]!), image);
    expect(along([1, 2])).toEqual(everywhere([3, 5, 3, 30, 50, 30]));
    expect(along([2, 1])).toEqual(everywhere([11, 22, 33, 10, 20, 30]));
    expect(along([2, 2])).toEqual(everywhere([33, 55, 33, 30, 50, 30]));
  });

  it('of three pixels is one before and two behind', () => {
    const network = chain([1, 4, 1], 4, [{ ...conv, kernel: [1, 4] }]);
    expect(everyWay(network, ones(4), [1, 2, 4, 8])).toEqual(everywhere([7, 15, 14, 12]));
  });

  it('of one pixel under strides is behind the last window', () => {
    // windows from pixels 0, 2 and 4; the last one alone meets padding
    const network = chain([1, 5, 1], 3, [{ ...conv, kernel: [1, 2], stride: [1, 2] }]);
    expect(everyWay(network, ones(2), [1, 2, 4, 8, 16])).toEqual(everywhere([3, 12, 16]));
  });

  it('of an odd number of pixels under dilation has the odd one behind', () => {
    // taps three pixels apart: one pixel of padding before, two behind
    const network = chain([1, 4, 1], 4, [{ ...conv, kernel: [1, 2], dilation: [1, 3] }]);
    expect(everyWay(network, ones(2), [1, 2, 4, 8])).toEqual(everywhere([4, 9, 2, 4]));
  });

  it('of a conv1d is behind the sequence', () => {
    const conv1d = { type: 'conv1d', filters: 1, kernel: 2, padding: 'same', bias: 'no-bias' };
    expect(everyWay(chain([4, 1], 4, [conv1d]), ones(2), [1, 2, 4, 8])).toEqual(everywhere([3, 6, 12, 8]));
  });

  it('of a grouped convolution is behind in every group', () => {
    const network = chain([3, 2], 6, [
      { type: 'conv1d', filters: 2, kernel: 2, padding: 'same', groups: 2, bias: 'no-bias' },
    ]);
    const weights = new Map([['n0.weight', { shape: [2, 2], data: Float32Array.of(1, 1, 1, 1) }]]);
    const image = [1, 10, 2, 20, 4, 40];
    expect(everyWay(network, weights, image)).toEqual(everywhere([3, 30, 6, 60, 4, 40]));
  });

  it('of pooling is behind, on images and on sequences, and is neither a maximum nor counted in a mean', () => {
    const pool = (pooling: string, kernel: number[]) => ({
      type: 'pool',
      pooling,
      kernel,
      stride: [1, 1],
      padding: 'same',
    });
    const falling = [-1, -3, -5, -7];
    for (const [shape, kernel] of [
      [
        [4, 1],
        [1, 2],
      ],
      [
        [1, 4, 1],
        [1, 2],
      ],
      [
        [4, 1, 1],
        [2, 1],
      ],
    ] as const) {
      const run = (pooling: string) =>
        everyWay(chain(shape, 4, [pool(pooling, [...kernel])]), new Map(), falling);
      expect(run('max')).toEqual(everywhere([-1, -3, -5, -7]));
      expect(run('average')).toEqual(everywhere([-2, -4, -6, -7]));
    }
  });

  it('of pooling is above and below, or left and right, never the one for the other', () => {
    const pool = (pooling: string, kernel: number[]) => ({
      type: 'pool',
      pooling,
      kernel,
      stride: [1, 1],
      padding: 'same',
    });
    // rows -1 -2 and -4 -8
    const run = (pooling: string, kernel: number[]) =>
      everyWay(chain([2, 2, 1], 4, [pool(pooling, kernel)]), new Map(), [-1, -2, -4, -8]);
    expect(run('max', [3, 1])).toEqual(everywhere([-1, -2, -1, -2]));
    expect(run('max', [1, 3])).toEqual(everywhere([-1, -1, -4, -4]));
    expect(run('average', [3, 1])).toEqual(everywhere([-2.5, -5, -2.5, -5]));
    expect(run('average', [1, 3])).toEqual(everywhere([-1.5, -1.5, -6, -6]));
  });
});
