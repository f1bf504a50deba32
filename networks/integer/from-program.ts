/** From a lowered network of ours and its encodings to an integer graph, in the scheme of TensorFlow Lite or of Jacob et al. */
import type { Activation } from '../../emac/layer/layer.js';
import { UserError } from '../../errors.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { EncodingTable, Frame, MacStep, Program, Step } from '../program.js';
import { edgeEncodings } from './edge-encodings.js';
import { INT32_MAX, INT32_MIN, roundAway } from './fixed-point.js';
import {
  type Clamp,
  INTEGER_TYPES,
  type IntegerGraph,
  type IntegerStep,
  type IntegerTensor,
} from './graph.js';
import type { RealMultiplier } from './requantize.js';

/**
 * `tflite`: int8, weights symmetric in −127..127 with a scale a tensor or a channel, activations asymmetric
 * (literature: TensorFlow Lite's 8-bit specification). `jacob`: uint8, weights and activations asymmetric with a scale a tensor
 * (arXiv 1712.05877).
 */
export type IntegerScheme = 'tflite' | 'jacob';

/** Codes of unsigned formats lie so much above those of int8. */
const HALF = 128;

/**
 * Every scale is rounded to float32 first, as files hold them. Throws UserError, naming the edge or layer, for encodings that the
 * scheme has not: other formats than affine8 and affine8s, zero points of signed weights, a scale a channel under `jacob`.
 */
export function integerProgram(program: Program, table: EncodingTable, scheme: IntegerScheme): IntegerGraph {
  const encodings = edgeEncodings(program, table);
  const type = scheme === 'tflite' ? 'int8' : 'uint8';
  const tensors = program.edges.map(({ name, shape, size }, edge): IntegerTensor => {
    const encoding = encodings[edge]!;
    requireAffine(encoding, `edge '${name}'`, scheme);
    return { name, shape, size, type, scale: scaleOf(encoding, 0), zeroPoint: zeroPointOf(encoding, scheme) };
  });
  const steps = program.steps.map((step) => integerStep(step, tensors, table, scheme));
  const input: IntegerTensor = { ...tensors[program.input]!, type: 'float32', scale: 1, zeroPoint: 0 };
  const images = tensors.length;
  const quantize = { kind: 'quantize', name: 'input', inputs: [images], output: program.input } as const;
  return {
    name: program.network,
    tensors: [...tensors, input],
    steps: [quantize, ...steps],
    inputs: [images],
    outputs: [program.output],
  };
}

function integerStep(
  step: Step,
  tensors: readonly IntegerTensor[],
  table: EncodingTable,
  scheme: IntegerScheme,
): IntegerStep {
  const { name, output } = step;
  const to = tensors[output]!;
  const from = tensors[step.inputs[0]!]!;
  switch (step.kind) {
    case 'mac':
      return integerMac(step, from, to, table, scheme);
    case 'add': {
      const [a, b, ...more] = step.inputs;
      if (b === undefined || more.length > 0) {
        throw new UserError(
          `layer '${name}': an add of ${step.inputs.length} inputs is not supported in integers; join two at a time`,
        );
      }
      return { kind: 'add', name, inputs: [a!, b], output, clamp: clampOf(to, step.activation) };
    }
    case 'pool': {
      const { pooling, inputs, window } = step;
      return { kind: 'pool', pooling, name, inputs, output, window, clamp: clampOf(to, 'identity') };
    }
    case 'concat': {
      const { inputs, pixels, channels } = step;
      return { kind: 'concat', name, inputs, output, outer: pixels, inner: channels };
    }
    case 'activation': {
      const { inputs } = step;
      return { kind: 'activation', name, inputs, output, clamp: clampOf(to, step.activation) };
    }
    case 'pad':
      return {
        kind: 'pick',
        name,
        inputs: step.inputs,
        output,
        axes: paddedAxes(step.frame, to.shape.length),
      };
    default:
      return step satisfies never;
  }
}

/** Of [height, width, channels] or [length, channels], which is a picture of height 1. */
function paddedAxes({ height, width, channels, top, bottom, left, right }: Frame, axes: number): number[][] {
  const none = (count: number): number[] => Array.from({ length: count }, () => -1);
  const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const padded = [
    [...none(top), ...all(height), ...none(bottom)],
    [...none(left), ...all(width), ...none(right)],
    all(channels),
  ];
  return padded.slice(padded.length - axes);
}

