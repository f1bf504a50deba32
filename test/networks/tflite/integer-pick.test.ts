import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { nearestPixel } from '../../../networks/tflite/integer-pick.js';
import { parseTflite } from '../../../networks/tflite/model.js';
import { Described } from './described.js';
import { INT8, randomCodes, run } from './run-described.js';

describe('codes that are moved', () => {
  it('PAD puts the zero point around them', () => {
    const net = new Described([1, 3, 2, 2], INT8);
    const sides = net.integers([4, 2], [0, 0, 1, 2, 0, 1, 0, 3]);
    net.add('PAD', [net.input, sides], [1, 6, 3, 5], {}, INT8);
    const codes = randomCodes(12, 'int8', 1);
    const wanted: number[] = [];
    for (let y = -1; y < 5; y++) {
      for (let x = 0; x < 3; x++) {
        for (let c = 0; c < 5; c++)
          wanted.push(y >= 0 && y < 3 && x < 2 && c < 2 ? codes[(y * 2 + x) * 2 + c]! : -3);
      }
    }
    expect(run(net.model(), codes)).toEqual([wanted]);
  });

  it.each([-1, 1, 2, 3])('SPLIT cuts equal parts along axis %i', (axis) => {
    const net = new Described([1, 4, 4, 4], INT8);
    const at = axis === -1 ? 3 : axis;
    const shape = [1, 4, 4, 4].map((extent, i) => (i === at ? 2 : extent));
    net.addSeveral('SPLIT', [net.integers([], [axis]), net.input], [shape, shape], { 0: 2 }, INT8);
    const codes = randomCodes(64, 'int8', 2);
    const parts = [0, 1].map((part) =>
      codes.filter((_, i) => Math.floor(([0, i >> 4, (i >> 2) & 3, i & 3] as const)[at]! / 2) === part),
    );
    expect(run(net.model(), codes)).toEqual(parts);
  });

  it('RESIZE_NEAREST_NEIGHBOR doubles an image by repeating pixels', () => {
    const net = new Described([1, 2, 3, 2], INT8);
    net.add('RESIZE_NEAREST_NEIGHBOR', [net.input, net.integers([2], [4, 6])], [1, 4, 6, 2], {}, INT8);
    const codes = randomCodes(12, 'int8', 3);
    const wanted = Array.from({ length: 48 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / 12) >> 1, (Math.floor(i / 2) % 6) >> 1, i % 2];
      return codes[(y * 3 + x) * 2 + c!]!;
    });
    expect(run(net.model(), codes)).toEqual([wanted]);
  });

  it('the nearest pixel is that of the exact quotient, but where float32 rounds to a whole number', () => {
    for (let extent = 1; extent <= 40; extent++) {
      for (let out = 1; out <= 40; out++) {
        for (let at = 0; at < out; at++) {
          const plain = Math.floor((at * extent) / out);
          const half = Math.floor(((2 * at + 1) * extent) / (2 * out));
          const aligned =
            out > 1
              ? Math.floor((2 * at * (extent - 1) + out - 1) / (2 * (out - 1)))
              : Math.min(0, extent - 1);
          // a product that is whole or a tie in the reals may be a little less in float32
          const near = (exact: number, got: number, isTie: boolean): boolean =>
            got === exact || (isTie && got === exact - 1);
          expect(near(plain, nearestPixel(at, extent, out, 'free', 'whole'), (at * extent) % out === 0)).toBe(
            true,
          );
          expect(
            near(
              half,
              nearestPixel(at, extent, out, 'free', 'half'),
              ((2 * at + 1) * extent) % (2 * out) === 0,
            ),
          ).toBe(true);
          const tie = out > 1 && (2 * at * (extent - 1) + out - 1) % (2 * (out - 1)) === 0;
          expect(near(aligned, nearestPixel(at, extent, out, 'aligned', 'whole'), tie)).toBe(true);
        }
      }
    }
  });

  it('is that of the C kernel: FNV-1a over what gcc makes of GetNearestNeighbor, up to 59 pixels', () => {
    let hash = 2166136261;
    for (const corners of ['free', 'aligned'] as const) {
      for (const centers of ['whole', 'half'] as const) {
        for (let extent = 1; extent < 60; extent++) {
          for (let out = 1; out < 60; out++) {
            for (let at = 0; at < out; at++) {
              hash = Math.imul(hash ^ nearestPixel(at, extent, out, corners, centers), 16777619) >>> 0;
            }
          }
        }
      }
    }
    expect(hash).toBe(2873415847);
  });

  it('float32 decides: what is a whole pixel, or a tie, in the reals may lie just below it', () => {
    // 11 · fround(26 / 22) < 13 = 11 · 26 / 22, 23 · fround(7 / 46) < 3.5
    expect(nearestPixel(11, 26, 22, 'free', 'whole')).toBe(12);
    expect(nearestPixel(23, 8, 47, 'aligned', 'whole')).toBe(3);
  });

  it('shapes that do not fit, or other scales, are refused with the operator', () => {
    const short = new Described([1, 3, 2, 2], INT8);
    short.add('PAD', [short.input, short.integers([4, 2], [0, 0, 1, 1, 0, 0, 0, 0])], [1, 6, 2, 2], {}, INT8);
    expect(() => integerGraph(short.model())).toThrow(/operator 0 PAD: its shapes/);
    const other = new Described([1, 3, 2, 2], INT8);
    const sides = other.integers([4, 2], [0, 0, 1, 1, 0, 0, 0, 0]);
    other.add('PAD', [other.input, sides], [1, 5, 2, 2], {}, { ...INT8, zeroPoint: 0 });
    expect(() => integerGraph(other.model())).toThrow(/operator 0 PAD/);
    const cut = new Described([1, 3, 2, 3], INT8);
    cut.addSeveral(
      'SPLIT',
      [cut.integers([], [3]), cut.input],
      [
        [1, 3, 2, 1],
        [1, 3, 2, 2],
      ],
      { 0: 2 },
      INT8,
    );
    expect(() => integerGraph(cut.model())).toThrow(/operator 0 SPLIT/);
  });
});

