/**
 * Stage one of a certified GEMM, and all that rounding knows of it: operands in; approximate sums and the constants
 * of their error bound out. stages/list.ts lists them. What a sum's code is, and what becomes
 * of sums that the bound leaves undecided, is decided elsewhere (round/certify.ts, repair/outputs.ts).
 */
import type { Kernels } from '../../kernels/loader.js';
import type { MacBlock, Tier } from '../codes/block.js';
import type { HeapArray } from '../codes/heap-array.js';
import type { CodeWindows } from '../codes/windows.js';
import type { MacLayer } from '../layer/layer.js';
import type { LayerNumbers } from '../layer/numbers.js';

/** Sums of integers, the bias among them: y = factor · c. */
export interface IntegerSums {
  readonly type: 'int32';
  /** Whether y has no error at all. */
  isExact: boolean;
  /** c [rows][stride] */
  readonly sums: HeapArray<Int32Array>;
  readonly stride: number;
  /** RowNorms [rows] (kernels/layouts.ts) */
  readonly rows: HeapArray<Float64Array>;
  /** IntegerColumn [outChannels] */
  readonly columns: HeapArray<Float64Array>;
  /** The same as float32 vectors [stride/4][4][4], which cover arithmetic in float32 (float32-columns.ts). */
  readonly float32Columns: HeapArray<Float32Array>;
  /** factor alone [outChannels] */
  readonly factors: HeapArray<Float64Array>;
  /** e = weightNorm · residual + weightResidual · norm + biasResidual + relative · |y| */
  readonly relative: number;
}

/** Sums in floating point, the bias apart: y = factor · (c + bias). */
export interface FloatSums {
  readonly type: 'float64';
  /** c [rows][stride] */
  readonly sums: HeapArray<Float64Array>;
  readonly stride: number;
  /** Whether they are float64 dot products, each sum in any order: repair then needs no others. */
  readonly areDots: boolean;
  /** norm [rows] */
  readonly rows: HeapArray<Float64Array>;
  /** FloatColumn [outChannels] */
  readonly columns: HeapArray<Float64Array>;
  /** e = factor · weightNorm · norm + relative · (|factor · c| + |factor · bias| + |y|) + least */
  readonly relative: number;
}

export type ApproximateSums = IntegerSums | FloatSums;

/** Holds a layer's prepared weights and turns blocks of codes into sums. NaN and Inf operands count as 0. */
export interface StageOne {
  /** Sums that the next run overwrites; undefined where the stage cannot hold those of this block. */
  run(block: MacBlock): ApproximateSums | undefined;
}

/** What a stage is made of: a layer, and the blocks it will get. */
export interface StageSource {
  readonly kernels: Kernels;
  readonly layer: MacLayer;
  readonly numbers: LayerNumbers;
  readonly maxRows: number;
  /** Where blocks are the windows of an image; undefined where they are rows. */
  readonly windows: CodeWindows | undefined;
}

/** A stage as the list has it. */
export interface StageKind {
  readonly name: string;
  /** What the outputs it is certain of are counted as. */
  readonly tier: Tier;
  /** Time of a multiply-add, that of the int16 GEMM being 1: while nothing is left undecided the least goes first. */
  readonly cost: number;
  /** Whether it takes windows as they lie in an image; for others they are laid out as rows. */
  readonly readsWindows: boolean;
  /** The stage of a layer; undefined where it cannot hold the layer's operands, or the engine lacks what it needs. */
  create(source: StageSource): StageOne | undefined;
}
