/** Operators of a float file that a network of ours can have: what each becomes, and what of it is not supported. */

import { constantIntegers } from './constants.js';
import { conv, dense, depthwise } from './float-mac.js';
import type { FloatNodes } from './float-nodes.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './model.js';
import {
  ACTIVATIONS,
  BINARY,
  CONCATENATION,
  CONV,
  DEPTHWISE,
  FULLY_CONNECTED,
  POOL,
  REDUCER,
  SOFTMAX,
} from './schema.js';
import { poolSliding } from './sliding.js';

export interface FloatOperator {
  /** Adds its nodes. Throws UserError where its shapes do not fit each other. */
  read(nodes: FloatNodes, operator: TfliteOperator): void;
  /** Slot of the fused activation, where it may have one. */
  readonly activation?: number;
  /** What of it is not supported; undefined where all is. */
  objection?(operator: TfliteOperator, model: TfliteModel): string | undefined;
}

export const FLOAT_OPERATORS: Readonly<Record<string, FloatOperator>> = {
  CONV_2D: { read: conv, activation: CONV.activation },
  DEPTHWISE_CONV_2D: { read: depthwise, activation: DEPTHWISE.activation },
  FULLY_CONNECTED: {
    read: dense,
    activation: FULLY_CONNECTED.activation,
    objection(operator) {
      const isShuffled = (operator.options?.i8(FULLY_CONNECTED.format) ?? 0) !== 0;
      if (isShuffled) return 'FULLY_CONNECTED of shuffled weights';
      return operator.outputs[0]?.shape.length === 2 ? undefined : 'FULLY_CONNECTED at every pixel';
    },
  },
  ADD: {
    activation: BINARY.activation,
    read(nodes, operator) {
      const inputs = [nodes.name(operator, 0), nodes.name(operator, 1)];
      nodes.gives(operator, nodes.add(operator, 'add', { type: 'add' }, inputs), BINARY.activation);
    },
    objection({ inputs: [first, second] }) {
      if (isConstant(first) || isConstant(second)) return 'ADD of a constant';
      return sameShape(first, second) ? undefined : 'ADD of two shapes';
    },
  },
  AVERAGE_POOL_2D: {
    activation: POOL.activation,
    read: (nodes, operator) => pool('average', nodes, operator),
  },
  MAX_POOL_2D: { activation: POOL.activation, read: (nodes, operator) => pool('max', nodes, operator) },
  MEAN: { read: mean, objection: meanObjection },
  PAD: { read: pad, objection: padObjection },
  CONCATENATION: {
    activation: CONCATENATION.activation,
    read(nodes, operator) {
      const inputs = operator.inputs.map((_, which) => nodes.name(operator, which));
      nodes.gives(
        operator,
        nodes.add(operator, 'concat', { type: 'concat' }, inputs),
        CONCATENATION.activation,
      );
    },
    objection({ inputs, outputs, options }) {
      const axis = options?.i32(CONCATENATION.axis) ?? 0;
      const last = (outputs[0]?.shape.length ?? 0) - 1;
      if (axis !== -1 && axis !== last) return `CONCATENATION along axis ${axis} of ${last + 1}`;
      return inputs.some(isConstant) ? 'CONCATENATION of a constant' : undefined;
    },
  },
  RELU: { read: (nodes, operator) => activation('relu', nodes, operator) },
  RELU6: { read: (nodes, operator) => activation('relu6', nodes, operator) },
  RESHAPE: { read: reshape, objection: reshapeObjection },
  SQUEEZE: { read: reshape, objection: reshapeObjection },
  SOFTMAX: {
    read(nodes, operator) {
      const name = nodes.name(operator, 0);
      nodes.gives(operator, nodes.add(operator, 'softmax', { type: 'softmax' }, [name]));
    },
    objection(operator, { operators }) {
      if (operator !== operators.at(-1)) return 'SOFTMAX before the last operator';
      const beta = operator.options?.f32(SOFTMAX.beta) ?? 0;
      return beta === 1 ? undefined : `SOFTMAX of beta ${beta}`;
    },
  },
  DEQUANTIZE: {
    read(nodes, { inputs, outputs }) {
      nodes.dequantizes(outputs[0]!, inputs[0]!);
    },
    objection({ inputs: [input] }) {
      if (input?.data !== undefined && input.type === 'float16') return undefined;
      return `DEQUANTIZE of ${input?.data === undefined ? 'computed' : 'constant'} ${input?.type ?? 'nothing'}`;
    },
  },
};

