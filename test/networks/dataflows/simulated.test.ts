import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { UserError } from '../../../errors.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileEmac } from '../../../networks/dataflows/emac.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { compileSimulated } from '../../../networks/dataflows/simulated.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import type { Program } from '../../../networks/program.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { uniformAssignment } from '../../../quantizers/assignment.js';
import { decodeTensor, encodeTensor } from '../../../quantizers/encoder.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';

const COUNT = 5;
const network = getNetwork('lenet5', [28, 28, 1], 10);
const program = lower(network, initialParameters(network, 3));
const stream = new Stream(1, 'dataset');
const images = Float32Array.from({ length: COUNT * 784 }, () => stream.uniform() * 2 - 0.5);
const floatPlan = compileFloat(program, { batch: COUNT });
const calibration = collectHistograms(floatPlan, [{ images, count: COUNT }]);

function tableOf(
  name: string,
  quantizer: string,
  rounding: Rounding = NEAREST_EVEN,
  granularity: 'tensor' | 'channel' = 'tensor',
) {
  const assignment = uniformAssignment(getFormat(name));
  return makeEncodings(program, calibration, {
    assignment,
    quantizer: parseQuantizer(quantizer),
    rounding,
    granularity,
  });
}

describe('simulated dataflow', () => {
  const cases = [
    ['posit8es1', 'linear', 'nearest-even', 'tensor'],
    ['posit8es1', 'linear:max', 'up', 'channel'],
    ['float8e4m3', 'rounding', 'stochastic', 'tensor'],
    ['affine8', 'linear', 'nearest-even', 'tensor'],
    ['affine8s', 'linear', 'toward-zero', 'channel'],
    ['pow2int8', 'linear', 'down', 'tensor'],
    ['posit16es1', 'rounding', 'nearest-even', 'tensor'],
    ['float32', 'linear', 'nearest-away', 'tensor'],
  ] as const;

  it.each(cases)(
    '%s %s %s per %s: every edge is encode and decode of the float32 step before it',
    (name, quantizer, mode, granularity) => {
      const rounding = { ...NEAREST_EVEN, mode };
      const table = tableOf(name, quantizer, rounding, granularity);
      const plan = compileSimulated(program, table, { batch: COUNT, seed: 4 });
      plan.run(images, COUNT, 30);
      const rounded = (edge: number, values: Float32Array) => {
        const encoding = table.edges.get(program.edges[edge]!.name)!;
        const { size } = program.edges[edge]!;
        return Float32Array.from({ length: COUNT }, (_, image) => image).reduce<number[]>((all, image) => {
          const part = values.subarray(image * size, (image + 1) * size);
          const codes = encodeTensor(part, encoding, {
            name: 'x',
            randomKey: { seed: 4, tensor: edge, image: 30 + image },
          });
          all.push(...decodeTensor(codes, encoding).map(Math.fround));
          return all;
        }, []);
      };
      expect([...plan.edgeValues(program.input, COUNT)]).toEqual(rounded(program.input, images));
      // Each step alone, by the float dataflow, on what the plan had before it and with decoded weights.
      for (const step of program.steps) {
        if (step.kind !== 'mac' && step.kind !== 'pool') continue;
        const weights =
          step.kind === 'mac'
            ? Float32Array.from(
                decodeTensor(
                  encodeTensor(step.weights, table.weights.get(step.name)!, {
                    channels: step.outChannels,
                    name: 'w',
                    randomKey: { seed: 4, tensor: 0x10000 + step.output, image: 0 },
                  }),
                  table.weights.get(step.name)!,
                  step.outChannels,
                ),
              )
            : new Float32Array(0);
        const [before, after] = [program.edges[step.inputs[0]]!, program.edges[step.output]!];
        const alone: Program = {
          network: 'alone',
          classes: after.size,
          edges: [before, after],
          steps: [
            step.kind === 'mac'
              ? { ...step, weights, inputs: [0], output: 1 }
              : { ...step, inputs: [0], output: 1 },
          ],
          input: 0,
          output: 1,
        };
        const single = compileFloat(alone, { batch: COUNT });
        single.run(plan.edgeValues(step.inputs[0], COUNT) as Float32Array, COUNT);
        const result = single.edgeValues(1, COUNT) as Float32Array;
        const moves = step.kind === 'pool' && step.pooling === 'max';
        const expected = moves ? [...result] : rounded(step.output, result);
        expect([...plan.edgeValues(step.output, COUNT)], step.name).toEqual(expected);
      }
    },
  );

  it('is near the emac dataflow: most codes agree', () => {
    const table = tableOf('posit8es1', 'linear');
    const simulated = compileSimulated(program, table, { batch: COUNT, seed: 0 });
    const emac = compileEmac(program, table, { ...DEFAULT_CHOICES, scaleBits: 53 }, { batch: COUNT });
    simulated.run(images, COUNT);
    emac.run(images, COUNT);
    const logits = table.edges.get(program.edges[program.output]!.name)!;
    const a = encodeTensor(simulated.edgeValues(program.output, COUNT) as Float32Array, logits, {
      name: 'l',
    });
    const b = emac.codes(program.output, COUNT);
    const equal = a.filter((code, i) => code === b[i]).length;
    expect(equal).toBeGreaterThan(0.9 * a.length);
  });

  it('float32 under rounding is the float dataflow itself', () => {
    const plan = compileSimulated(program, tableOf('float32', 'rounding'), { batch: COUNT, seed: 0 });
    plan.run(images, COUNT);
    floatPlan.run(images, COUNT);
    expect(plan.edgeValues(program.output, COUNT)).toEqual(floatPlan.edgeValues(program.output, COUNT));
  });

  it('does not depend on the batch, random words included', () => {
    const table = tableOf('posit6es1', 'linear', { ...NEAREST_EVEN, mode: 'stochastic' });
    const whole = compileSimulated(program, table, { batch: COUNT, seed: 9 });
    whole.run(images, COUNT, 100);
    const logits = whole.edgeValues(program.output, COUNT);
    const single = compileSimulated(program, table, { batch: 1, seed: 9 });
    for (let image = 0; image < COUNT; image++) {
      single.run(images.subarray(image * 784), 1, 100 + image);
      expect(single.edgeValues(program.output, 1)).toEqual(logits.slice(image * 10, (image + 1) * 10));
    }
  });

  it('an edge without an encoding, and a NaN pixel without a code, are one clear line', () => {
    const table = tableOf('affine8', 'linear');
    const edges = new Map(table.edges);
    edges.delete('input');
    expect(() => compileSimulated(program, { ...table, edges }, { batch: 1, seed: 0 })).toThrow(UserError);
    const bad = images.slice(0, 784);
    bad[3] = Number.NaN;
    const plan = compileSimulated(program, table, { batch: 1, seed: 0 });
    expect(() => plan.run(bad, 1, 7)).toThrow(/edge 'input' of image 7\[3\] is NaN/);
  });
});
