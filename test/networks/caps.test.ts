/** relu and relu6 wherever they can stand: fused into a mac, into an add, alone. Outputs known by heart. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../networks/tensor.js';
import { chain, everyWay, everywhere } from './every-way.js';

const image = [-8, -1, 0, 2, 5, 8];
const relu = { type: 'activation', activation: 'relu' };
const relu6 = { type: 'activation', activation: 'relu6' };
const none: ReadonlyMap<string, Tensor> = new Map();
const diagonal = (factor: number) => Float32Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? factor : 0));

/** Steps of 1/256 · scale: 6 is a code under each, and not the last one. */
const SCALES = [0.5, 1, 2] as const;

describe('the cap of relu6', () => {
  it('holds on an add', () => {
    const double = { type: 'add', from: ['input', 'input'] };
    for (const scale of SCALES) {
      const run = (...after: object[]) => everyWay(chain([6], 6, [double, ...after]), none, image, scale);
      expect(run()).toEqual(everywhere([-16, -2, 0, 4, 10, 16]));
      expect(run(relu)).toEqual(everywhere([0, 0, 0, 4, 10, 16]));
      expect(run(relu6)).toEqual(everywhere([0, 0, 0, 4, 6, 6]));
    }
  });

  it('holds on a dense layer and on a convolution', () => {
    const dense = { type: 'dense', units: 6, bias: 'no-bias' };
    const conv = { type: 'conv2d', filters: 1, kernel: [1, 1], bias: 'no-bias' };
    const weights = new Map([['n0.weight', { shape: [6, 6], data: diagonal(2) }]]);
    const pixel = new Map([['n0.weight', { shape: [1, 1], data: Float32Array.of(2) }]]);
    for (const scale of SCALES) {
      for (const [after, outputs] of [
        [relu, [0, 0, 0, 4, 10, 16]],
        [relu6, [0, 0, 0, 4, 6, 6]],
      ] as const) {
        expect(everyWay(chain([6], 6, [dense, after]), weights, image, scale)).toEqual(everywhere(outputs));
        expect(everyWay(chain([2, 3, 1], 6, [conv, after]), pixel, image, scale)).toEqual(
          everywhere(outputs),
        );
      }
    }
  });

  it('holds where the activation stands alone: on the input, behind a pool, where others read the sum too', () => {
    const mean = { type: 'pool', pooling: 'average', kernel: [1, 2], stride: [1, 1], padding: 'same' };
    const sum = { type: 'add', from: ['input', 'input'] };
    const both = { type: 'add', from: ['n0', 'n1'] };
    for (const scale of SCALES) {
      expect(everyWay(chain([6], 6, [relu6]), none, image, scale)).toEqual(everywhere([0, 0, 0, 2, 5, 6]));
      expect(everyWay(chain([6], 6, [relu]), none, image, scale)).toEqual(everywhere([0, 0, 0, 2, 5, 8]));
      expect(everyWay(chain([6, 1], 6, [mean, relu6]), none, image, scale)).toEqual(
        everywhere([0, 0, 1, 3.5, 6, 6]),
      );
      expect(everyWay(chain([6], 6, [sum, relu6, both]), none, image, scale)).toEqual(
        everywhere([-16, -2, 0, 8, 16, 22]),
      );
    }
  });
});
