import { describe, expect, it } from 'vitest';
import { REQUANTIZATIONS } from '../../../emac/layer/choices.js';
import { UserError } from '../../../errors.js';
import type { IntegerGraph } from '../../../networks/integer/graph.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import { referenceRunner } from '../../../networks/integer/run.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { parseTflite } from '../../../networks/tflite/model.js';
import { CONCATENATION, CONV, POOL, SOFTMAX } from '../../../networks/tflite/schema.js';
import { everyOperator, movingOperators, withOperator, withTensor } from './small-models.js';
import { type Written, writeTflite } from './write-tflite.js';

const read = (model: Written): IntegerGraph => integerGraph(parseTflite(writeTflite(model), 'a.tflite'));

/** The one line with which a model is refused. */
function refusal(model: Written): string {
  try {
    read(model);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('it is not refused');
}

const MODEL = everyOperator();

describe('a written file', () => {
  it('is read as it was written', () => {
    const { tensors, operators, inputs, outputs } = parseTflite(writeTflite(MODEL), 'a.tflite');
    expect(tensors.map(({ shape, type }) => ({ shape, type }))).toEqual(
      MODEL.tensors.map(({ shape, type }) => ({ shape, type })),
    );
    expect(tensors.map(({ scales }) => scales)).toEqual(MODEL.tensors.map(({ scales = [] }) => scales));
    expect(tensors[2]!.data).toEqual(new Uint8Array((MODEL.tensors[2]!.data as Int8Array).buffer));
    expect(operators.map(({ name }) => name)).toEqual(MODEL.operators.map(({ name }) => name));
    expect(operators.map((operator) => operator.inputs.map((tensor) => tensor!.index))).toEqual(
      MODEL.operators.map((operator) => operator.inputs),
    );
    expect([inputs[0]!.name, outputs[0]!.name]).toEqual(['t0', 't17']);
  });

  it.each(['int8', 'uint8'] as const)('of %s becomes a graph that runs the same both ways', (type) => {
    const graph = read(everyOperator(type));
    expect(graph.steps.map(({ name }) => name)).toEqual(MODEL.operators.map(({ name }, i) => `${i} ${name}`));
    for (const mode of REQUANTIZATIONS) {
      const [slow, fast] = [referenceRunner(graph, mode), kernelRunner(graph, mode)];
      for (const { values } of [slow, fast]) {
        values[0]!.forEach((_, i) => {
          values[0]![i] = Math.fround(((i * 37) % 101) / 40 - 0.1);
        });
      }
      slow.run();
      fast.run();
      graph.tensors.forEach((tensor, at) => {
        expect(fast.values[at], `${mode}, ${tensor.name}`).toEqual(slow.values[at]);
      });
      // every tensor has more than one code, so that something was computed
      for (const values of slow.values) expect(new Set<number>(values).size).toBeGreaterThan(1);
    }
  });

  it('has weights of depthwise layers by channel, ours [out, kh, kw]', () => {
    const step = read(MODEL).steps[2]!;
    if (step.kind !== 'mac') throw new Error('no mac');
    const stored = MODEL.tensors[5]!.data!;
    for (let c = 0; c < 4; c++) {
      for (let tap = 0; tap < 9; tap++) expect(step.weights[c * 9 + tap]).toBe(stored[tap * 4 + c]);
    }
  });
});

describe('what is not supported', () => {
  it('is named all at once, with places', () => {
    const strange = [
      'LOGISTIC',
      'My\nOperator',
      'LOGISTIC',
      'HARD_SWISH',
      ...new Array<string>(4).fill('LOGISTIC'),
    ];
    const model = {
      ...MODEL,
      operators: strange.map((name, i) => ({ name, inputs: [i === 0 ? 0 : 1], outputs: [i + 1] })),
    };
    expect(refusal(withTensor(model, 4, { type: 'int64' }))).toMatch(
      /^a\.tflite has what is not supported: LOGISTIC \(operator 0, 2, 4, 5 and 2 more\); CUSTOM My.{1,4}Operator \(operator 1\); outputs of int32 \(operator 2, 5\); HARD_SWISH \(operator 3\); outputs of int64 \(operator 3\); supported are/,
    );
    expect(refusal(withTensor(MODEL, 0, { type: 'bool' }))).toBe(
      'a.tflite: tensor 0 (t0), an input, is of bool; int8, uint8, int16, float32 are read',
    );
  });

  it('several subgraphs, other versions, sparse tensors, none at all', () => {
    expect(refusal({ ...MODEL, subgraphs: 3 })).toBe('a.tflite has 3 subgraphs; a model of one is read');
    expect(refusal({ ...MODEL, version: 2 })).toContain('version 2');
    expect(refusal(withTensor(MODEL, 2, { sparse: true }))).toBe(
      'a.tflite: tensor 2 (t2) is sparse; dense tensors are read',
    );
    expect(refusal({ ...MODEL, inputs: [] })).toMatch(/tensor 0 \(t0\) is computed by no operator|0 inputs/);
    expect(refusal({ ...MODEL, outputs: [] })).toContain('1 inputs and 0 outputs');
  });

  it('too many values, from a short file', () => {
    const huge = [1, 2 ** 13, 2 ** 13];
    let model = withTensor(MODEL, 0, { shape: huge });
    for (const at of [1, 4]) model = withTensor(model, at, { shape: huge });
    expect(refusal(model)).toContain('at most 67108864 are allowed');
    expect(refusal(withTensor(MODEL, 0, { shape: [1, 2 ** 20, 2 ** 20] }))).toContain('tensor 0 has shape');
    expect(refusal(withTensor(MODEL, 0, { shape: [1, -6, 5, 3] }))).toContain('tensor 0 has shape');
  });
});

describe('what does not fit is named with its place', () => {
  const model = (at: number, change: object): string => refusal(withTensor(MODEL, at, change));
  const operator = (at: number, change: object): string => refusal(withOperator(MODEL, at, change));

  it('shapes', () => {
    expect(model(4, { shape: [1, 4, 4, 5] })).toContain(
      'operator 1 CONV_2D: its shapes [1, 6, 5, 3] [4, 3, 2, 3]',
    );
    expect(model(2, { shape: [4, 3, 2, 2] })).toContain('operator 1 CONV_2D');
    expect(model(2, { shape: [4, 18] })).toContain('operator 1 CONV_2D');
    expect(model(8, { shape: [1, 4, 4, 3] })).toContain('operator 3 ADD');
    expect(model(10, { shape: [1, 3, 2, 4] })).toContain('operator 5 MAX_POOL_2D');
    expect(model(12, { shape: [1, 2, 2, 9] })).toContain('operator 7 CONCATENATION');
    expect(model(13, { shape: [1, 31] })).toContain('operator 8 RESHAPE');
    expect(model(14, { shape: [4, 32] })).toContain('operator 9 FULLY_CONNECTED');
    expect(model(1, { shape: [2, 6, 5, 3] })).toContain(
      'tensor 1 (t1) has shape [2, 6, 5, 3]; a first extent of 1 is read',
    );
  });

  it('an image of nothing, which has no mean', () => {
    const moving = movingOperators();
    let empty = withTensor(moving, 8, { shape: [1, 0, 8, 3] });
    empty = withTensor(empty, 7, { data: Int32Array.of(0, 8) });
    expect(refusal(empty)).toContain('operator 4 MEAN: its shapes [1, 0, 8, 3]');
    expect(read(moving).steps).toHaveLength(6);
  });

  it('groups that do not divide the filters', () => {
    const data = new Int8Array(4 * 6);
    expect(model(2, { shape: [4, 3, 2, 1], data })).toContain('operator 1 CONV_2D');
  });

  it('scales and zero points', () => {
    for (const scales of [[], [0.1, 0.2], [0], [-0.1], [Number.NaN], [Number.POSITIVE_INFINITY]]) {
      expect(model(4, { scales, zeroPoints: [0] }), `${scales}`).toMatch(/tensor 4 \(t4\) has \d scales/);
      const wrong = scales.length === 2 ? [0.1, 0.2, 0.3] : scales;
      expect(model(2, { scales: wrong, zeroPoints: [0] }), `${scales}`).toMatch(
        /operator 1 CONV_2D: its weights have/,
      );
    }
    for (const zeroPoint of [-129, 128, 2 ** 40]) {
      expect(model(4, { zeroPoints: [zeroPoint] })).toContain(`zero point ${zeroPoint}`);
    }
    expect(model(2, { zeroPoints: [1, 1, 1, 1] })).toContain('zero points of 0 are read');
    expect(model(2, { zeroPoints: [0, 0, 1, 0] })).toContain('zero points 0, 1');
    expect(refusal(withTensor(everyOperator('uint8'), 2, { zeroPoints: [256] }))).toContain('from 0 to 255');
  });

  it('constants', () => {
    expect(model(2, { data: new Int8Array(71) })).toContain('its weights, tensor 2, are no 72 constant');
    expect(model(2, { data: undefined })).toContain('its weights, tensor 2');
    expect(model(3, { data: new Int32Array(3) })).toContain('its bias is no list of 4 int32');
    expect(model(3, { type: 'int64', data: new Int32Array(8) })).toContain('its bias');
  });

  it('floats among integers, and int16 where weights are', () => {
    expect(model(4, { type: 'float32' })).toContain('mixes float and integer tensors');
    expect(model(16, { type: 'float32' })).toContain('operator 10 SOFTMAX: it mixes float');
    expect(model(4, { type: 'int16' })).toContain('from int8 to int16; int8 and uint8 are read');
    expect(model(13, { type: 'uint8', zeroPoints: [0] })).toContain('operator 8 RESHAPE');
  });

  it('options', () => {
    const pool = MODEL.operators[5]!.options!;
    const conv = MODEL.operators[1]!.options!;
    expect(operator(5, { options: [...pool.slice(0, 3), [POOL.filterWidth, 'i32', 0]] })).toContain(
      'MAX_POOL_2D',
    );
    expect(operator(1, { options: [...conv.slice(1), [CONV.padding, 'i8', 2]] })).toContain('CONV_2D');
    expect(operator(1, { options: [...conv.slice(0, 5), [CONV.activation, 'i8', 4]] })).toContain('tanh');
    expect(operator(1, { options: [...conv.slice(0, 5), [CONV.activation, 'i8', 77]] })).toContain(
      'activation 77',
    );
    for (const beta of [0, -1, 2 ** -30, Number.NaN]) {
      expect(operator(10, { options: [[SOFTMAX.beta, 'f32', beta]] })).toContain('SOFTMAX: beta');
    }
    expect(model(16, { scales: [1 / 128] })).toContain('a scale of 1/256');
    expect(model(11, { scales: [0.1] })).toContain('operator 6 AVERAGE_POOL_2D');
    const joins = [
      [CONCATENATION.axis, 'i32', 3],
      [CONCATENATION.activation, 'i8', 1],
    ];
    expect(operator(7, { options: joins })).toContain('an activation is fused');
    expect(model(12, { scales: [0.2] })).toContain('CONCATENATION: its inputs are of other types, scales');
    expect(operator(7, { options: [[CONCATENATION.axis, 'i32', 0]] })).toContain('CONCATENATION');
    expect(operator(7, { inputs: [10, 10, 11] })).toContain('CONCATENATION');
  });

  it('what is missing, there twice, or not there yet', () => {
    expect(operator(1, { inputs: [1] })).toContain('operator 1 CONV_2D: it lacks input 1');
    expect(operator(1, { inputs: [-1, 2, 3] })).toContain('it lacks input 0');
    expect(operator(3, { outputs: [8, 9] })).toContain(
      'operator 4 MUL computes though it is there: tensor 9',
    );
    expect(operator(3, { inputs: [4, 99] })).toContain('there is no tensor 99, it has 18');
    expect(operator(2, { inputs: [8, 5, 6] })).toBe(
      'a.tflite: operator 2 DEPTHWISE_CONV_2D reads before it is computed: tensor 8 (t8)',
    );
    expect(operator(3, { outputs: [4] })).toContain('operator 3 ADD computes though it is there: tensor 4');
    expect(operator(3, { inputs: [4, 2] })).toContain('tensor 2 (t2) is computed by no operator');
  });
});
