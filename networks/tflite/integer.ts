/** From a TensorFlow Lite file whose tensors are integers to an integer graph. */
import { UserError } from '../../errors.js';
import { INTEGER_TYPES, type IntegerGraph, type IntegerStep, type IntegerTensor } from '../integer/graph.js';
import { poolWindow } from '../window.js';
import { conv, dense, depthwise } from './integer-mac.js';
import { mean } from './integer-mean.js';
import { pad, resizeNearest, split } from './integer-pick.js';
import type { TfliteModel, TfliteOperator } from './model.js';
import { Reader } from './reader.js';
import { refuseUnsupported } from './refuse.js';
import { BINARY, CONCATENATION, POOL, SOFTMAX } from './schema.js';
import { poolSliding } from './sliding.js';

type Read = (reader: Reader, operator: TfliteOperator) => IntegerStep | readonly IntegerStep[];

/** Operators that are read, each with what makes its step. */
const READS: Readonly<Record<string, Read>> = {
  CONV_2D: conv,
  DEPTHWISE_CONV_2D: depthwise,
  FULLY_CONNECTED: dense,
  ADD: (reader, operator) => binary('add', reader, operator),
  MUL: (reader, operator) => binary('multiply', reader, operator),
  AVERAGE_POOL_2D: (reader, operator) => pool('average', reader, operator),
  MAX_POOL_2D: (reader, operator) => pool('max', reader, operator),
  SOFTMAX: softmax,
  RESHAPE: reshape,
  SQUEEZE: reshape,
  QUANTIZE: (reader, operator) => ({ kind: 'quantize', ...alone(reader, operator) }),
  DEQUANTIZE: (reader, operator) => ({ kind: 'quantize', ...alone(reader, operator) }),
  CONCATENATION: concat,
  PAD: pad,
  SPLIT: split,
  RESIZE_NEAREST_NEIGHBOR: resizeNearest,
  MEAN: mean,
  RELU: (reader, operator) => activation('relu', reader, operator),
  RELU6: (reader, operator) => activation('relu6', reader, operator),
};

/**
 * Throws UserError, one line, that lists all operators and tensor types that are not supported, with their places, or names
 * the operator whose shapes or parameters do not fit.
 */
export function integerGraph(model: TfliteModel): IntegerGraph {
  refuseUnsupported(model, Object.keys(READS));
  const reader = new Reader(model);
  const { tensors } = reader;
  requireMemory(model, tensors);
  requireOrder(model);
  const steps = model.operators.flatMap((operator) => READS[operator.name]!(reader, operator));
  const places = (which: TfliteModel['inputs']): number[] => which.map((tensor) => reader.place(tensor));
  return { name: model.source, tensors, steps, inputs: places(model.inputs), outputs: places(model.outputs) };
}

/** Values of all tensors that are computed, at most: a short file may claim any shapes. */
const MOST_VALUES = 2 ** 26;

function requireMemory({ source, inputs, outputs }: TfliteModel, tensors: readonly IntegerTensor[]): void {
  const values = tensors.reduce((sum, { size }) => sum + size, 0);
  if (values > MOST_VALUES) {
    throw new UserError(`${source}: its tensors have ${values} values; at most ${MOST_VALUES} are allowed`);
  }
  if (inputs.length > 0 && outputs.length > 0) return;
  throw new UserError(
    `${source} has ${inputs.length} inputs and ${outputs.length} outputs; one or more are read`,
  );
}

/** Throws UserError where a tensor is read before it is computed, or computed twice. */
function requireOrder({ source, inputs, operators }: TfliteModel): void {
  const computed = new Set(operators.flatMap(({ outputs }) => outputs));
  const ready = new Set(inputs);
  for (const { index, name, inputs: read, outputs } of operators) {
    const missing = read.find((tensor) => tensor && computed.has(tensor) && !ready.has(tensor));
    const again = outputs.find((tensor) => ready.has(tensor));
    const wrong = missing ?? again;
    if (wrong !== undefined) {
      const how = missing ? 'reads before it is computed' : 'computes though it is there';
      throw new UserError(
        `${source}: operator ${index} ${name} ${how}: tensor ${wrong.index} (${wrong.name})`,
      );
    }
    for (const tensor of outputs) ready.add(tensor);
  }
}

/** Of an operator with one input, and as many values in the output. */
function alone(reader: Reader, operator: TfliteOperator) {
  const input = reader.place(reader.input(operator, 0));
  const output = reader.output(operator);
  if (reader.tensors[input]!.size !== reader.tensors[output]!.size) throw reader.misfit(operator);
  return { name: reader.name(operator), inputs: [input] as const, output };
}

function reshape(reader: Reader, operator: TfliteOperator): IntegerStep {
  const step = alone(reader, operator);
  const types = [step.inputs[0], step.output].map((at) => reader.tensors[at]!.type);
  if (types[0] !== types[1]) throw reader.misfit(operator);
  return { kind: 'reshape', ...step };
}

