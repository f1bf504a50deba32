// Rounding by thresholds, with certification: `thresholds` (float64, ascending; the i-th is the smallest number
// of level i) and `buckets` (u16, 2^20 + 1): the level of the smallest number of each bucket,
// where a bucket is the sign, the exponent and the first 8 fraction bits of a float64, ordered by value.

import { FloatColumn, IntegerColumn, RowNorms, THRESHOLD_BUCKETS } from '../layouts';

/** Buckets of each sign. */
const HALF = THRESHOLD_BUCKETS >> 1;

@inline function bucketOf(x: f64): usize {
  const high = <u32>(reinterpret<u64>(x) >> 44);
  return <usize>((high & HALF) != 0 ? ~high & (THRESHOLD_BUCKETS - 1) : high | HALF);
}

@inline function levelOf(x: f64, thresholds: usize, buckets: usize): u32 {
  const at = buckets + (bucketOf(x) << 1);
  let low = <u32>load<u16>(at);
  let high = <u32>load<u16>(at, 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (x >= load<f64>(thresholds + (<usize>middle << 3))) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Codes (8 or 16 bits, `wide` 0 or 1) of finite float32 values. −0, which compares equal to +0, gets the code at
 * level `negativeZero`.
 */
export function encodeFloat32(
  n: i32, values: usize, thresholds: usize, buckets: usize, codes: usize, negativeZero: i32, wide: i32, out: usize,
): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const x = <f64>load<f32>(values + (i << 2));
    const level = reinterpret<u64>(x) == 0x8000000000000000 ? <u32>negativeZero : levelOf(x, thresholds, buckets);
    const code = load<u16>(codes + (<usize>level << 1));
    if (wide) store<u16>(out + (i << 1), code);
    else store<u8>(out + i, <u8>code);
  }
}

@inline function keep(out: usize, at: usize, wide: i32, code: u16): void {
  if (wide) store<u16>(out + (at << 1), code);
  else store<u8>(out + at, <u8>code);
}

/**
 * Exact sums: y = factor[j] · c with no error. c int32 [m][stride], out [m][n] codes.
 */
export function roundExact(
  m: i32, n: i32, stride: i32, c: usize, factor: usize,
  thresholds: usize, buckets: usize, codes: usize, wide: i32, out: usize,
): void {
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const y = <f64>load<i32>(row + (j << 2)) * load<f64>(factor + (j << 3));
      keep(out, to + j, wide, load<u16>(codes + (<usize>levelOf(y, thresholds, buckets) << 1)));
    }
  }
}

/**
 * Certified rounding of int32 sums: y = factor[j] · c, |y − exact| ≤
 * weightNorm[j] · residual[i] + weightResidual[j] · norm[i] + biasResidual[j] + relative · |y|.
 * rows: (norm, residual) float64 [m][2]; columns: (factor, weightNorm, weightResidual, biasResidual) [n][4], the last three
 * already multiplied by factor.
 * Indices of outputs left undecided go to `undecided`; returns how many.
 */
export function roundCertifiedInt32(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64,
  thresholds: usize, buckets: usize, codes: usize, wide: i32, out: usize, undecided: usize,
): i32 {
  let count = 0;
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const norm = load<f64>(rows + (<usize>i << 4), RowNorms.NORM << 3);
    const residual = load<f64>(rows + (<usize>i << 4), RowNorms.RESIDUAL << 3);
    const to = <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const column = columns + (j << 5);
      const factor = load<f64>(column, IntegerColumn.FACTOR << 3);
      const y = <f64>load<i32>(row + (j << 2)) * factor;
      const e = load<f64>(column, IntegerColumn.WEIGHT_NORM << 3) * residual + load<f64>(column, IntegerColumn.WEIGHT_RESIDUAL << 3) * norm + load<f64>(column, IntegerColumn.BIAS_RESIDUAL << 3) + relative * abs(y);
      const low = levelOf(y - e, thresholds, buckets);
      const high = levelOf(y + e, thresholds, buckets);
      keep(out, to + j, wide, load<u16>(codes + (<usize>low << 1)));
      store<i32>(undecided + (<usize>count << 2), <i32>(to + j));
      count += <i32>(low != high);
    }
  }
  return count;
}

/**
 * Certified rounding of float64 sums: y = factor[j] · (c + bias[j]), |y − exact| ≤
 * factor[j] · weightNorm[j] · norm[i] + relative · (|factor·c| + |factor·bias| + |y|) + least[j].
 * rows: norm float64 [m]; columns: (factor, bias, weightNorm · γ, least) [n][4].
 */
export function roundCertifiedFloat64(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64,
  thresholds: usize, buckets: usize, codes: usize, wide: i32, out: usize, undecided: usize,
): i32 {
  let count = 0;
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 3);
    const norm = load<f64>(rows + (<usize>i << 3));
    const to = <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const column = columns + (j << 5);
      const factor = load<f64>(column, FloatColumn.FACTOR << 3);
      const sum = load<f64>(row + (j << 3));
      const bias = load<f64>(column, FloatColumn.BIAS << 3);
      const y = factor * (sum + bias);
      const e = factor * load<f64>(column, FloatColumn.WEIGHT_NORM << 3) * norm + relative * (factor * (abs(sum) + abs(bias)) + abs(y)) + load<f64>(column, FloatColumn.LEAST << 3);
      const low = levelOf(y - e, thresholds, buckets);
      const high = levelOf(y + e, thresholds, buckets);
      keep(out, to + j, wide, load<u16>(codes + (<usize>low << 1)));
      store<i32>(undecided + (<usize>count << 2), <i32>(to + j));
      // an overflown sum has a NaN or infinite bound, which certifies nothing
      count += <i32>(low != high || !(e < Infinity));
    }
  }
  return count;
}
