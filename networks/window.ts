/** The window each multiplying or pooling operator slides over its input; docs/numerics.md §4 sums over it. */
import { UserError } from '../errors.js';
import type { Padding } from './operators/fields.js';
import type { Window } from './program.js';
import { elementsOf, type Shape } from './tensor.js';

type Pair = readonly [number, number];

/** What the windows of an operator are made of. */
interface Sliding<Extent> {
  readonly kernel: Extent;
  readonly stride: Extent;
  readonly padding: Padding;
}
interface Dilated<Extent> extends Sliding<Extent> {
  readonly dilation: Extent;
}

/** [height, width, channels] of a picture or, with height 1, of a [length, channels] sequence. */
function asImage(shape: Shape, node: string): readonly [number, number, number] {
  if (shape.length === 3) return [shape[0]!, shape[1]!, shape[2]!];
  if (shape.length === 2) return [1, shape[0]!, shape[1]!];
  throw new UserError(
    `node ${node}: its input has shape [${shape.join(', ')}]; it needs [height, width, channels] or [length, channels]`,
  );
}

/**
 * Outputs and leading padding along one axis. `valid` uses real pixels only; `same` gives ⌈extent / stride⌉
 * outputs, the odd padding pixel at the end (TensorFlow's rule).
 */
function alongAxis(
  extent: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: Padding,
  node: string,
): { out: number; before: number } {
  const reach = (kernel - 1) * dilation + 1;
  if (padding === 'same') {
    const out = Math.ceil(extent / stride);
    return { out, before: Math.floor(Math.max((out - 1) * stride + reach - extent, 0) / 2) };
  }
  if (reach > extent) {
    throw new UserError(
      `node ${node}: a window of ${reach} pixels does not fit ${extent}; make it smaller or pad with 'same'`,
    );
  }
  return { out: Math.floor((extent - reach) / stride) + 1, before: 0 };
}

/**
 * Most elements all windows of one layer hold, and its padded image: what keeps a hostile file from asking for
 * more memory or time than there is (3×3 windows over 224×224×64 hold 29 million).
 */
const MOST_ELEMENTS = 2 ** 26;

function slide(
  [height, width, channels]: readonly [number, number, number],
  kernel: readonly [number, number],
  stride: readonly [number, number],
  dilation: readonly [number, number],
  padding: Padding,
  node: string,
): Window {
  const y = alongAxis(height, kernel[0], stride[0], dilation[0], padding, node);
  const x = alongAxis(width, kernel[1], stride[1], dilation[1], padding, node);
  const padded = channels * (height + kernel[0] * dilation[0]) * (width + kernel[1] * dilation[1]);
  const held = y.out * x.out * kernel[0] * kernel[1] * channels;
  if (padded > MOST_ELEMENTS || held > MOST_ELEMENTS) {
    throw new UserError(
      `node ${node}: its windows hold ${held} values (padded image: ${padded}); at most ${MOST_ELEMENTS} are allowed`,
    );
  }
  return {
    inHeight: height,
    inWidth: width,
    inChannels: channels,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    padTop: y.before,
    padLeft: x.before,
    dilationY: dilation[0],
    dilationX: dilation[1],
    outHeight: y.out,
    outWidth: x.out,
  };
}

/** One 1×1 window over one pixel of `features` channels: a dense layer. */
export function denseWindow(features: number): Window {
  return slide([1, 1, features], [1, 1], [1, 1], [1, 1], 'valid', '');
}

/** One 1×1 window at every pixel: a scale and shift of each channel. */
export function pixelWindow(shape: Shape): Window {
  const channels = shape[shape.length - 1]!;
  return slide([1, elementsOf(shape) / channels, channels], [1, 1], [1, 1], [1, 1], 'valid', '');
}

export function conv2dWindow(operator: Dilated<Pair>, input: Shape, node: string): Window {
  return slide(
    asImage(input, node),
    operator.kernel,
    operator.stride,
    operator.dilation,
    operator.padding,
    node,
  );
}

export function conv1dWindow(operator: Dilated<number>, input: Shape, node: string): Window {
  const { kernel, stride, dilation, padding } = operator;
  return slide(asImage(input, node), [1, kernel], [1, stride], [1, dilation], padding, node);
}

/** A [length, channels] sequence pools with kernel and stride of height 1. */
export function poolWindow(operator: Sliding<Pair>, input: Shape, node: string): Window {
  return slide(asImage(input, node), operator.kernel, operator.stride, [1, 1], operator.padding, node);
}
