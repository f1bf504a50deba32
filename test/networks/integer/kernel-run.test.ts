import { beforeEach, describe, expect, it } from 'vitest';
import { REQUANTIZATIONS } from '../../../emac/layer/choices.js';
import { UserError } from '../../../errors.js';
import { createKernels } from '../../../kernels/loader.js';
import {
  INTEGER_TYPES,
  type IntegerGraph,
  type IntegerMac,
  type IntegerType,
  type Values,
} from '../../../networks/integer/graph.js';
import { suitsKernels } from '../../../networks/integer/kernel-mac.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import type { RequantizeMode } from '../../../networks/integer/requantize.js';
import { referenceRunner } from '../../../networks/integer/run.js';
import { conv2dWindow, denseWindow, poolWindow } from '../../../networks/window.js';
import { type MacKind, macGraph, oneStep, Random } from './random-graph.js';

const kernels = createKernels();
beforeEach(() => kernels.clear());

/** Runs both on `records`, one by one and together; returns the codes of the output. */
function compared(graph: IntegerGraph, mode: RequantizeMode, random: Random, records = 2): Set<number> {
  kernels.clear();
  const [slow, fast] = [referenceRunner(graph, mode), kernelRunner(graph, mode, kernels)];
  // with room that is not used
  const together = kernelRunner(graph, mode, kernels, records + 1);
  const kept: Values[][] = [];
  const seen = new Set<number>();
  for (let record = 0; record < records; record++) {
    for (const at of graph.inputs) {
      const { type } = graph.tensors[at]!;
      const values = slow.values[at]!;
      for (let i = 0; i < values.length; i++) {
        values[i] = type === 'float32' ? random.scale(8) - 8 : random.code(type);
      }
      fast.values[at]!.set(values);
    }
    slow.run();
    fast.run();
    graph.tensors.forEach((tensor, at) => {
      expect(fast.values[at], `${mode}, tensor ${at}: ${JSON.stringify(tensor)}`).toEqual(slow.values[at]);
    });
    for (const code of slow.values[graph.outputs[0]!]!) seen.add(code);
    kept.push(slow.values.map((values) => values.slice()));
    for (const at of graph.inputs) {
      together.values[at]!.set(slow.values[at]!, record * graph.tensors[at]!.size);
    }
  }
  together.run(records);
  graph.tensors.forEach(({ size }, at) => {
    kept.forEach((values, record) => {
      const got = together.values[at]!.slice(record * size, (record + 1) * size);
      expect(got, `${mode}, record ${record} of ${records} together, tensor ${at}`).toEqual(values[at]);
    });
  });
  return seen;
}

const MACS: readonly MacKind[] = ['conv', 'grouped', 'depthwise', 'depthwise-twice', 'dense'];
const TYPES: readonly IntegerType[] = ['int8', 'uint8'];

describe('the kernels give the codes of the reference', () => {
  describe.each(MACS)('%s', (kind) => {
    it.each(TYPES)('of %s, in all modes', (type) => {
      const random = new Random(31 + MACS.indexOf(kind) * 2 + TYPES.indexOf(type));
      const seen = new Set<number>();
      const enough = kind === 'dense' ? 60 : 12;
      for (let graphs = 0; graphs < enough; graphs++) {
        const graph = macGraph(random, kind, type);
        for (const mode of REQUANTIZATIONS) for (const code of compared(graph, mode, random)) seen.add(code);
      }
      // all that is compared would be little if it were one code
      expect(seen.size).toBeGreaterThan(150);
    });
  });

  it.each(TYPES)('dense layers of %s, as many records as take several products', (type) => {
    const random = new Random(57);
    for (const mode of REQUANTIZATIONS) {
      for (const records of [5, 64, 131]) compared(macGraph(random, 'dense', type), mode, random, records);
    }
  });

  it('runs dense, ungrouped and depthwise steps on the kernels', () => {
    const random = new Random(51);
    const suits = (kind: MacKind): boolean => {
      // of several channels, where the kinds differ
      for (;;) {
        const { tensors, steps } = macGraph(random, kind, 'int8');
        const step = steps[0] as IntegerMac;
        if (step.window.inChannels > 2) return suitsKernels(step, tensors[0]!, tensors[1]!);
      }
    };
    expect(MACS.map(suits)).toEqual([true, false, true, false, true]);
  });

  it.each(TYPES)('add and multiply of %s: few values and many, one tensor twice', (type) => {
    const random = new Random(52);
    for (const kind of ['add', 'multiply'] as const) {
      for (const size of [3, 255, 256, 1000]) {
        const scales = [0.05, 0.03, kind === 'add' ? 0.07 : 0.15].map((near) => random.scale(near));
        const tensors = scales.map((scale) => random.tensor([size], type, scale));
        const step = { kind, name: 'step', inputs: [0, 1], output: 2, clamp: random.clamp(type) } as const;
        for (const mode of REQUANTIZATIONS) {
          compared(oneStep(tensors, step), mode, random);
          compared(oneStep(tensors, { ...step, inputs: [0, 0] }), mode, random);
        }
      }
    }
  });

  it.each(TYPES)('pools, softmax, reshape and quantize of %s', (type) => {
    const random = new Random(53);
    const [least, most] = INTEGER_TYPES[type];
    const input = random.tensor([9, 7, 5], type, random.scale(0.1));
    const window = poolWindow({ kernel: [3, 2], stride: [2, 2], padding: 'same' }, [9, 7, 5], 'step');
    const pooled = { ...input, shape: [5, 4, 5], size: 100 };
    const placed = { name: 'step', inputs: [0], output: 1 } as const;
    const other = { ...input, scale: random.scale(0.2), zeroPoint: random.code(type) };
    const otherType = random.tensor([9, 7, 5], type === 'int8' ? 'uint8' : 'int8', random.scale(0.1));
    for (const mode of REQUANTIZATIONS) {
      for (const pooling of ['max', 'average'] as const) {
        const clamp = random.clamp(type);
        compared(oneStep([input, pooled], { kind: 'pool', pooling, ...placed, window, clamp }), mode, random);
      }
      const shares = { ...input, scale: 1 / 256, zeroPoint: least };
      const seen = compared(oneStep([input, shares], { kind: 'softmax', ...placed, beta: 1 }), mode, random);
      expect(Math.max(...seen)).toBeGreaterThan((least + most) / 2);
      compared(oneStep([input, input], { kind: 'reshape', ...placed }), mode, random);
      const float = { ...input, type: 'float32' } as const;
      for (const pair of [
        [input, other],
        [input, otherType],
        [float, input],
        [input, float],
      ]) {
        compared(oneStep(pair, { kind: 'quantize', ...placed }), mode, random);
      }
    }
  });

  it('concat of uint8 with other scales', () => {
    const random = new Random(54);
    const sizes = [2, 5, 3];
    const inputs = sizes.map((c) => random.tensor([4, c], 'uint8', random.scale(0.1)));
    const output = random.tensor([4, 10], 'uint8', random.scale(0.1));
    const step = {
      kind: 'concat',
      name: 'step',
      inputs: [0, 1, 2],
      output: 3,
      outer: 4,
      inner: sizes,
    } as const;
    for (const mode of REQUANTIZATIONS) compared(oneStep([...inputs, output], step), mode, random);
    for (const type of ['int8', 'uint8', 'int16'] as const) {
      // of one scale, where codes only move
      const same = [...inputs, output].map((tensor) => ({ ...tensor, type, scale: 0.5, zeroPoint: 7 }));
      expect(compared(oneStep(same, step), 'gemmlowp', random).size).toBeGreaterThan(30);
    }
  });
});

