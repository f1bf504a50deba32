/**
 * Our networks in integers: where no rounding differs, the codes are those of emac; elsewhere they are near, and refusals name the layer.
 * Every colour network in every scheme and requantization: integer.long.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_CHOICES, type Requantization } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import { compileEmac } from '../../../networks/dataflows/emac.js';
import { compileInteger } from '../../../networks/dataflows/integer.js';
import type { IntegerScheme } from '../../../networks/integer/from-program.js';
import { lower } from '../../../networks/lower.js';
import { parseNetwork } from '../../../networks/schema.js';
import { calibrated, encoded, expectSlowCodes, IMAGES, INT8 } from './integer-plans.js';

describe('integer-tflite', () => {
  it.each([
    ['lenet5', [28, 28, 1], 'tensor'],
    ['lenet5', [28, 28, 1], 'channel'],
    ['mlp4', [28, 28, 1], 'channel'],
    ['convnet-cifar', [32, 32, 3], 'channel'],
    ['conv1d-tiny', [196, 1], 'channel'],
    ['framed', [5, 4, 3], 'channel'],
    ['sequence', [9, 2], 'tensor'],
  ] as const)(
    '%s %j per %s with exact products of scales that are powers of two has the codes of emac',
    (name, input, granularity) => {
      const ready = calibrated(name, input);
      const table = encoded(ready, INT8, 'linear:max:pow2', granularity);
      const { program, images } = ready;
      const room = { batch: IMAGES, kernels: createKernels() };
      const choices = { ...DEFAULT_CHOICES, requantize: 'exact', logits: 'rounded', scaleBits: 53 } as const;
      const emac = compileEmac(program, table, choices, { batch: IMAGES });
      emac.run(images, IMAGES);
      const integers = compileInteger(program, table, choices, room, 'tflite');
      const { predictions } = integers.run(images, IMAGES);
      const kept = predictions.slice();
      program.edges.forEach((edge, i) => {
        expect(integers.edgeValues(i, IMAGES), edge.name).toEqual(
          Float32Array.from(emac.edgeValues(i, IMAGES)),
        );
      });
      expect(kept).toEqual(emac.run(images, IMAGES).predictions);
    },
  );

  it.each([
    ['tflite', INT8, 'channel', 'gemmlowp', 'densenet-tiny'],
    ['tflite', INT8, 'tensor', 'single', 'mobilenet-tiny'],
    ['jacob', ['affine8', 'affine8'], 'tensor', 'gemmlowp', 'mobilenet-tiny'],
  ] as const)(
    '%s %j per %s, %s: every code is that of the slow way, and logits are near float32: %s',
    (scheme, formats, granularity, requantize, name) => {
      expectSlowCodes(name, [scheme, formats, granularity, requantize]);
    },
  );

  it('names the layer or edge that the scheme cannot hold', () => {
    const ready = calibrated('lenet5', [28, 28, 1]);
    const compile = (
      scheme: IntegerScheme,
      formats: readonly [string, string],
      granularity: 'tensor' | 'channel' = 'tensor',
      requantize: Requantization = 'gemmlowp',
    ) => {
      const table = encoded(ready, formats, 'linear:max', granularity);
      const choices = { ...DEFAULT_CHOICES, requantize };
      return () =>
        compileInteger(ready.program, table, choices, { batch: 1, kernels: createKernels() }, scheme);
    };
    expect(compile('tflite', ['affine8', 'affine8'])).toThrow(
      /^weights of layer 'conv1': affine8 has zero points; int8 weights are symmetric: give affine8s/,
    );
    expect(compile('tflite', ['affine8s', 'posit8es1'])).toThrow(
      /^edge 'input' is in posit8es1; integer-tflite has 8-bit affine integers/,
    );
    expect(compile('jacob', ['affine8s', 'affine8'], 'channel')).toThrow(
      /^weights of layer 'conv1': affine8s with 6 scales; the paper's uint8 weights are asymmetric/,
    );
    expect(compile('jacob', ['affine4', 'affine8'])).toThrow(/^weights of layer 'conv1' is in affine4/);
    const wide = parseNetwork(
      {
        name: 'wide',
        input: [65_536],
        classes: 2,
        nodes: [{ name: 'sum', operator: { type: 'dense', units: 2 }, inputs: ['input'] }],
      },
      'test',
    );
    const program = lower(
      wide,
      new Map([
        ['sum.weight', { shape: [2, 65_536], data: new Float32Array(131_072).fill(1) }],
        ['sum.bias', { shape: [2], data: Float32Array.of(10_000, 0) }],
      ]),
    );
    const encoding = (format: string, zeroPoint: number) => ({
      format: getFormat(format),
      rounding: NEAREST_EVEN,
      scales: Float64Array.of(1 / 127),
      zeroPoint,
      granularity: { kind: 'tensor' } as const,
      range: 'full' as const,
    });
    const table = {
      edges: new Map(program.edges.map(({ name }) => [name, encoding('affine8', 0)])),
      weights: new Map([['sum', encoding('affine8s', 0)]]),
    };
    expect(() =>
      compileInteger(program, table, DEFAULT_CHOICES, { batch: 1, kernels: createKernels() }, 'tflite'),
    ).toThrow(/^step sum: channel 0 may sum up to 2283673361, which 32-bit accumulators do not hold/);
  });
});
