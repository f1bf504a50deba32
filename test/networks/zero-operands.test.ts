import { describe, expect, it } from 'vitest';
import { randomWord } from '../../arithmetic/philox.js';
import type { Window } from '../../emac/layer/window.js';
import type { MacStep } from '../../networks/program.js';
import { markZeros, ZeroOperands } from '../../networks/zero-operands.js';

const bit = (tensor: number, at: number, share: number): number =>
  randomWord(3, 'rounding', tensor, 0, at) < share * 2 ** 32 ? 1 : 0;

function stepOf(window: Partial<Window>, groups: number, outChannels: number): MacStep {
  const w = {
    inHeight: 5,
    inWidth: 4,
    inChannels: 6,
    kernelHeight: 3,
    kernelWidth: 2,
    strideY: 2,
    strideX: 1,
    padTop: 1,
    padLeft: 1,
    dilationY: 1,
    dilationX: 2,
    outHeight: 3,
    outWidth: 4,
    ...window,
  };
  const k = (w.kernelHeight * w.kernelWidth * w.inChannels) / groups;
  return {
    kind: 'mac',
    name: 'm',
    inputs: [0],
    output: 1,
    window: w,
    groups,
    outChannels,
    k,
    weights: new Float32Array(outChannels * k),
    bias: new Float32Array(outChannels),
    activation: 'identity',
  };
}

/** Every product of every output in turn, one after another. */
function byDefinition(step: MacStep, images: Uint8Array[], weights: Uint8Array, pad: number, lanes: number) {
  const { window: w, groups, outChannels, k } = step;
  const deep = w.inChannels / groups;
  const found = { turns: 0, zeroActivations: 0, zeroWeights: 0, all: 0, padding: 0 };
  for (const image of images) {
    for (let out = 0; out < w.outHeight * w.outWidth * outChannels; out++) {
      const channel = out % outChannels;
      const [oy, ox] = [
        Math.floor(out / outChannels / w.outWidth),
        Math.floor(out / outChannels) % w.outWidth,
      ];
      const group = Math.floor((channel * groups) / outChannels);
      const products = Array.from({ length: k }, (_, at) => {
        const [ky, kx, c] = [
          Math.floor(at / deep / w.kernelWidth),
          Math.floor(at / deep) % w.kernelWidth,
          at % deep,
        ];
        const [y, x] = [
          oy * w.strideY - w.padTop + ky * w.dilationY,
          ox * w.strideX - w.padLeft + kx * w.dilationX,
        ];
        const inside = y >= 0 && y < w.inHeight && x >= 0 && x < w.inWidth;
        const place = (y * w.inWidth + x) * w.inChannels + group * deep + c;
        return { inside, a: inside ? image[place]! : pad, w: weights[channel * k + at]! };
      });
      found.all += k;
      found.padding += products.filter(({ inside }) => !inside).length;
      for (let from = 0; from < k; from += lanes) {
        const turn = products.slice(from, from + lanes);
        found.turns++;
        if (turn.every(({ a }) => a === 1)) found.zeroActivations++;
        else if (turn.every((one) => one.w === 1)) found.zeroWeights++;
      }
    }
  }
  return found;
}

describe('zero operands', () => {
  it.each([
    ['a convolution with padding, strides and dilation', {}, 1, 5],
    ['two groups', {}, 2, 4],
    ['a depthwise layer', {}, 6, 6],
    [
      'a dense layer',
      {
        inHeight: 1,
        inWidth: 1,
        inChannels: 23,
        kernelHeight: 1,
        kernelWidth: 1,
        strideY: 1,
        strideX: 1,
        padTop: 0,
        padLeft: 0,
        dilationX: 1,
        outHeight: 1,
        outWidth: 1,
      },
      1,
      3,
    ],
  ] as const)('of %s are those of its products one by one', (_, window, groups, outChannels) => {
    const step = stepOf(window, groups, outChannels);
    const { inHeight, inWidth, inChannels } = step.window;
    const images = [0, 1].map((image) =>
      Uint8Array.from({ length: inHeight * inWidth * inChannels }, (_, at) => bit(image, at, 0.6)),
    );
    const weights = Uint8Array.from({ length: outChannels * step.k }, (_, at) => bit(9, at, 0.7));
    for (const lanes of [1, 2, 4, 7]) {
      for (const padding of [0, 1] as const) {
        const counter = new ZeroOperands(step, lanes);
        for (const activations of images) counter.take({ activations, weights, padding });
        const expected = byDefinition(step, images, weights, padding, lanes);
        expect({ ...counter.turns(), ...counter.products() }, `${lanes} lanes`).toEqual(expected);
        expect(expected.zeroWeights).toBeGreaterThan(0);
      }
    }
  });

  it('are reals that are 0 or -0, or codes that are 0', () => {
    const mask = new Uint8Array(5);
    markZeros(Float32Array.of(0, -0, 1, Number.NaN, 1e-45), 'reals', mask);
    expect([...mask]).toEqual([1, 1, 0, 0, 0]);
    // code = real / scale - 128: 0 is the real 12.8
    markZeros(Float32Array.of(0, 12.8, 12.7, 25.5, -0), { scale: 0.1, zeroPoint: -128 }, mask);
    expect([...mask]).toEqual([0, 1, 0, 0, 0]);
  });
});