/** A dense or depthwise step whose sum is `sum` for inputs of 127, by its bias and weights of 1. */
function limitGraph(sum: number, depthwise: boolean, multiplier: number): IntegerGraph {
  const random = new Random(60);
  const channels = depthwise ? 9 : 16;
  const one = conv2dWindow(
    { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: 'valid' },
    [1, 1, 9],
    '',
  );
  const k = depthwise ? 1 : 16;
  const input = { ...random.tensor([channels], 'int8', 1), zeroPoint: 0 };
  const output = { ...random.tensor([9], 'int8', 1), zeroPoint: 100 };
  const sign = sum < 0 ? -1 : 1;
  return oneStep([input, output], {
    kind: 'mac',
    name: 'fifth layer',
    inputs: [0],
    output: 1,
    window: depthwise ? one : denseWindow(16),
    groups: depthwise ? 9 : 1,
    outChannels: 9,
    k,
    weights: new Int8Array(9 * k).fill(sign),
    weightZeroPoint: 0,
    bias: new Int32Array(9).fill(sum - sign * k * 127),
    multipliers: [{ input: multiplier, weight: 1, output: 1, product: 'float64' }],
    rounding: 'as-asked',
    clamp: { least: -128, most: 127 },
  });
}

describe('sums at the limits of 32 bits', () => {
  it.each([false, true])('are requantized as the reference does (depthwise %s)', (depthwise) => {
    for (const multiplier of [2 ** -31, 2 ** -24, 0.5, 1 - 2 ** -31, 1, 1.75, 300]) {
      for (const sum of [2 ** 31 - 2 - 16, -(2 ** 31) + 2 + 16]) {
        const graph = limitGraph(sum, depthwise, multiplier);
        for (const mode of REQUANTIZATIONS) {
          kernels.clear();
          const [slow, fast] = [referenceRunner(graph, mode), kernelRunner(graph, mode, kernels)];
          for (const runner of [slow, fast]) {
            runner.values[0]!.fill(127);
            runner.run();
          }
          expect(fast.values[1], `${sum} · ${multiplier}, ${mode}`).toEqual(slow.values[1]);
          const far = multiplier === 0.5 && (sum < 0 ? -128 : 127);
          if (far) expect([...slow.values[1]!]).toEqual(new Array(9).fill(far));
        }
      }
    }
  });

  it('are refused beyond, with the name of the layer, by both', () => {
    // 16 inputs of −128 add one more each
    const refused = limitGraph(2 ** 31 - 16, false, 1);
    for (const make of [referenceRunner, kernelRunner]) {
      expect(() => make(refused, 'gemmlowp')).toThrow(UserError);
      expect(() => make(refused, 'gemmlowp')).toThrow(
        /^step fifth layer: channel 0 may sum up to 2147483648, which 32-bit accumulators do not hold/,
      );
    }
    expect(() => referenceRunner(limitGraph(2 ** 31 - 17, false, 1), 'gemmlowp')).not.toThrow();
  });
});
