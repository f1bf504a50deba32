/** The operators of a file that multiply, as steps in integers. */

import type { Window } from '../../emac/layer/window.js';
import { UserError } from '../../errors.js';
import type { IntegerMac } from '../integer/graph.js';
import type { RealMultiplier } from '../integer/requantize.js';
import { conv2dWindow, denseWindow } from '../window.js';
import type { TfliteOperator } from './model.js';
import type { Reader } from './reader.js';
import { CONV, DEPTHWISE, FULLY_CONNECTED } from './schema.js';
import { channelsFirst, convSliding } from './sliding.js';

/** What of a step the three kinds differ in. */
interface Made {
  readonly window: Window;
  readonly groups: number;
  readonly outChannels: number;
  readonly codes: Int8Array | Uint8Array;
  /** Slot of the fused activation. */
  readonly activation: number;
}

export function conv(reader: Reader, operator: TfliteOperator): IntegerMac {
  const weights = reader.input(operator, 1);
  const [outChannels, kh, kw, inChannels] = reader.extents(operator, weights, 4) as [
    number,
    number,
    number,
    number,
  ];
  const window = windowOf(reader, operator, [kh, kw], CONV);
  const groups = window.inChannels / inChannels;
  if (!Number.isInteger(groups) || outChannels % groups !== 0) throw reader.misfit(operator);
  const codes = reader.weights(operator, weights);
  return mac(reader, operator, { window, groups, outChannels, codes, activation: CONV.activation });
}

export function depthwise(reader: Reader, operator: TfliteOperator): IntegerMac {
  const weights = reader.input(operator, 1);
  const [one, kh, kw, outChannels] = reader.extents(operator, weights, 4) as [number, number, number, number];
  const window = windowOf(reader, operator, [kh, kw], DEPTHWISE);
  if (one !== 1 || outChannels % window.inChannels !== 0) throw reader.misfit(operator);
  const codes = channelsFirst(reader.weights(operator, weights), outChannels);
  const groups = window.inChannels;
  return mac(reader, operator, { window, groups, outChannels, codes, activation: DEPTHWISE.activation });
}

export function dense(reader: Reader, operator: TfliteOperator): IntegerMac {
  const [input, weights] = [reader.input(operator, 0), reader.input(operator, 1)];
  const [outChannels, k] = reader.extents(operator, weights, 2) as [number, number];
  const isShuffled = (operator.options?.i8(FULLY_CONNECTED.format) ?? 0) !== 0;
  if (reader.tensorOf(input).size !== k || isShuffled) throw reader.misfit(operator);
  const codes = reader.weights(operator, weights);
  const window = denseWindow(k);
  return mac(reader, operator, {
    window,
    groups: 1,
    outChannels,
    codes,
    activation: FULLY_CONNECTED.activation,
  });
}

function windowOf(
  reader: Reader,
  operator: TfliteOperator,
  kernel: readonly [number, number],
  slots: typeof CONV | typeof DEPTHWISE,
): Window {
  const sliding = convSliding(operator, kernel, slots);
  if (sliding === undefined) throw reader.misfit(operator);
  const image = reader.image(operator, reader.input(operator, 0));
  return conv2dWindow(sliding, image, reader.name(operator));
}

function mac(reader: Reader, operator: TfliteOperator, made: Made): IntegerMac {
  const { window, groups, outChannels, codes } = made;
  const [input, weights] = [reader.input(operator, 0), reader.input(operator, 1)];
  const output = reader.output(operator);
  const [x, y] = [reader.tensorOf(input), reader.tensors[output]!];
  if (x.type === 'float32' || y.type === 'float32') throw reader.floats(operator);
  if (x.type === 'int16' || y.type === 'int16') {
    throw new UserError(`${reader.where(operator)}: from ${x.type} to ${y.type}; int8 and uint8 are read`);
  }
  const k = (window.kernelHeight * window.kernelWidth * window.inChannels) / groups;
  const size = window.outHeight * window.outWidth * outChannels;
  if (codes.length !== outChannels * k || y.size !== size) throw reader.misfit(operator);
  requireParameters(reader, operator, outChannels);
  const isOld = x.type === 'uint8';
  const { scales, zeroPoints } = weights;
  const product = isOld || operator.name === 'FULLY_CONNECTED' ? 'float32' : 'float64';
  const multipliers = scales.map(
    (weight): RealMultiplier => ({ input: x.scale, weight, output: y.scale, product }),
  );
  return {
    kind: 'mac',
    name: reader.name(operator),
    inputs: [reader.place(input)],
    output,
    window,
    groups,
    outChannels,
    k,
    weights: codes,
    weightZeroPoint: zeroPoints[0]!,
    bias: biasOf(reader, operator, outChannels),
    multipliers,
    rounding: isOld && operator.name === 'DEPTHWISE_CONV_2D' ? 'always-twice' : 'as-asked',
    clamp: reader.clamp(operator, made.activation),
  };
}

/** Throws UserError unless the weights have one positive scale or as many as channels, and one zero point that their type has. */
function requireParameters(reader: Reader, operator: TfliteOperator, outChannels: number): void {
  const { scales, zeroPoints, type } = reader.input(operator, 1);
  const isUnsigned = type === 'uint8';
  const different = new Set(zeroPoints);
  const [zeroPoint = 0] = different;
  const isOne = different.size === 1 && zeroPoint >= 0 && zeroPoint <= (isUnsigned ? 255 : 0);
  const isAsMany = scales.length === 1 || scales.length === outChannels;
  if (isAsMany && isOne && scales.every((scale) => scale > 0 && Number.isFinite(scale))) return;
  throw new UserError(
    `${reader.where(operator)}: its weights have ${scales.length} scales from ${Math.min(...scales)} and zero points ${[...different].slice(0, 4).join(', ')}; one positive scale, or one for each of ${outChannels} channels, and ${isUnsigned ? 'one zero point from 0 to 255' : 'zero points of 0'} are read`,
  );
}

function biasOf(reader: Reader, operator: TfliteOperator, outChannels: number): Int32Array {
  const bias = operator.inputs[2];
  if (bias === undefined) return new Int32Array(outChannels);
  const { data } = bias;
  if (bias.type !== 'int32' || data?.length !== 4 * outChannels) {
    throw new UserError(`${reader.where(operator)}: its bias is no list of ${outChannels} int32 constants`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Int32Array.from({ length: outChannels }, (_, i) => view.getInt32(4 * i, true));
}
