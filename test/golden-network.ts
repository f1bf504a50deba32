/**
 * What the independent program (golden-program.ts) reads of a network's own description, model.json: where the windows
 * of every layer look, by docs/numerics.md, so that a plan cannot be wrong about its padding unnoticed. It imports
 * nothing of the project, on purpose.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WindowFile {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

type PaddingFile =
  | 'same'
  | 'same-lower'
  | 'valid'
  | { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };

/** As a conv1d has them: of one axis. */
interface SequenceFile {
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: 'same' | 'same-lower' | 'valid' | { readonly before: number; readonly after: number };
}

interface OperatorFile {
  readonly type: string;
  readonly kernel?: readonly number[];
  readonly stride?: readonly number[];
  readonly dilation?: readonly number[];
  readonly padding?: PaddingFile;
  readonly filters?: number;
  readonly units?: number;
  readonly activation?: 'relu' | 'relu6';
  readonly top?: number;
  readonly bottom?: number;
  readonly left?: number;
  readonly right?: number;
}

interface NetworkFile {
  readonly input: readonly number[];
  readonly nodes: readonly {
    readonly name: string;
    readonly operator: OperatorFile;
    readonly inputs: readonly string[];
  }[];
}

/** An image and the pixels of zeros on each side of it. */
export interface FrameFile {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface Described {
  /** By the name of the layer or pool. */
  readonly windows: ReadonlyMap<string, WindowFile>;
  /** By the name of the activation, which is that of the edge it makes. */
  readonly activations: ReadonlyMap<string, 'relu' | 'relu6'>;
  /** By the name of the pad. */
  readonly frames: ReadonlyMap<string, FrameFile>;
  /** Layers that a batch-norm reads. */
  readonly normed: ReadonlySet<string>;
}

/** Outputs of an axis, and padding before it: of `same` padding the smaller half, of `same-lower` the larger. */
function along(
  axis: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: 'same' | 'same-lower' | readonly [number, number],
) {
  const covered = 1 + dilation * (kernel - 1);
  let out = 0;
  if (typeof padding !== 'string') {
    while (out * stride + covered <= padding[0] + axis + padding[1]) out++;
    return { out, before: padding[0] };
  }
  while (out * stride < axis) out++;
  let missing = 0;
  while (axis + missing < (out - 1) * stride + covered) missing++;
  const odd = missing % 2;
  return { out, before: (padding === 'same' ? missing - odd : missing + odd) / 2 };
}

/** Padding above and below, and left and right. */
function paddings({ padding = 'valid' }: OperatorFile) {
  if (padding === 'valid') return { vertical: [0, 0], horizontal: [0, 0] } as const;
  if (typeof padding === 'string') return { vertical: padding, horizontal: padding } as const;
  const { top, bottom, left, right } = padding;
  return { vertical: [top, bottom], horizontal: [left, right] } as const;
}

function sliding(shape: readonly number[], operator: OperatorFile): WindowFile {
  const [inHeight, inWidth, inChannels] = shape as [number, number, number];
  const { kernel = [1, 1], stride = [1, 1], dilation = [1, 1] } = operator;
  const { vertical, horizontal } = paddings(operator);
  const y = along(inHeight, kernel[0]!, stride[0]!, dilation[0]!, vertical);
  const x = along(inWidth, kernel[1]!, stride[1]!, dilation[1]!, horizontal);
  return {
    inHeight,
    inWidth,
    inChannels,
    kernelHeight: kernel[0]!,
    kernelWidth: kernel[1]!,
    strideY: stride[0]!,
    strideX: stride[1]!,
    padTop: y.before,
    padLeft: x.before,
    dilationY: dilation[0]!,
    dilationX: dilation[1]!,
    outHeight: y.out,
    outWidth: x.out,
  };
}

/** A sequence is an image of one line. */
function slidingAlong([length, channels]: readonly number[], operator: SequenceFile): WindowFile {
  const { kernel, stride = 1, dilation = 1, padding = 'valid' } = operator;
  return sliding([1, length!, channels!], {
    type: 'conv2d',
    kernel: [1, kernel],
    stride: [1, stride],
    dilation: [1, dilation],
    padding:
      typeof padding === 'string'
        ? padding
        : { top: 0, bottom: 0, left: padding.before, right: padding.after },
  });
}

/** A layer that alone reads a pad looks at the image inside it. */
function insideOf(window: WindowFile, { height, width, top, left }: FrameFile): WindowFile {
  const [padTop, padLeft] = [window.padTop + top, window.padLeft + left];
  return { ...window, inHeight: height, inWidth: width, padTop, padLeft };
}

/** Of the model in a folder. */
export function describedIn(folder: string): Described {
  const { network } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    network: NetworkFile;
  };
  const shapes = new Map<string, readonly number[]>([['input', network.input]]);
  const windows = new Map<string, WindowFile>();
  const activations = new Map<string, 'relu' | 'relu6'>();
  const frames = new Map<string, FrameFile>();
  const normed = new Set<string>();
  for (const { name, operator, inputs } of network.nodes) {
    const shape = shapes.get(inputs[0]!)!;
    switch (operator.type) {
      case 'conv2d':
      case 'pool': {
        const window = sliding(shape, operator);
        const readers = network.nodes.flatMap((node) => node.inputs).filter((input) => input === inputs[0]);
        const frame = operator.type === 'conv2d' && readers.length === 1 ? frames.get(inputs[0]!) : undefined;
        windows.set(name, frame === undefined ? window : insideOf(window, frame));
        shapes.set(name, [window.outHeight, window.outWidth, operator.filters ?? window.inChannels]);
        break;
      }
      case 'conv1d': {
        const window = slidingAlong(shape, operator as unknown as SequenceFile);
        windows.set(name, window);
        shapes.set(name, [window.outWidth, operator.filters!]);
        break;
      }
      case 'dense':
        windows.set(name, sliding([1, 1, shape[0]!], operator));
        shapes.set(name, [operator.units!]);
        break;
      case 'flatten':
        shapes.set(name, [shape.reduce((a, b) => a * b)]);
        break;
      case 'activation':
        activations.set(name, operator.activation!);
        shapes.set(name, shape);
        break;
      case 'global-pool':
        windows.set(name, sliding(shape, { type: 'pool', kernel: shape.slice(0, 2) }));
        shapes.set(name, [shape[2]!]);
        break;
      case 'concat': {
        const channels = inputs.map((input) => shapes.get(input)!.at(-1)!).reduce((a, b) => a + b);
        shapes.set(name, [...shape.slice(0, -1), channels]);
        break;
      }
      case 'pad': {
        const [height, width, channels] = shape as [number, number, number];
        const { top = 0, bottom = 0, left = 0, right = 0 } = operator;
        frames.set(name, { height, width, channels, top, bottom, left, right });
        shapes.set(name, [height + top + bottom, width + left + right, channels]);
        break;
      }
      case 'add':
        shapes.set(name, shape);
        break;
      case 'batch-norm':
        normed.add(inputs[0]!);
        shapes.set(name, shape);
        break;
      default:
        throw new Error(`the independent program knows no ${operator.type}`);
    }
  }
  return { windows, activations, frames, normed };
}