/** Its kernels have one scale and zero point of the output, and their difference of codes is shifted to the left. */
function softmax(reader: Reader, operator: TfliteOperator): IntegerStep {
  const step = alone(reader, operator);
  const [x, y] = [step.inputs[0], step.output].map((at) => reader.tensors[at]!) as [
    IntegerTensor,
    IntegerTensor,
  ];
  if (x.type === 'float32' || y.type === 'float32') throw reader.floats(operator);
  if (x.shape.length === 0 || x.type !== y.type) throw reader.misfit(operator);
  const beta = operator.options?.f32(SOFTMAX.beta) ?? 0;
  const [least] = INTEGER_TYPES[y.type];
  const isScaled = y.scale === 2 ** -8 && y.zeroPoint === least;
  if (isScaled && beta * x.scale >= 2 ** -26) return { kind: 'softmax', beta, ...step };
  throw new UserError(
    `${reader.where(operator)}: beta ${beta}, scales ${x.scale} and ${y.scale}, zero point ${y.zeroPoint}; beta · scale of at least 2^-26 into a scale of 1/256 and a zero point of ${least} are read`,
  );
}

function binary(kind: 'add' | 'multiply', reader: Reader, operator: TfliteOperator): IntegerStep {
  const inputs = [0, 1].map((which) => reader.place(reader.input(operator, which))) as [number, number];
  const output = reader.output(operator);
  const sizes = new Set([...inputs, output].map((at) => reader.tensors[at]!.size));
  if (sizes.size > 1) throw reader.misfit(operator);
  const clamp = reader.clamp(operator, BINARY.activation);
  return { kind, name: reader.name(operator), inputs, output, clamp };
}

function pool(pooling: 'max' | 'average', reader: Reader, operator: TfliteOperator): IntegerStep {
  const input = reader.input(operator, 0);
  const sliding = poolSliding(operator);
  if (sliding === undefined) throw reader.misfit(operator);
  const name = reader.name(operator);
  const window = poolWindow(sliding, reader.image(operator, input), name);
  const output = reader.output(operator);
  const [x, y] = [reader.tensorOf(input), reader.tensors[output]!];
  const size = window.outHeight * window.outWidth * window.inChannels;
  if (y.size !== size || x.type !== y.type || x.scale !== y.scale || x.zeroPoint !== y.zeroPoint) {
    throw reader.misfit(operator);
  }
  const clamp = reader.clamp(operator, POOL.activation);
  return { kind: 'pool', pooling, name, inputs: [reader.place(input)], output, window, clamp };
}

function concat(reader: Reader, operator: TfliteOperator): IntegerStep {
  const inputs = operator.inputs.map((_, which) => reader.input(operator, which));
  const output = reader.output(operator);
  const { shape } = operator.outputs[0]!;
  const axis = operator.options?.i32(CONCATENATION.axis) ?? 0;
  const along = axis < 0 ? axis + shape.length : axis;
  const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);
  const outer = product(shape.slice(0, along));
  const inner = inputs.map((input) => product(input.shape.slice(along)));
  const all = inner.reduce((sum, length) => sum + length, 0);
  const places = inputs.map((input) => reader.place(input));
  const isWhole = places.every((place, i) => reader.tensors[place]!.size === outer * inner[i]!);
  if (along < 1 || along >= shape.length || all !== product(shape.slice(along)) || !isWhole)
    throw reader.misfit(operator);
  requireSame(reader, operator, places, output);
  return { kind: 'concat', name: reader.name(operator), inputs: places, output, outer, inner };
}

/** Throws UserError unless all that is joined is of one type and, but for uint8, of one scale and zero point; nothing is fused. */
function requireSame(
  reader: Reader,
  operator: TfliteOperator,
  inputs: readonly number[],
  output: number,
): void {
  const { type, scale, zeroPoint } = reader.tensors[output]!;
  const isAlike = (at: number): boolean => {
    const input = reader.tensors[at]!;
    const isSame = input.scale === scale && input.zeroPoint === zeroPoint;
    return input.type === type && (isSame || type === 'uint8' || type === 'float32');
  };
  const activation = operator.options?.i8(CONCATENATION.activation) ?? 0;
  if (activation === 0 && inputs.every(isAlike)) return;
  throw new UserError(
    `${reader.where(operator)}: its inputs are of other types, scales or zero points than its output, or an activation is fused; all alike (uint8: of any scales) are read`,
  );
}

function activation(kind: 'relu' | 'relu6', reader: Reader, operator: TfliteOperator): IntegerStep {
  const step = alone(reader, operator);
  const [from, to] = [reader.tensors[step.inputs[0]]!, reader.tensors[step.output]!];
  if (from.type === 'float32' || from.type !== to.type) throw reader.floats(operator);
  // TensorFlow Lite rescales here, TensorFlow Lite Micro does not
  if (kind === 'relu6' && (from.scale !== to.scale || from.zeroPoint !== to.zeroPoint)) {
    throw new UserError(
      `${reader.where(operator)}: runtimes differ in what it gives where scale or zero point change; equal ones are read`,
    );
  }
  return { kind: 'activation', ...step, clamp: reader.clampTo(operator, kind) };
}
