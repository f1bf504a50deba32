import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { UserError } from '../../errors.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import {
  calibrationData,
  calibrationFrom,
  collectHistograms,
  type EncodingChoices,
  makeEncodings,
} from '../../networks/calibration.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { lower } from '../../networks/lower.js';
import { initialParameters } from '../../networks/parameters.js';
import { getNetwork } from '../../networks/zoo/registry.js';
import { parseAssignment, uniformAssignment } from '../../quantizers/assignment.js';
import { calibrate } from '../../quantizers/calibrate.js';
import { Histogram } from '../../quantizers/histogram.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';

const network = getNetwork('lenet5', [28, 28, 1], 10);
const program = lower(network, initialParameters(network, 3));
const stream = new Stream(1, 'dataset');
const images = Float32Array.from({ length: 12 * 784 }, () => stream.uniform() * 2 - 0.5);

function collected(sizes: readonly number[]) {
  const plan = compileFloat(program, { batch: 12 });
  let first = 0;
  const batches = sizes.map((count) => {
    const batch = { images: images.subarray(first * 784, (first + count) * 784), count };
    first += count;
    return batch;
  });
  return collectHistograms(plan, batches);
}

const calibration = collected([12]);

function choices(more: Partial<EncodingChoices> = {}): EncodingChoices {
  return {
    assignment: uniformAssignment(getFormat('posit8es1')),
    quantizer: parseQuantizer('linear'),
    rounding: NEAREST_EVEN,
    granularity: 'tensor',
    ...more,
  };
}

describe('collecting histograms', () => {
  it('does not depend on batches, byte for byte', () => {
    const split = collected([1, 7, 4]);
    for (const [index, histogram] of calibration.edges.entries()) {
      expect(Buffer.from(split.edges[index]!.data.buffer).equals(Buffer.from(histogram.data.buffer))).toBe(
        true,
      );
    }
    expect(split.images).toBe(12);
  });

  it('has every edge with every image, the images themselves and all weights', () => {
    expect(calibration.edges.map(({ tensor }) => tensor)).toEqual(program.edges.map(({ name }) => name));
    for (const [index, edge] of program.edges.entries()) {
      expect(calibration.edges[index]!.total).toBe(12 * edge.size);
    }
    expect(calibration.edges[program.input]!.max).toBe(Math.max(...images));
    const macs = program.steps.filter((step) => step.kind === 'mac');
    expect([...calibration.weights.keys()]).toEqual(macs.map(({ name }) => name));
    for (const mac of macs) expect(calibration.weights.get(mac.name)!.total).toBe(mac.weights.length);
  });

  it('goes to another thread by its shared buffers', () => {
    const there = calibrationFrom(structuredClone(calibrationData(calibration)));
    expect(makeEncodings(program, there, choices())).toEqual(makeEncodings(program, calibration, choices()));
  });

  it('refuses no images and NaN images in one line', () => {
    const plan = compileFloat(program, { batch: 1 });
    expect(() => collectHistograms(plan, [])).toThrow(UserError);
    const bad = new Float32Array(784);
    bad[5] = Number.NaN;
    expect(() => collectHistograms(plan, [{ images: bad, count: 1 }])).toThrow(/'input' has NaN at index 5/);
  });
});

