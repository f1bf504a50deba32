import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { REQUANTIZATIONS } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { RequantizationComparison } from '../../../networks/integer/compare.js';
import { integerProgram } from '../../../networks/integer/from-program.js';
import { referenceRunner } from '../../../networks/integer/run.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { parseAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';

const RECORDS = 6;

describe('the comparison of requantizations', () => {
  it('counts what differs from the same inputs, layer by layer, and through the network', () => {
    const network = getNetwork('lenet5', [28, 28, 1], 10);
    const program = lower(network, initialParameters(network, 4));
    const stream = new Stream(6, 'dataset');
    const images = Float32Array.from({ length: RECORDS * 784 }, () => 2 * stream.uniform() - 0.5);
    const calibration = collectHistograms(compileFloat(program, { batch: RECORDS }), [
      { images, count: RECORDS },
    ]);
    const table = makeEncodings(program, calibration, {
      assignment: parseAssignment({ weights: 'affine8s', activations: 'affine8', layers: {} }),
      quantizer: parseQuantizer('linear:max'),
      rounding: NEAREST_EVEN,
      granularity: 'channel',
    });
    const graph = integerProgram(program, table, 'tflite');
    const comparison = new RequantizationComparison(graph);
    const runners = new Map(REQUANTIZATIONS.map((mode) => [mode, referenceRunner(graph, mode)]));
    const base = runners.get('gemmlowp')!;
    const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
    const expected = graph.steps.map(() => ({ single: 0, float32: 0, exact: 0 }));
    const whole = { single: 0, float32: 0, exact: 0 };
    for (let record = 0; record < RECORDS; record++) {
      const image = images.subarray(record * 784, (record + 1) * 784);
      comparison.take(new Uint8Array(image.slice().buffer));
      base.values[input]!.set(image);
      base.run();
      for (const mode of ['single', 'float32', 'exact'] as const) {
        const { values, step, run } = runners.get(mode)!;
        const count = (at: number): number =>
          base.values[at]!.filter((code, i) => code !== values[at]![i]).length;
        graph.steps.forEach((one, index) => {
          for (const from of one.inputs) values[from]!.set(base.values[from]!);
          step(index);
          expected[index]![mode] += count(one.output);
        });
        values[input]!.set(image);
        run();
        whole[mode] += count(output);
      }
    }
    expect(comparison.steps().map(({ differing }) => differing)).toEqual(expected);
    expect(comparison.network()).toMatchObject({ records: RECORDS, codes: RECORDS * 10, differing: whole });
    const total = expected.reduce((sum, { single }) => sum + single, 0);
    expect(total, 'the ways do differ').toBeGreaterThan(0);
    const macs = comparison.steps().filter(({ kind }) => kind !== 'mac');
    expect(macs.every(({ largest }) => Object.values(largest).every((away) => away <= 1))).toBe(true);
  });
});