/** An activation that operators may have fused. */
export function activationObjection(operator: TfliteOperator, slot: number): string | undefined {
  const fused = ACTIVATIONS[operator.options?.i8(slot) ?? 0] ?? 'of an unknown kind';
  return ['none', 'relu', 'relu6'].includes(fused) ? undefined : `fused activation ${fused}`;
}

const isConstant = (tensor: TfliteTensor | undefined): boolean => tensor?.data !== undefined;

function sameShape(one: TfliteTensor | undefined, other: TfliteTensor | undefined): boolean {
  return one?.shape.join() === other?.shape.join();
}

function activation(kind: 'relu' | 'relu6', nodes: FloatNodes, operator: TfliteOperator): void {
  const described = { type: 'activation', activation: kind } as const;
  nodes.gives(operator, nodes.add(operator, kind, described, [nodes.name(operator, 0)]));
}

function pool(pooling: 'max' | 'average', nodes: FloatNodes, operator: TfliteOperator): void {
  const sliding = poolSliding(operator);
  if (sliding === undefined) throw nodes.misfit(operator);
  const { kernel, stride, padding } = sliding;
  const described = { type: 'pool', pooling, kernel, stride, padding } as const;
  const name = nodes.add(operator, 'pool', described, [nodes.name(operator, 0)]);
  nodes.gives(operator, name, POOL.activation);
}

/** Over the whole image; where the axes are kept it is still an image, of one pixel. */
function mean(nodes: FloatNodes, operator: TfliteOperator): void {
  const inputs = [nodes.name(operator, 0)];
  const [, height = 0, width = 0] = operator.inputs[0]!.shape;
  const isKept = (operator.options?.i8(REDUCER.keepDimensions) ?? 0) !== 0;
  const rest = { kernel: [height, width], stride: [1, 1], padding: 'valid' } as const;
  const name = isKept
    ? nodes.add(operator, 'mean', { type: 'pool', pooling: 'average', ...rest }, inputs)
    : nodes.add(operator, 'mean', { type: 'global-pool', pooling: 'average' }, inputs);
  nodes.gives(operator, name);
}

function meanObjection({ inputs: [input, axes] }: TfliteOperator): string | undefined {
  const rank = input?.shape.length ?? 0;
  const given = axes && constantIntegers(axes)?.map((axis) => (axis < 0 ? axis + rank : axis));
  if (rank === 4 && given?.toSorted((a, b) => a - b).join() === '1,2') return undefined;
  return `MEAN over axes ${given?.join(', ') ?? 'that are computed'}`;
}

function pad(nodes: FloatNodes, operator: TfliteOperator): void {
  const [, , top, bottom, left, right] = constantIntegers(operator.inputs[1]!)!;
  const sides = { top: top!, bottom: bottom!, left: left!, right: right! };
  const name = nodes.add(operator, 'pad', { type: 'pad', ...sides }, [nodes.name(operator, 0)]);
  nodes.gives(operator, name);
}

function padObjection({ inputs: [, sides] }: TfliteOperator): string | undefined {
  const given = sides && constantIntegers(sides);
  if (given === undefined) return 'PAD by sizes that are computed';
  const [, , , , , , before, after] = given;
  if (given.length !== 8 || [given[0], given[1], before, after].some((size) => size !== 0)) {
    return 'PAD of more than height and width';
  }
  return undefined;
}

/** A flatten, or the same shape again; of the file's input the shape that the network takes. */
function reshape(nodes: FloatNodes, operator: TfliteOperator): void {
  const name = nodes.name(operator, 0);
  const [input, output] = [operator.inputs[0]!, operator.outputs[0]!];
  const isSame = reshapesInput(operator, nodes.model) || sameShape(input, output);
  nodes.gives(operator, isSame ? name : nodes.add(operator, 'flatten', { type: 'flatten' }, [name]));
}

/** Whether it alone reads the file's input: the network then takes what it gives, which is the same values. */
export function reshapesInput(operator: TfliteOperator, { inputs, operators }: TfliteModel): boolean {
  if (operator.name !== 'RESHAPE' && operator.name !== 'SQUEEZE') return false;
  const readers = operators.filter((other) => other.inputs.some((tensor) => tensor === inputs[0]));
  return readers.length === 1 && readers[0] === operator;
}

function reshapeObjection(operator: TfliteOperator, model: TfliteModel): string | undefined {
  const [input, output] = [operator.inputs[0], operator.outputs[0]];
  if (output?.shape.length === 2 || sameShape(input, output) || reshapesInput(operator, model))
    return undefined;
  return `${operator.name} to [${output?.shape.join(', ') ?? ''}]`;
}