describe('the table of encodings', () => {
  it('has every edge and every layer; what only moves codes shares its input’s encoding', () => {
    const table = makeEncodings(program, calibration, choices());
    expect([...table.edges.keys()].sort()).toEqual(program.edges.map(({ name }) => name).sort());
    const pools = program.steps.filter((step) => step.kind === 'pool' && step.pooling === 'max');
    expect(pools.length).toBeGreaterThan(0);
    for (const pool of pools) {
      if (pool.kind !== 'pool') continue;
      const [from, to] = [pool.inputs[0], pool.output].map((edge) =>
        table.edges.get(program.edges[edge]!.name),
      );
      expect(to).toBe(from);
    }
    for (const step of program.steps) {
      if (step.kind !== 'mac') continue;
      const own = calibration.edges[step.output]!;
      const quantizer = parseQuantizer('linear');
      expect(table.edges.get(program.edges[step.output]!.name)).toEqual(
        calibrate(own, getFormat('posit8es1'), 'activations', quantizer),
      );
      expect(table.weights.get(step.name)).toEqual(
        calibrate(Histogram.of('w', step.weights), getFormat('posit8es1'), 'weights', quantizer),
      );
    }
  });

  it('one scale an output channel of weights, where asked', () => {
    const table = makeEncodings(program, calibration, choices({ granularity: 'channel' }));
    for (const step of program.steps) {
      if (step.kind !== 'mac') continue;
      const { scales, granularity } = table.weights.get(step.name)!;
      expect(granularity).toEqual({ kind: 'channel' });
      expect(scales.length).toBe(step.outChannels);
      const row = Histogram.of('w', step.weights.subarray(step.k, 2 * step.k));
      const expected = calibrate(row, getFormat('posit8es1'), 'weights', parseQuantizer('linear'));
      expect(scales[1]).toBe(expected.scales[0]);
    }
    for (const encoding of table.edges.values()) expect(encoding.granularity).toEqual({ kind: 'tensor' });
  });

  it('gives single layers other formats, and the images too', () => {
    const macs = program.steps.filter((step) => step.kind === 'mac');
    const [first, second] = macs;
    const assignment = parseAssignment({
      weights: 'posit6es1',
      activations: 'float8e4m3',
      layers: {
        [first!.name]: { weights: 'int8' },
        [second!.name]: { activations: 'fixed8q4', weights: 'posit8es0' },
        input: { activations: 'uint8' },
      },
    });
    const table = makeEncodings(program, calibration, choices({ assignment }));
    const edge = (index: number) => table.edges.get(program.edges[index]!.name)!.format.name;
    expect(edge(program.input)).toBe('affine8');
    expect(table.weights.get(first!.name)!.format.name).toBe('affine8s');
    expect(edge(first!.output)).toBe('float8e4m3');
    expect(table.weights.get(second!.name)!.format.name).toBe('posit8es0');
    expect(edge(second!.output)).toBe('fixed8q0');
    expect(table.weights.get(macs[2]!.name)!.format.name).toBe('posit6es1');
  });

  it('a layer that is not there, or has nothing to assign, is an error that lists the layers', () => {
    const pool = program.steps.find((step) => step.kind === 'pool')!.name;
    const mac = program.steps.find((step) => step.kind === 'mac')!.name;
    const attempt = (layers: object) => () =>
      makeEncodings(
        program,
        calibration,
        choices({ assignment: parseAssignment({ weights: 'posit8es1', activations: 'posit8es1', layers }) }),
      );
    expect(attempt({ nowhere: { weights: 'posit8es1' } })).toThrow(UserError);
    expect(attempt({ nowhere: { weights: 'posit8es1' } })).toThrow(new RegExp(`'nowhere'.*input.*${mac}`));
    expect(attempt({ [pool]: { activations: 'posit8es1' } })).toThrow(UserError);
    expect(attempt({ input: { weights: 'posit8es1' } })).toThrow(/'input' has no weights/);
    expect(attempt({ input: { activations: 'posit8es1' } })).not.toThrow();
  });

  it('formats that need a calibrated scale refuse rounding', () => {
    const assignment = uniformAssignment(getFormat('affine8'));
    expect(() =>
      makeEncodings(program, calibration, choices({ assignment, quantizer: parseQuantizer('rounding') })),
    ).toThrow(UserError);
  });

  it('a calibration of another network is refused', () => {
    const other = { ...calibration, edges: calibration.edges.slice(1) };
    expect(() => makeEncodings(program, other, choices())).toThrow(UserError);
  });
});
