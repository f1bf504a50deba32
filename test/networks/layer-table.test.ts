import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { collectHistograms, makeEncodings } from '../../networks/calibration.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { layerTable } from '../../networks/layer-table.js';
import { lower } from '../../networks/lower.js';
import { initialParameters } from '../../networks/parameters.js';
import type { EncodingTable } from '../../networks/program.js';
import { getNetwork } from '../../networks/zoo/registry.js';
import { uniformAssignment } from '../../quantizers/assignment.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';

const program = lower(getNetwork('mlp4', [16], 3), initialParameters(getNetwork('mlp4', [16], 3), 2));
const stream = new Stream(4, 'dataset');
const images = Float32Array.from({ length: 9 * 16 }, () => stream.uniform() * 4 - 2);
const plan = compileFloat(program, { batch: 9 });
const calibration = collectHistograms(plan, [{ images, count: 9 }]);

function tableOf(
  name: string,
  quantizer: string,
  granularity: 'tensor' | 'channel' = 'tensor',
): EncodingTable {
  const assignment = uniformAssignment(getFormat(name));
  return makeEncodings(program, calibration, {
    assignment,
    quantizer: parseQuantizer(quantizer),
    rounding: NEAREST_EVEN,
    granularity,
  });
}

/** A table whose edges and weights all have one encoding made by hand. */
function byHand(name: string, scale: number, more: Partial<Encoding> = {}): EncodingTable {
  const encoding: Encoding = {
    format: getFormat(name),
    rounding: NEAREST_EVEN,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(scale),
    zeroPoint: 0,
    range: 'full',
    ...more,
  };
  return {
    edges: new Map(program.edges.map((edge) => [edge.name, encoding])),
    weights: new Map(program.steps.map((step) => [step.name, encoding])),
  };
}

const record = (values: readonly number[], table: EncodingTable) => {
  const input = new Float32Array(16 * Math.ceil(values.length / 16));
  input.set(values);
  return layerTable(plan, [{ images: input, count: input.length / 16 }], [table])[0]!;
};

