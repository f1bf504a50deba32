/**
 * The windows that each multiplying or pooling operator slides over its input (docs/numerics.md §4 sums over them).
 */
import type { Window } from '../emac/layer/window.js';
import { UserError } from '../errors.js';
import type { ImagePadding, SequencePadding } from './operators/fields.js';
import { elementsOf, type Shape } from './tensor.js';

type Pair = readonly [number, number];

/** What the windows of an operator are made of. */
interface Sliding<Extent, Padding> {
  readonly kernel: Extent;
  readonly stride: Extent;
  readonly padding: Padding;
}
interface Dilated<Extent, Padding> extends Sliding<Extent, Padding> {
  readonly dilation: Extent;
}

/** One axis of a window, in pixels. */
interface Axis {
  readonly extent: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** A rule, or pixels before and after; for an axis of an image too. */
  readonly padding: SequencePadding;
}

/** [height, width, channels] of a picture or, with height 1, of a [length, channels] sequence. */
function asImage(shape: Shape, node: string): readonly [number, number, number] {
  if (shape.length === 3) return [shape[0]!, shape[1]!, shape[2]!];
  if (shape.length === 2) return [1, shape[0]!, shape[1]!];
  throw new UserError(
    `node ${node}: its input has shape [${shape.join(', ')}]; it needs [height, width, channels] or [length, channels]`,
  );
}

/** From the first pixel of a window to its last: the dilation leaves gaps between the taps. */
function reachOf({ kernel, dilation }: Axis): number {
  return (kernel - 1) * dilation + 1;
}

/** Padding pixels on both sides of an axis; of the `same` rules, as many as the outputs need. */
function paddingAlong(axis: Axis): { readonly before: number; readonly after: number } {
  const { extent, stride, padding } = axis;
  if (padding === 'valid') return { before: 0, after: 0 };
  if (typeof padding === 'object') return padding;
  const last = (Math.ceil(extent / stride) - 1) * stride;
  const missing = Math.max(last + reachOf(axis) - extent, 0);
  const [less, more] = [Math.floor(missing / 2), Math.ceil(missing / 2)];
  switch (padding) {
    case 'same':
      return { before: less, after: more };
    case 'same-lower':
      return { before: more, after: less };
    default:
      return padding satisfies never;
  }
}

/** Outputs along an axis, and padding. Throws UserError where no window fits. */
function alongAxis(axis: Axis, node: string): { out: number; before: number; after: number } {
  const { before, after } = paddingAlong(axis);
  const reach = reachOf(axis);
  const room = axis.extent + before + after;
  if (reach > room) {
    const padded = room > axis.extent ? ` and ${before} + ${after} of padding` : '';
    throw new UserError(
      `node ${node}: a window of ${reach} pixels does not fit ${axis.extent}${padded}; make it smaller or pad with 'same'`,
    );
  }
  return { out: Math.floor((room - reach) / axis.stride) + 1, before, after };
}

/**
 * Most elements all windows of one layer hold, and its padded image: what keeps a hostile file from asking for
 * more memory or time than there is (3×3 windows over 224×224×64 hold 29 million).
 */
const MOST_ELEMENTS = 2 ** 26;

/** The axes of an operator's window over an image. */
function imageAxes(
  [height, width]: readonly [number, number, number],
  { kernel, stride, dilation, padding }: Dilated<Pair, ImagePadding>,
): { readonly y: Axis; readonly x: Axis } {
  const [top, left] =
    typeof padding === 'object'
      ? [
          { before: padding.top, after: padding.bottom },
          { before: padding.left, after: padding.right },
        ]
      : [padding, padding];
  return {
    y: { extent: height, kernel: kernel[0], stride: stride[0], dilation: dilation[0], padding: top },
    x: { extent: width, kernel: kernel[1], stride: stride[1], dilation: dilation[1], padding: left },
  };
}

function slide(channels: number, axes: { readonly y: Axis; readonly x: Axis }, node: string): Window {
  const y = alongAxis(axes.y, node);
  const x = alongAxis(axes.x, node);
  const extentWith = ({ extent, kernel, dilation }: Axis, padding: number): number =>
    extent + Math.max(kernel * dilation, padding);
  const padded = channels * extentWith(axes.y, y.before + y.after) * extentWith(axes.x, x.before + x.after);
  const held = y.out * x.out * axes.y.kernel * axes.x.kernel * channels;
  if (padded > MOST_ELEMENTS || held > MOST_ELEMENTS) {
    throw new UserError(
      `node ${node}: its windows hold ${held} values (padded image: ${padded}); at most ${MOST_ELEMENTS} are allowed`,
    );
  }
  return {
    inHeight: axes.y.extent,
    inWidth: axes.x.extent,
    inChannels: channels,
    kernelHeight: axes.y.kernel,
    kernelWidth: axes.x.kernel,
    strideY: axes.y.stride,
    strideX: axes.x.stride,
    padTop: y.before,
    padLeft: x.before,
    dilationY: axes.y.dilation,
    dilationX: axes.x.dilation,
    outHeight: y.out,
    outWidth: x.out,
  };
}

/** An axis on which every pixel is a window of its own. */
function pixels(extent: number): Axis {
  return { extent, kernel: 1, stride: 1, dilation: 1, padding: 'valid' };
}

/** One 1×1 window over one pixel of `features` channels: a dense layer. */
export function denseWindow(features: number): Window {
  return slide(features, { y: pixels(1), x: pixels(1) }, '');
}

/** One 1×1 window at every pixel: a scale and shift of each channel. */
export function pixelWindow(shape: Shape): Window {
  const channels = shape[shape.length - 1]!;
  return slide(channels, { y: pixels(1), x: pixels(elementsOf(shape) / channels) }, '');
}

export function conv2dWindow(operator: Dilated<Pair, ImagePadding>, input: Shape, node: string): Window {
  const image = asImage(input, node);
  return slide(image[2], imageAxes(image, operator), node);
}

export function conv1dWindow(
  { kernel, stride, dilation, padding }: Dilated<number, SequencePadding>,
  input: Shape,
  node: string,
): Window {
  const [height, extent, channels] = asImage(input, node);
  return slide(channels, { y: pixels(height), x: { extent, kernel, stride, dilation, padding } }, node);
}

/**
 * A [length, channels] sequence pools with kernel and stride of height 1. Throws UserError where a window could lie in
 * the padding alone: nothing has no largest element and no mean.
 */
export function poolWindow(operator: Sliding<Pair, ImagePadding>, input: Shape, node: string): Window {
  const image = asImage(input, node);
  const axes = imageAxes(image, { ...operator, dilation: [1, 1] });
  for (const axis of [axes.y, axes.x]) {
    const { before, after } = paddingAlong(axis);
    if (Math.max(before, after) < axis.kernel) continue;
    throw new UserError(
      `node ${node}: a pool of ${axis.kernel} pixels with ${before} + ${after} of padding has windows of padding alone; pad each side with less than the kernel`,
    );
  }
  return slide(image[2], axes, node);
}