function integerMac(
  step: MacStep,
  from: IntegerTensor,
  to: IntegerTensor,
  table: EncodingTable,
  scheme: IntegerScheme,
): IntegerStep {
  const { name, inputs, output, window, groups, outChannels, k } = step;
  const encoding = table.weights.get(name);
  if (encoding === undefined) throw new UserError(`weights of layer '${name}' have no encoding`);
  requireAffine(encoding, `weights of layer '${name}'`, scheme);
  if (scheme === 'tflite' && (!isSigned(encoding) || encoding.zeroPoint !== 0)) {
    throw new UserError(
      `weights of layer '${name}': ${encoding.format.name} has zero points; int8 weights are symmetric: give affine8s for weights`,
    );
  }
  if (scheme === 'jacob' && (isSigned(encoding) || encoding.scales.length > 1)) {
    throw new UserError(
      `weights of layer '${name}': ${encoding.format.name} with ${encoding.scales.length} scales; the paper's uint8 weights are asymmetric with one scale: give affine8 and granularity tensor`,
    );
  }
  const { weights, weightZeroPoint } = codesOf(step, encoding);
  const product =
    scheme === 'tflite' && window.kernelHeight * window.kernelWidth * window.outHeight * window.outWidth > 1
      ? 'float64'
      : 'float32';
  const multipliers = Array.from(
    encoding.scales,
    (_, channel): RealMultiplier => ({
      input: from.scale,
      weight: scaleOf(encoding, channel),
      output: to.scale,
      product,
    }),
  );
  const bias = biasOf(step, from, encoding);
  const mac = { inputs, window, groups, outChannels, k, weights, weightZeroPoint, bias, multipliers };
  return { kind: 'mac', name, output, ...mac, rounding: 'as-asked', clamp: clampOf(to, step.activation) };
}

const isSigned = ({ format }: Encoding): boolean => format.name === 'affine8s';

const scaleOf = ({ scales }: Encoding, channel: number): number =>
  Math.fround(scales[scales.length === 1 ? 0 : channel]!);

/** Where the scheme's codes have it: int8 codes are those of affine8 less 128. */
function zeroPointOf(encoding: Encoding, scheme: IntegerScheme): number {
  const shift = (isSigned(encoding) ? HALF : 0) - (scheme === 'tflite' ? HALF : 0);
  return encoding.zeroPoint + shift;
}

function requireAffine(encoding: Encoding, what: string, scheme: IntegerScheme): void {
  const { format, rounding } = encoding;
  if ((format.name === 'affine8' || format.name === 'affine8s') && rounding.mode === 'nearest-even') return;
  const asked = `${format.name}${rounding.mode === 'nearest-even' ? '' : ` rounded ${rounding.mode}`}`;
  throw new UserError(
    `${what} is in ${asked}; integer-${scheme} has 8-bit affine integers, rounded to nearest: give ${scheme === 'tflite' ? 'weights affine8s and activations affine8' : 'affine8'}`,
  );
}

/** Nearest integers of w / s, ties away from 0 as the converter rounds, in the format's narrow range. */
function codesOf(
  step: MacStep,
  encoding: Encoding,
): { weights: Int8Array | Uint8Array; weightZeroPoint: number } {
  const { narrowRange } = encoding.format;
  const { min, max } = narrowRange!;
  const weights = isSigned(encoding)
    ? new Int8Array(step.weights.length)
    : new Uint8Array(step.weights.length);
  step.weights.forEach((weight, i) => {
    const scale = scaleOf(encoding, Math.floor(i / step.k));
    weights[i] = Math.min(Math.max(roundAway(weight / scale) + encoding.zeroPoint, min), max);
  });
  return { weights, weightZeroPoint: encoding.zeroPoint };
}

/** Of scale s_in · s_w, held in int32. */
function biasOf(step: MacStep, from: IntegerTensor, encoding: Encoding): Int32Array {
  return Int32Array.from(step.bias, (bias, channel) => {
    const code = roundAway(bias / (from.scale * scaleOf(encoding, channel)));
    return Math.min(Math.max(code, INT32_MIN), INT32_MAX);
  });
}

function clampOf({ type, scale, zeroPoint }: IntegerTensor, activation: Activation): Clamp {
  const [least, most] = INTEGER_TYPES[type as 'int8' | 'uint8'];
  const code = (real: number): number => zeroPoint + roundAway(Math.fround(real / scale));
  switch (activation) {
    case 'identity':
      return { least, most };
    case 'relu':
      return { least: Math.max(least, code(0)), most };
    case 'relu6':
      return { least: Math.max(least, code(0)), most: Math.min(most, code(6)) };
    default:
      return activation satisfies never;
  }
}
