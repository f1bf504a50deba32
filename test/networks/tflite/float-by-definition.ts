/**
 * What a float TensorFlow Lite file computes, by the definition of its operators, in doubles and without a thought of speed; it
 * shares nothing with what makes networks of files.
 */
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../../networks/tflite/model.js';

type Values = readonly number[];

/** Values of every computed tensor, by its index, for one record of the input. */
export function byDefinition(model: TfliteModel, record: Values): Map<number, Values> {
  const values = new Map<number, Values>([[model.inputs[0]!.index, record]]);
  for (const operator of model.operators) {
    const inputs = operator.inputs.map((tensor) => tensor && (values.get(tensor.index) ?? constant(tensor)));
    const fused = activationOf(operator);
    values.set(operator.outputs[0]!.index, result(operator, inputs as Values[]).map(fused));
  }
  return values;
}

function constant({ data, type }: TfliteTensor): Values {
  const view = new DataView(data!.buffer, data!.byteOffset, data!.byteLength);
  if (type === 'float16')
    return Array.from({ length: data!.length / 2 }, (_, i) => half(view.getUint16(2 * i, true)));
  return Array.from({ length: data!.length / 4 }, (_, i) =>
    type === 'int32' ? view.getInt32(4 * i, true) : view.getFloat32(4 * i, true),
  );
}

function half(code: number): number {
  const [sign, exponent, fraction] = [code >> 15 ? -1 : 1, (code >> 10) & 31, code & 1023];
  return exponent === 0
    ? sign * 2 ** -14 * (fraction / 1024)
    : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** Slots of the fused activation, as the schema has them. */
const FUSED: Readonly<Record<string, number>> = {
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  FULLY_CONNECTED: 0,
  ADD: 0,
  AVERAGE_POOL_2D: 5,
  MAX_POOL_2D: 5,
  CONCATENATION: 1,
};

function activationOf({ name, options }: TfliteOperator): (x: number) => number {
  const slot = FUSED[name];
  const code = name === 'RELU' ? 1 : name === 'RELU6' ? 3 : slot === undefined ? 0 : (options?.i8(slot) ?? 0);
  if (code === 1) return (x) => Math.max(0, x);
  return code === 3 ? (x) => Math.min(Math.max(0, x), 6) : (x) => x;
}

function result(operator: TfliteOperator, [a, b, c]: Values[]): number[] {
  const { name, inputs, outputs, options } = operator;
  const number = (slot: number, otherwise = 0): number => options?.i32(slot, otherwise) ?? otherwise;
  const shape = inputs[0]!.shape;
  const out = outputs[0]!.shape;
  switch (name) {
    case 'FULLY_CONNECTED': {
      const [units, k] = inputs[1]!.shape as [number, number];
      return count(units, (u) => (c?.[u] ?? 0) + sum(k, (i) => a![i]! * b![u * k + i]!));
    }
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D': {
      const isDepthwise = name === 'DEPTHWISE_CONV_2D';
      const [filters, kh, kw, per] = inputs[1]!.shape as [number, number, number, number];
      const [down, right] = isDepthwise ? [number(6, 1), number(5, 1)] : [number(5, 1), number(4, 1)];
      const made = isDepthwise ? per : filters;
      const taps = windows(operator, [kh, kw], [number(2), number(1)], [down, right]);
      const weight = (o: number, y: number, x: number, i: number): number =>
        isDepthwise ? b![(y * kw + x) * made + o]! : b![((o * kh + y) * kw + x) * per + i]!;
      return taps.flatMap((window) =>
        count(made, (o) => {
          const ins = isDepthwise ? 1 : per;
          const from = isDepthwise
            ? Math.floor(o / (made / shape[3]!))
            : Math.floor(o / (made / (shape[3]! / per))) * per;
          const at = (pixel: number, i: number): number => a![pixel * shape[3]! + from + i]!;
          return (
            (c?.[o] ?? 0) +
            total(window.map(({ pixel, y, x }) => sum(ins, (i) => at(pixel, i) * weight(o, y, x, i))))
          );
        }),
      );
    }
    case 'AVERAGE_POOL_2D':
    case 'MAX_POOL_2D': {
      const taps = windows(operator, [number(4), number(3)], [number(2), number(1)], [1, 1]);
      return taps.flatMap((window) =>
        count(shape[3]!, (channel) => {
          const seen = window.map(({ pixel }) => a![pixel * shape[3]! + channel]!);
          return name === 'MAX_POOL_2D' ? Math.max(...seen) : total(seen) / seen.length;
        }),
      );
    }
    case 'MEAN': {
      const [pixels, channels] = [shape[1]! * shape[2]!, shape[3]!];
      return count(channels, (channel) => sum(pixels, (p) => a![p * channels + channel]!) / pixels);
    }
    case 'PAD': {
      const [, height, width, channels] = out as [number, number, number, number];
      return count(height * width * channels, (at) => {
        const y = Math.floor(at / (width * channels)) - b![2]!;
        const x = (Math.floor(at / channels) % width) - b![4]!;
        const inside = y >= 0 && x >= 0 && y < shape[1]! && x < shape[2]!;
        return inside ? a![(y * shape[2]! + x) * channels + (at % channels)]! : 0;
      });
    }
    case 'CONCATENATION': {
      const widths = [inputs[0]!.shape.at(-1)!, inputs[1]!.shape.at(-1)!];
      return count(a!.length / widths[0]!, (p) => p).flatMap((p) =>
        [a!, b!].flatMap((values, i) => values.slice(p * widths[i]!, (p + 1) * widths[i]!)),
      );
    }
    case 'ADD':
      return a!.map((value, i) => value + b![i]!);
    case 'SOFTMAX': {
      const powers = a!.map((value) => Math.exp(value - Math.max(...a!)));
      return powers.map((power) => power / total(powers));
    }
    default:
      return [...a!];
  }
}