describe('layer table', () => {
  it('has the images, every weight tensor and every edge in order, formats side by side', () => {
    const tables = [tableOf('posit8es1', 'linear'), tableOf('int8', 'linear')];
    const records = layerTable(plan, [{ images, count: 9 }], tables);
    const expected = [['input', 'activations']];
    for (const step of program.steps) {
      if (step.kind === 'mac') expected.push([step.name, 'weights']);
      expected.push([program.edges[step.output]!.name, 'activations']);
    }
    expect(records.map(({ tensor, kind }) => [tensor, kind])).toEqual(
      expected.flatMap((each) => [each, each]),
    );
    expect(records.map(({ format }) => format)).toEqual(expected.flatMap(() => ['posit8es1', 'affine8s']));
  });

  it('does not depend on batches', () => {
    const tables = [tableOf('posit6es1', 'linear:max')];
    const split = [0, 4].map((first) => ({
      images: images.subarray(first * 16, (first === 0 ? 4 : 9) * 16),
      count: first === 0 ? 4 : 5,
    }));
    expect(layerTable(plan, split, tables)).toEqual(layerTable(plan, [{ images, count: 9 }], tables));
  });

  it('SQNR and largest error by hand', () => {
    // fixed8q0, scale 1: 3.5 → 4 (tie to even), −2.25 → −2, the other 14 are zeros.
    const { sqnr, maxError, values, underflow } = record([3.5, -2.25], byHand('fixed8q0', 1));
    const ratio = (3.5 * 3.5 + 2.25 * 2.25) / (0.25 + 0.0625);
    expect(Math.abs(sqnr - 10 * Math.log10(ratio))).toBeLessThan(1e-12);
    expect([maxError, values, underflow]).toEqual([0.5, 16, 0]);
  });

  it('nothing lost is Infinity, a tensor of zeros has none', () => {
    expect(record([1, 2, -3], byHand('fixed8q0', 1)).sqnr).toBe(Number.POSITIVE_INFINITY);
    expect(record([0], byHand('fixed8q0', 1)).sqnr).toBeNaN();
  });

  it('saturation counts what lies beyond the overflow boundary, and range used says how far', () => {
    // Codes −128..127 times 2: 255 is a tie that leaves 127, which is odd; −257 is one that stays at −128.
    const ends = [254, 254.5, 255, -256, -257, -257.5];
    const { saturated, rangeUsed } = record(ends, byHand('fixed8q0', 2));
    expect([saturated, rangeUsed]).toEqual([2 / 16, 257.5 / 256]);
    // Unsigned with a zero point: real −20..235 of 0..255 − 20.
    const shifted = record(
      [-20, -20.5, -20.625, 235, 235.25, 235.5],
      byHand('affine8', 1, { zeroPoint: 20 }),
    );
    expect([shifted.saturated, shifted.rangeUsed]).toEqual([2 / 16, 20.625 / 20]);
    // The narrow range ends at ±127.
    expect(record([-127.5], byHand('affine8s', 1, { range: 'narrow' })).saturated).toBe(1 / 16);
    // 448 in float8e4m3fn has an even code, and takes the tie at 464.
    expect(record([464, -464, 464.5], byHand('float8e4m3fn', 1)).saturated).toBe(1 / 16);
  });

  it('a scale rounded down saturates nothing', () => {
    for (const format of ['fixed8q0', 'float8e4m3', 'posit8es1', 'affine8s']) {
      for (const largest of [0.1, 1 / 3, 0.7, 5.3, 1e-3]) {
        const x = Math.fround(largest);
        const scale = x / getFormat(format).facts.max;
        for (const near of [scale, scale * (1 - 2 ** -52)]) {
          expect(record([x, -x], byHand(format, near)).saturated).toBe(0);
        }
      }
    }
  });

  it('underflow counts what became 0, or was held at minpos', () => {
    expect(record([0.5, 0.4, -0.4, 0.6, 0], byHand('fixed8q0', 1)).underflow).toBe(3 / 16);
    // minpos of posit8es0 is 2^-6: three lie below it, and become ±minpos.
    const below = [2 ** -7, -(2 ** -20), 2 ** -6 - 2 ** -20, 2 ** -6, 0];
    expect(record(below, byHand('posit8es0', 1)).underflow).toBe(3 / 16);
  });

  it('codes used are of those with a finite value in use', () => {
    // 0, 1 and −1 of the 255 of a posit without NaR.
    expect(record([1, -1], byHand('posit8es0', 1)).codesUsed).toBe(3 / 255);
    expect(record([1, -1], byHand('affine8s', 1, { range: 'narrow' })).codesUsed).toBe(3 / 255);
    expect(record([1, -1], byHand('affine8s', 1)).codesUsed).toBe(3 / 256);
    expect(record([1, -1], byHand('float32', 1)).codesUsed).toBeUndefined();
  });

  it('measures each channel at its own scale', () => {
    const [whole, channels] = layerTable(
      plan,
      [{ images, count: 9 }],
      [tableOf('int8', 'linear:max'), tableOf('int8', 'linear:max', 'channel')],
    ).filter(({ tensor, kind }) => kind === 'weights' && tensor === program.steps[0]!.name);
    expect([whole!.scales, channels!.scales]).toEqual([1, 200]);
    expect(channels!.sqnr).toBeGreaterThan(whole!.sqnr);
    expect(channels!.saturated).toBe(0);
  });

  it('a posit with max is ruined, and not with mse', () => {
    const [max, mse] = layerTable(
      plan,
      [{ images, count: 9 }],
      [tableOf('posit8es2', 'linear:max'), tableOf('posit8es2', 'linear')],
    );
    expect(mse!.sqnr).toBeGreaterThan(max!.sqnr + 15);
  });
});
