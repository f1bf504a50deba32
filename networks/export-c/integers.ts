/** A network as a C program has it: integers alone, every constant as it is written, and a place for every tensor. */
import type { Window } from '../../emac/layer/window.js';
import type { Clamp } from '../integer/graph.js';

export type CodeType = 'int8' | 'uint8';

/** Axes that a program picks codes along, without the batch; fewer have axes of one before them. */
export const MOST_AXES = 4;

/** real = scale · (code − zeroPoint); the scale is told, never computed with. */
export interface ExportedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  readonly type: CodeType;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** x · multiplier · 2^(shift − 31), rounded `twice` (gemmlowp) or `once`; one a channel, or one for all. */
export interface FixedRescale {
  readonly rounding: 'twice' | 'once';
  readonly multipliers: readonly number[];
  readonly shifts: readonly number[];
}

/** x · numerator · 2^shift / denominator to the nearest even integer; one a channel, or one for all. */
export interface ExactRescale {
  readonly rounding: 'exact';
  readonly numerators: readonly number[];
  readonly denominators: readonly number[];
  readonly shifts: readonly number[];
}

export type Rescale = FixedRescale | ExactRescale;

interface Placed {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** Σ (w − z_w)(x − z_x) + bias over windows; `weights` are [outChannels, k], k over (kh, kw, in). */
export interface ExportedMac extends Placed {
  readonly kind: 'convolution' | 'depthwise' | 'dense';
  readonly window: Window;
  readonly groups: number;
  readonly outChannels: number;
  readonly weightType: CodeType;
  readonly weights: readonly number[];
  readonly weightZeroPoint: number;
  readonly bias: readonly number[];
  readonly rescale: Rescale;
  readonly clamp: Clamp;
}

/** Both codes · 2^20 in a common scale, their sum in the output's. */
export interface ExportedFixedAdd extends Placed {
  readonly kind: 'add';
  readonly first: FixedRescale;
  readonly second: FixedRescale;
  readonly sum: FixedRescale;
  readonly clamp: Clamp;
}

/** Codes times whole factors, and their exact sum in the output's scale. */
export interface ExportedExactAdd extends Placed {
  readonly kind: 'exact-add';
  readonly factors: readonly [number, number];
  readonly sum: ExactRescale;
  readonly clamp: Clamp;
}

export interface ExportedMultiply extends Placed {
  readonly kind: 'multiply';
  readonly rescale: Rescale;
  readonly clamp: Clamp;
}

export interface ExportedPool extends Placed {
  readonly kind: 'max-pool' | 'average-pool';
  readonly window: Window;
  readonly clamp: Clamp;
}

/** Differences from the largest code · multiplier · 2^(shift − 31) are Q5.26; those below `furthest` count nothing. */
export interface ExportedSoftmax extends Placed {
  readonly kind: 'softmax';
  readonly classes: number;
  readonly multiplier: number;
  readonly shift: number;
  readonly furthest: number;
}

export interface ExportedCopy extends Placed {
  readonly kind: 'copy';
}

export interface ExportedQuantize extends Placed {
  readonly kind: 'quantize';
  readonly rescale: Rescale;
}

/**
 * `outer` blocks of `inner` codes of each input in turn; a table has the output's code of each code from the least, undefined where
 * an input has the output's scale.
 */
export interface ExportedConcat extends Placed {
  readonly kind: 'concat';
  readonly outer: number;
  readonly inner: readonly number[];
  readonly tables: readonly (readonly number[] | undefined)[];
}

/** The output's code of each code from the least. */
export interface ExportedTable extends Placed {
  readonly kind: 'table';
  readonly table: readonly number[];
}

/** For each axis of the output the index in the input's that each of its own has, −1 where the zero point stands. */
export interface ExportedPick extends Placed {
  readonly kind: 'pick';
  readonly axes: readonly (readonly number[])[];
}

/** Sums over all pixels, rescaled. */
export interface ExportedMean extends Placed {
  readonly kind: 'mean';
  readonly pixels: number;
  readonly channels: number;
  readonly rescale: Rescale;
}

export type ExportedStep =
  | ExportedMac
  | ExportedFixedAdd
  | ExportedExactAdd
  | ExportedMultiply
  | ExportedPool
  | ExportedSoftmax
  | ExportedCopy
  | ExportedQuantize
  | ExportedConcat
  | ExportedTable
  | ExportedPick
  | ExportedMean;

export interface ExportedNetwork {
  readonly source: string;
  readonly requantize: 'gemmlowp' | 'single' | 'exact';
  readonly tensors: readonly ExportedTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly steps: readonly ExportedStep[];
}