const { CHEETAH_MODELS: models = '' } = process.env;
const detection = join(models, 'models-extra', 'tinyengine_detection.tflite');

describe.skipIf(models === '' || !existsSync(detection))(
  'a published detector (skipped: set CHEETAH_MODELS to a folder with it)',
  () => {
    it('runs, its pads and resizes as they are defined', () => {
      const model = parseTflite(readFileSync(detection), 'detection');
      const graph = integerGraph(model);
      const { values, run } = kernelRunner(graph, 'gemmlowp');
      const stream = new Stream(9, 'dataset');
      const [input] = graph.inputs;
      values[input!]!.set(Float32Array.from({ length: graph.tensors[input!]!.size }, () => stream.uniform()));
      run();
      const picks = graph.steps.filter((step) => step.kind === 'pick');
      expect(picks).toHaveLength(7);
      for (const { name, inputs, output } of picks) {
        const [from, to] = [graph.tensors[inputs[0]]!, graph.tensors[output]!];
        const [height, width, channels] = to.shape as [number, number, number];
        const isPad = name.endsWith('PAD');
        const wanted = Array.from({ length: to.size }, (_, i) => {
          const [y, x] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width];
          const [fy, fx] = isPad ? [y - 1, x - 1] : [y >> 1, x >> 1];
          const inside = fy >= 0 && fx >= 0 && fy < from.shape[0]! && fx < from.shape[1]!;
          return inside
            ? values[inputs[0]]![(fy * from.shape[1]! + fx) * channels + (i % channels)]!
            : to.zeroPoint;
        });
        expect(height * width * channels).toBe(to.size);
        expect([...values[output]!], name).toEqual(wanted);
      }
    });
  },
);

const parts = join(models, 'google-coral', 'split_concat.tflite');

describe.skipIf(models === '' || !existsSync(parts))(
  'a published file of joins and parts (skipped: set CHEETAH_MODELS to a folder with it)',
  () => {
    it('gives the channels of its three inputs, the fourth and sixth together', () => {
      const graph = integerGraph(parseTflite(readFileSync(parts), 'parts'));
      const { values, run } = kernelRunner(graph, 'gemmlowp');
      const given = [3, 1, 2].map((channels, i) => randomCodes(64 * channels, 'uint8', 20 + i));
      graph.inputs.forEach((at, i) => {
        values[at]!.set(given[i]!);
      });
      run();
      const pixels = Array.from({ length: 64 }, (_, p) =>
        given.flatMap((codes) => codes.slice((p * codes.length) / 64, ((p + 1) * codes.length) / 64)),
      );
      const wanted = [[0], [2], [4], [1], [3, 5]].map((channels) =>
        pixels.flatMap((pixel) => channels.map((channel) => pixel[channel]!)),
      );
      expect(graph.outputs.map((at) => [...values[at]!])).toEqual(wanted);
    });
  },
);
