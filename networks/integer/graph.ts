/**
 * A network in integers: tensors with a scale and a zero point each, and the steps between them in order. Both a TensorFlow Lite
 * file and a network of ours become one; whatever runs or exports integers reads it.
 */
import type { Window } from '../../emac/layer/window.js';
import type { RealMultiplier } from './requantize.js';

export const INTEGER_TYPES = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767] } as const;
export type IntegerType = keyof typeof INTEGER_TYPES;

/** real = scale · (code − zeroPoint); of `float32` the values themselves. */
export interface IntegerTensor {
  readonly name: string;
  /** Without the batch. */
  readonly shape: readonly number[];
  readonly size: number;
  readonly type: IntegerType | 'float32';
  /** A float32. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Codes that an activation leaves. */
export interface Clamp {
  readonly least: number;
  readonly most: number;
}

/** Where a step's name is told: the operator's number in a file, or the step's own. */
interface Placed {
  readonly name: string;
  readonly output: number;
}

/** Σ (w − z_w)(x − z_x) + bias over windows, requantized. */
export interface IntegerMac extends Placed {
  readonly kind: 'mac';
  readonly inputs: readonly [number];
  readonly window: Window;
  readonly groups: number;
  readonly outChannels: number;
  /** Length of each sum. */
  readonly k: number;
  /** [outChannels, k], k over (kh, kw, in): codes. */
  readonly weights: Int8Array | Uint8Array | Int16Array;
  readonly weightZeroPoint: number;
  /** [outChannels]. */
  readonly bias: Int32Array;
  /** One a channel, or one. */
  readonly multipliers: readonly RealMultiplier[];
  /** Old uint8 depthwise kernels round twice whatever the build. */
  readonly rounding: 'as-asked' | 'always-twice';
  readonly clamp: Clamp;
}

export interface IntegerAdd extends Placed {
  readonly kind: 'add';
  readonly inputs: readonly [number, number];
  readonly clamp: Clamp;
}

export interface IntegerMultiply extends Placed {
  readonly kind: 'multiply';
  readonly inputs: readonly [number, number];
  readonly clamp: Clamp;
}

export interface IntegerPool extends Placed {
  readonly kind: 'pool';
  readonly pooling: 'max' | 'average';
  readonly inputs: readonly [number];
  readonly window: Window;
  readonly clamp: Clamp;
}

export interface IntegerSoftmax extends Placed {
  readonly kind: 'softmax';
  readonly inputs: readonly [number];
  readonly beta: number;
}

/** From one scale to another, from floats to integers or back. */
export interface IntegerQuantize extends Placed {
  readonly kind: 'quantize';
  readonly inputs: readonly [number];
}

/** The same codes under another shape. */
export interface IntegerReshape extends Placed {
  readonly kind: 'reshape';
  readonly inputs: readonly [number];
}

/** Codes side by side along an axis; `outer` · Σ `inner` codes. */
export interface IntegerConcat extends Placed {
  readonly kind: 'concat';
  readonly inputs: readonly number[];
  /** Blocks of codes of each input that stand one after another in turn. */
  readonly outer: number;
  readonly inner: readonly number[];
}

/** Codes as they are, from other places; the zero point where no code of the input stands. */
export interface IntegerPick extends Placed {
  readonly kind: 'pick';
  readonly inputs: readonly [number];
  /** For each axis of the output the index in the input's that each of its own has, −1 for none; as many axes as the input has. */
  readonly axes: readonly (readonly number[])[];
}

/** Of every channel over all pixels. */
export interface IntegerMean extends Placed {
  readonly kind: 'mean';
  readonly inputs: readonly [number];
  readonly pixels: number;
  readonly channels: number;
}

/** An activation of its own: at the output's scale, within `clamp`. */
export interface IntegerActivation extends Placed {
  readonly kind: 'activation';
  readonly inputs: readonly [number];
  readonly clamp: Clamp;
}

export type IntegerStep =
  | IntegerMac
  | IntegerAdd
  | IntegerMultiply
  | IntegerPool
  | IntegerSoftmax
  | IntegerQuantize
  | IntegerReshape
  | IntegerConcat
  | IntegerPick
  | IntegerMean
  | IntegerActivation;

export interface IntegerGraph {
  readonly name: string;
  readonly tensors: readonly IntegerTensor[];
  readonly steps: readonly IntegerStep[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Codes of a tensor as they stand in memory, or floats. */
export type Values = Int8Array | Uint8Array | Int16Array | Float32Array;

/** Bytes of a value. */
export function valueBytes(type: IntegerTensor['type']): number {
  switch (type) {
    case 'int8':
    case 'uint8':
      return 1;
    case 'int16':
      return 2;
    case 'float32':
      return 4;
    default:
      return type satisfies never;
  }
}

/** A view of the values of a tensor of one record. */
export function valuesOver({ type, size }: IntegerTensor, buffer: ArrayBufferLike, at: number): Values {
  switch (type) {
    case 'int8':
      return new Int8Array(buffer, at, size);
    case 'uint8':
      return new Uint8Array(buffer, at, size);
    case 'int16':
      return new Int16Array(buffer, at, size);
    case 'float32':
      return new Float32Array(buffer, at, size);
    default:
      return type satisfies never;
  }
}