const count = (length: number, of: (i: number) => number): number[] =>
  Array.from({ length }, (_, i) => of(i));
const total = (values: Values): number => values.reduce((all, value) => all + value, 0);
const sum = (length: number, of: (i: number) => number): number => total(count(length, of));

interface Tap {
  readonly pixel: number;
  readonly y: number;
  readonly x: number;
}

/** The taps of every window that lie in the image; SAME pads half, the odd pixel behind. */
function windows(
  { inputs, outputs, options }: TfliteOperator,
  kernel: readonly [number, number],
  stride: readonly [number, number],
  dilation: readonly [number, number],
): Tap[][] {
  const [, ...extents] = inputs[0]!.shape as [number, number, number, number];
  const [, ...out] = outputs[0]!.shape as [number, number, number, number];
  const isSame = (options?.i8(0) ?? 0) === 0;
  const before = [0, 1].map((axis) => {
    const reach = (kernel[axis]! - 1) * dilation[axis]! + 1;
    return isSame
      ? Math.floor(Math.max((out[axis]! - 1) * stride[axis]! + reach - extents[axis]!, 0) / 2)
      : 0;
  });
  const all: Tap[][] = [];
  for (let oy = 0; oy < out[0]; oy++) {
    for (let ox = 0; ox < out[1]; ox++) {
      const taps: Tap[] = [];
      for (let y = 0; y < kernel[0]; y++) {
        for (let x = 0; x < kernel[1]; x++) {
          const [iy, ix] = [
            oy * stride[0] + y * dilation[0] - before[0]!,
            ox * stride[1] + x * dilation[1] - before[1]!,
          ];
          if (iy >= 0 && ix >= 0 && iy < extents[0] && ix < extents[1])
            taps.push({ pixel: iy * extents[1] + ix, y, x });
        }
      }
      all.push(taps);
    }
  }
  return all;
}
