/** A network of the emac dataflow as a C program has it: codes, the values of codes as integers, sums of their products, thresholds. */
import type { Window } from '../../../emac/layer/window.js';

/** Integers of 64 bits are decimals, since JSON's readers round them. */
export type Decimal = string;
export type SumType = 'int32' | 'int64';

/** Codes: real = scale · (value(code) − zeroPoint). Sums (int64): real = scale · sum. The scale is told, never computed with. */
export interface EmacTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  readonly type: 'uint8' | 'int64';
  readonly format: string;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** value(code) − zeroPoint in units of 2^unitExponent, of every code; 0 stands for NaN, NaR and infinities, which must not be given. */
export interface ValueTable {
  readonly format: string;
  readonly zeroPoint: number;
  readonly unitExponent: number;
  readonly type: SumType;
  readonly values: readonly Decimal[];
}

/**
 * The code of a sum is codes[n], n the number of thresholds that are not above it. A row of thresholds for each channel, or one
 * for all; codes has one more than a row.
 */
export interface Thresholds {
  readonly rows: readonly (readonly Decimal[])[];
  readonly codes: readonly number[];
}

interface Placed {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** Σ w·x + bias over windows, the values of codes by two tables; `weights` are codes [outChannels, k], k over (kh, kw, in). */
interface Products extends Placed {
  readonly window: Window;
  readonly groups: number;
  readonly outChannels: number;
  readonly weights: readonly number[];
  /** Indices of tables. */
  readonly weightValues: number;
  readonly inputValues: number;
  readonly bias: readonly Decimal[];
}

export interface EmacMacStep extends Products {
  readonly kind: 'convolution' | 'dense';
  readonly sums: SumType;
  readonly thresholds: Thresholds;
}

/** The exact sums of the last layer times whole factors, one a channel, so that they compare as the logits do. */
export interface EmacSumsStep extends Products {
  readonly kind: 'dense-sums';
  readonly factors: readonly Decimal[];
}

export interface EmacRoundStep extends Placed {
  readonly kind: 'round';
  readonly thresholds: Thresholds;
}

/** The first code of the largest rank. */
export interface EmacMaxPoolStep extends Placed {
  readonly kind: 'max-pool';
  readonly window: Window;
  readonly ranks: readonly number[];
}

/** Sums of as many values in every window. */
export interface EmacAveragePoolStep extends Placed {
  readonly kind: 'average-pool';
  readonly window: Window;
  readonly inputValues: number;
  readonly sums: SumType;
  readonly thresholds: Thresholds;
}

/** The sum of what the inputs' codes stand for in a common unit. */
export interface EmacAddStep extends Placed {
  readonly kind: 'add';
  readonly terms: readonly [readonly Decimal[], readonly Decimal[]];
  readonly thresholds: Thresholds;
}

/** The output's code of every code. */
export interface EmacTableStep extends Placed {
  readonly kind: 'table';
  readonly table: readonly number[];
}

export interface EmacConcatStep extends Placed {
  readonly kind: 'concat';
  readonly outer: number;
  readonly inner: readonly number[];
  readonly tables: readonly (readonly number[] | undefined)[];
}

export type EmacExportedStep =
  | EmacMacStep
  | EmacSumsStep
  | EmacRoundStep
  | EmacMaxPoolStep
  | EmacAveragePoolStep
  | EmacAddStep
  | EmacTableStep
  | EmacConcatStep;

export interface ExportedEmac {
  readonly source: string;
  readonly dataflow: 'emac';
  /** Of the prediction: the largest sum, or the largest value of the output's codes; the first where several are. */
  readonly logits: 'accumulator' | 'rounded';
  readonly tensors: readonly EmacTensor[];
  readonly tables: readonly ValueTable[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly steps: readonly EmacExportedStep[];
}
