/**
 * Stage one of a certified GEMM, and all that rounding knows of it: operands in; approximate sums and the constants
 * of their error bound out. Each tier that can start a block implements it. What a sum's code is, and what becomes
 * of sums that the bound leaves open, is decided elsewhere (round/certify.ts, repair/outputs.ts).
 */
import type { MacBlock } from '../codes/block.js';
import type { HeapArray } from '../codes/heap-array.js';

/** Sums of integers, the bias among them: y = factor · c. */
export interface IntegerSums {
  readonly type: 'int32';
  /** Whether y has no error at all. */
  exactness: 'exact' | 'bounded';
  /** c [rows][stride] */
  readonly sums: HeapArray<Int32Array>;
  readonly stride: number;
  /** RowNorms [rows] (kernels/layouts.ts) */
  readonly rows: HeapArray<Float64Array>;
  /** IntegerColumn [outChannels] */
  readonly columns: HeapArray<Float64Array>;
  /** The same as float32 vectors [stride/4][4][4], which cover arithmetic in float32 (narrow-columns.ts). */
  readonly narrow: HeapArray<Float32Array>;
  /** factor alone [outChannels] */
  readonly factors: HeapArray<Float64Array>;
  /** e = weightNorm · rest + weightRest · norm + biasRest + relative · |y| */
  readonly relative: number;
}

/** Sums in floating point, the bias apart: y = factor · (c + bias). */
export interface FloatSums {
  readonly type: 'float64';
  /** c [rows][stride] */
  readonly sums: HeapArray<Float64Array>;
  readonly stride: number;
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
  readonly tier: 'int16' | 'float32' | 'float64';
  /** Sums that the next run overwrites; undefined where the stage cannot hold those of this block. */
  run(block: MacBlock): ApproximateSums | undefined;
}
