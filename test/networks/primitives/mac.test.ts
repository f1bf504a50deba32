import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import type { Window } from '../../../emac/layer/window.js';
import { createKernels } from '../../../kernels/loader.js';
import type { Operator } from '../../../networks/operators/registry.js';
import { allocateFloats } from '../../../networks/primitives/memory.js';
import { packedWeights } from '../../../networks/primitives/packed-weights.js';
import { conv2dWindow, denseWindow } from '../../../networks/window.js';

type Conv2d = Extract<Operator, { type: 'conv2d' }>;

/** The definition, in float32: bias, then each product over (kh, kw, in), padding as real zeros. */
function direct(
  images: Float32Array,
  count: number,
  weights: Float32Array,
  bias: Float32Array,
  w: Window,
  groups: number,
): Float32Array {
  const out = bias.length;
  const groupIn = w.inChannels / groups;
  const k = w.kernelHeight * w.kernelWidth * groupIn;
  const y = new Float32Array(count * w.outHeight * w.outWidth * out);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let oy = 0; oy < w.outHeight; oy++) {
      for (let ox = 0; ox < w.outWidth; ox++) {
        for (let o = 0; o < out; o++) {
          const group = Math.floor(o / (out / groups));
          let sum = bias[o]!;
          let p = o * k;
          for (let ky = 0; ky < w.kernelHeight; ky++) {
            for (let kx = 0; kx < w.kernelWidth; kx++) {
              const yy = oy * w.strideY - w.padTop + ky * w.dilationY;
              const xx = ox * w.strideX - w.padLeft + kx * w.dilationX;
              const inside = yy >= 0 && yy < w.inHeight && xx >= 0 && xx < w.inWidth;
              for (let c = 0; c < groupIn; c++) {
                const place =
                  ((image * w.inHeight + yy) * w.inWidth + xx) * w.inChannels + group * groupIn + c;
                sum = Math.fround(sum + Math.fround((inside ? images[place]! : 0) * weights[p++]!));
              }
            }
          }
          y[at++] = sum;
        }
      }
    }
  }
  return y;
}

function run(window: Window, groups: number, out: number, count: number, stream: Stream): void {
  const kernels = createKernels();
  const fill = (length: number) => {
    const pointer = allocateFloats(kernels, length);
    const values = kernels.f32(pointer, length);
    for (let i = 0; i < length; i++) values[i] = (2 * stream.uniform() - 1) * (stream.below(9) === 0 ? 0 : 1);
    return { pointer, values };
  };
  const k = (window.kernelHeight * window.kernelWidth * window.inChannels) / groups;
  const images = fill(count * window.inHeight * window.inWidth * window.inChannels);
  const weights = fill(out * k);
  const bias = fill(out);
  const y = fill(count * window.outHeight * window.outWidth * out + 4);
  const untouched = y.values.slice(-4);
  const packed = packedWeights(kernels, window, groups, out, 'inference');
  packed.pack(weights.pointer);
  packed.product().forward(count, images.pointer, bias.pointer, y.pointer);
  const expected = direct(images.values, count, weights.values, bias.values, window, groups);
  const got = new Uint32Array(y.values.slice(0, expected.length).buffer);
  expect(got).toEqual(new Uint32Array(expected.buffer));
  expect(y.values.slice(-4), 'nothing is written behind the output').toEqual(untouched);
}

describe('the float32 mac against direct convolution, bit for bit', () => {
  it('over 120 shapes with odd sizes, strides, dilations, padding and groups', () => {
    const stream = new Stream(21, 'weights');
    let done = 0;
    while (done < 120) {
      const groups = [1, 1, 2, 3][stream.below(4)]!;
      const operator: Conv2d = {
        type: 'conv2d',
        filters: groups * (1 + stream.below(7)),
        kernel: [1 + stream.below(4), 1 + stream.below(4)],
        stride: [1 + stream.below(3), 1 + stream.below(3)],
        padding: stream.below(2) === 0 ? 'same' : 'valid',
        dilation: [1 + stream.below(2), 1 + stream.below(2)],
        groups,
        bias: 'bias',
      };
      const input = [7 + stream.below(5), 7 + stream.below(5), groups * (1 + stream.below(6))];
      run(conv2dWindow(operator, input, 'conv'), groups, operator.filters, 1 + stream.below(3), stream);
      done++;
    }
  });

  it('for one filter a channel, of every remainder modulo the lanes', () => {
    const stream = new Stream(23, 'weights');
    for (let channels = 2; channels <= 13; channels++) {
      for (const padding of ['same', 'valid'] as const) {
        const operator: Conv2d = {
          type: 'conv2d',
          filters: channels,
          kernel: [1 + stream.below(4), 1 + stream.below(4)],
          stride: [1 + stream.below(2), 1 + stream.below(3)],
          padding,
          dilation: [1 + stream.below(2), 1 + stream.below(2)],
          groups: channels,
          bias: 'bias',
        };
        const window = conv2dWindow(operator, [7 + stream.below(5), 8, channels], 'conv');
        run(window, channels, channels, 1 + stream.below(3), stream);
      }
    }
  });

  it('for dense layers of every remainder modulo the tile', () => {
    const stream = new Stream(22, 'weights');
    for (let out = 1; out <= 17; out++) {
      for (const count of [1, 3, 4, 6]) run(denseWindow(out + 3), 1, out, count, stream);
    }
  });
});
