/** Parameters and multiply-accumulates of the zoo, worked out by hand from what each network's file says it is. */
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../errors.js';
import { networkTotals, nodeFacts } from '../../../networks/shapes.js';
import { getNetwork, listNetworks, networkNames } from '../../../networks/zoo/registry.js';

/** Of a convolution of k × k over `from` channels to `to`, on a side × side output: weights, and products. */
const conv = (k: number, from: number, to: number, side: number) => {
  const weights = k * k * from * to;
  return { weights, macs: weights * side * side };
};

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** Convolutions, then dense layers as [from, to]; `others`: biases of the convolutions and batch-norms (4 a channel). */
function sums(
  convolutions: readonly { readonly weights: number; readonly macs: number }[],
  denses: readonly (readonly [number, number])[],
  others: number,
) {
  return {
    parameters:
      total(convolutions.map(({ weights }) => weights)) + total(denses.map(([a, b]) => a * b + b)) + others,
    macs: total(convolutions.map(({ macs }) => macs)) + total(denses.map(([a, b]) => a * b)),
  };
}

const totals = (name: string, input: readonly number[], classes = 10) =>
  networkTotals(getNetwork(name, input, classes));

describe('the networks of the zoo', () => {
  it.each([
    [28, 1],
    [32, 3],
  ])('dcnn-small and dcnn-large on %i × %i pixels', (side, channels) => {
    const [half, quarter, eighth] = side === 28 ? [14, 7, 4] : [16, 8, 4];
    const small = [conv(3, channels, 16, side), conv(3, 16, 32, half!), conv(3, 32, 64, quarter!)];
    expect(totals('dcnn-small', [side, side, channels])).toEqual(
      sums(
        small,
        [
          [4 * 4 * 64, 460],
          [460, 10],
        ],
        4 * (16 + 32 + 64),
      ),
    );
    const large = [
      conv(3, channels, 32, side),
      conv(3, 32, 64, half!),
      conv(3, 64, 128, quarter!),
      conv(3, 128, 128, eighth!),
    ];
    expect(totals('dcnn-large', [side, side, channels])).toEqual(
      sums(
        large,
        [
          [4 * 4 * 128, 708],
          [708, 10],
        ],
        4 * (32 + 64 + 128 + 128),
      ),
    );
  });

  it('dcnn-small has 500 K parameters, dcnn-large 1.7 M, most of them dense', () => {
    expect(totals('dcnn-small', [32, 32, 3])).toEqual({ parameters: 500_030, macs: 3_277_304 });
    expect(totals('dcnn-large', [32, 32, 3])).toEqual({ parameters: 1_699_670, macs: 14_138_280 });
    for (const name of ['dcnn-small', 'dcnn-large']) {
      const facts = nodeFacts(getNetwork(name, [28, 28, 1], 10));
      const dense = total(facts.filter(({ type }) => type === 'dense').map((node) => node.parameterCount));
      expect(dense).toBeGreaterThan(0.8 * total(facts.map((node) => node.parameterCount)));
    }
  });

  it('convnet-cifar', () => {
    const convolutions = [conv(5, 3, 32, 32), conv(5, 32, 32, 16), conv(5, 32, 64, 8)];
    const expected = sums(
      convolutions,
      [
        [4 * 4 * 64, 64],
        [64, 10],
      ],
      32 + 32 + 64,
    );
    expect(totals('convnet-cifar', [32, 32, 3])).toEqual(expected);
    expect(expected).toEqual({ parameters: 145_578, macs: 12_354_176 });
  });

  it('resnet8 has the 78,666 parameters of the benchmark’s network', () => {
    const convolutions = [
      conv(3, 3, 16, 32),
      conv(3, 16, 16, 32),
      conv(3, 16, 16, 32),
      ...[conv(3, 16, 32, 16), conv(3, 32, 32, 16), conv(1, 16, 32, 16)],
      ...[conv(3, 32, 64, 8), conv(3, 64, 64, 8), conv(1, 32, 64, 8)],
    ];
    const biases = 3 * (16 + 32 + 64);
    const norms = 4 * (3 * 16 + 2 * 32 + 2 * 64);
    const expected = sums(convolutions, [[64, 10]], biases + norms);
    expect(totals('resnet8', [32, 32, 3])).toEqual(expected);
    // what Keras counts of the benchmark's own file, and 12.5 M multiply-accumulates
    expect(expected).toEqual({ parameters: 78_666, macs: 12_501_632 });
  });

  it('densenet-tiny', () => {
    const layers = (from: number, growth: number, count: number, side: number) =>
      Array.from({ length: count }, (_, i) => conv(3, from + i * growth, growth, side));
    const convolutions = [
      conv(3, 3, 32, 32),
      ...layers(32, 16, 3, 16),
      conv(1, 80, 48, 16),
      ...layers(48, 32, 3, 8),
      conv(1, 144, 72, 8),
      ...layers(72, 32, 4, 4),
    ];
    const norms = 4 * (32 + 3 * 16 + 48 + 3 * 32 + 72 + 4 * 32);
    const expected = sums(convolutions, [[200, 10]], norms);
    expect(totals('densenet-tiny', [32, 32, 3])).toEqual(expected);
    expect(expected).toEqual({ parameters: 246_874, macs: 14_477_264 });
  });

  it('mobilenet-tiny', () => {
    const depthwise = (channels: number, side: number) => conv(3, 1, channels, side);
    const convolutions = [
      conv(3, 3, 32, 32),
      ...[depthwise(32, 32), conv(1, 32, 64, 32)],
      ...[depthwise(64, 16), conv(1, 64, 128, 16)],
      ...[depthwise(128, 16), conv(1, 128, 128, 16)],
      ...[depthwise(128, 8), conv(1, 128, 176, 8)],
      ...[depthwise(176, 8), conv(1, 176, 176, 8)],
      ...[depthwise(176, 4), conv(1, 176, 352, 4)],
    ];
    const norms = 4 * (32 + 32 + 64 + 64 + 128 * 4 + 176 * 4 + 352);
    const expected = sums(convolutions, [[352, 10]], norms);
    expect(totals('mobilenet-tiny', [32, 32, 3])).toEqual(expected);
    expect(expected).toEqual({ parameters: 159_850, macs: 14_630_080 });
  });

  it('conv1d-tiny and mlp-tiny', () => {
    // 3 · 8 + 8, (194 · 8) · 16 + 16, 16 · 10 + 10; 194 windows
    expect(totals('conv1d-tiny', [196, 1])).toEqual({
      parameters: 32 + 24_848 + 170,
      macs: 194 * 24 + 24_832 + 160,
    });
    expect(totals('mlp-tiny', [4], 3)).toEqual({ parameters: 80 + 136 + 27, macs: 64 + 128 + 24 });
    expect(totals('mlp-tiny', [30], 2)).toEqual({ parameters: 496 + 136 + 18, macs: 480 + 128 + 16 });
  });

  it('keep to 15 M multiply-accumulates, and three of them to 300 K parameters', () => {
    const listed = listNetworks();
    expect(listed.map(({ name }) => name)).toEqual(networkNames());
    for (const { name, uses } of listed) {
      expect(uses.length).toBeGreaterThan(0);
      for (const { input, classes, parameters, macs } of uses) {
        expect({ parameters, macs }).toEqual(totals(name, input, classes));
        expect(macs, name).toBeLessThanOrEqual(15e6);
        const small = ['convnet-cifar', 'densenet-tiny', 'mobilenet-tiny'].includes(name);
        expect(parameters, name).toBeLessThanOrEqual(small ? 300_000 : 2_000_000);
      }
    }
  });

  it.each([
    ['dcnn-small', [4], /dcnn-small: it needs images .* at least 8 × 8, got \[4\]; use mlp4$/],
    ['dcnn-large', [7, 28, 1], /dcnn-large: .*got \[7, 28, 1\]/],
    ['convnet-cifar', [196, 1], /convnet-cifar: it needs images/],
    ['resnet8', [30], /resnet8: it needs images/],
    ['densenet-tiny', [8, 8, 1], /densenet-tiny: .*at least 16 × 16/],
    ['mobilenet-tiny', [4, 4, 3], /mobilenet-tiny: it needs images/],
    [
      'conv1d-tiny',
      [28, 28, 1],
      /conv1d-tiny: it needs sequences .* got \[28, 28, 1\]; mnist-14 has \[196, 1\]$/,
    ],
  ])('%s refuses an input of %j in one line', (name, input, message) => {
    expect(() => getNetwork(name, input as number[], 10)).toThrow(UserError);
    expect(() => getNetwork(name, input as number[], 10)).toThrow(message);
  });
});
