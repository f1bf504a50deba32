/** From a TensorFlow Lite file whose tensors are integers to an integer graph. */
import type { IntegerGraph, IntegerStep } from '../integer/graph.js';
import { poolWindow } from '../window.js';
import { conv, dense, depthwise } from './integer-mac.js';
import type { TfliteModel, TfliteOperator } from './model.js';
import { Reader } from './reader.js';
import { refuseUnsupported } from './refuse.js';
import { BINARY, CONCATENATION, POOL, SOFTMAX } from './schema.js';
import { poolSliding } from './sliding.js';

type Read = (reader: Reader, operator: TfliteOperator) => IntegerStep;

/** Operators that are read, each with what makes its step. */
const READS: Readonly<Record<string, Read>> = {
  CONV_2D: conv,
  DEPTHWISE_CONV_2D: depthwise,
  FULLY_CONNECTED: dense,
  ADD: (reader, operator) => binary('add', reader, operator),
  MUL: (reader, operator) => binary('multiply', reader, operator),
  AVERAGE_POOL_2D: (reader, operator) => pool('average', reader, operator),
  MAX_POOL_2D: (reader, operator) => pool('max', reader, operator),
  SOFTMAX: (reader, operator) => {
    const beta = operator.options?.f32(SOFTMAX.beta) ?? 0;
    return { kind: 'softmax', beta, ...alone(reader, operator) };
  },
  RESHAPE: (reader, operator) => ({ kind: 'reshape', ...alone(reader, operator) }),
  SQUEEZE: (reader, operator) => ({ kind: 'reshape', ...alone(reader, operator) }),
  QUANTIZE: (reader, operator) => ({ kind: 'quantize', ...alone(reader, operator) }),
  DEQUANTIZE: (reader, operator) => ({ kind: 'quantize', ...alone(reader, operator) }),
  CONCATENATION: concat,
};

/**
 * Throws UserError, one line, that lists all operators and tensor types that are not supported, with their places, or names
 * the operator whose shapes or parameters do not fit.
 */
export function integerGraph(model: TfliteModel): IntegerGraph {
  refuseUnsupported(model, Object.keys(READS));
  const reader = new Reader(model);
  const steps = model.operators.map((operator) => READS[operator.name]!(reader, operator));
  const { tensors } = reader;
  const places = (which: TfliteModel['inputs']): number[] => which.map((tensor) => reader.place(tensor));
  return { name: model.source, tensors, steps, inputs: places(model.inputs), outputs: places(model.outputs) };
}

/** Of an operator with one input, and as many values in the output. */
function alone(reader: Reader, operator: TfliteOperator) {
  const input = reader.place(reader.input(operator, 0));
  const output = reader.output(operator);
  if (reader.tensors[input]!.size !== reader.tensors[output]!.size) throw reader.misfit(operator);
  return { name: reader.name(operator), inputs: [input] as const, output };
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
  if (along < 1 || along >= shape.length || all !== product(shape.slice(along)))
    throw reader.misfit(operator);
  const places = inputs.map((input) => reader.place(input));
  return { kind: 'concat', name: reader.name(operator), inputs: places, output, outer, inner };
}
