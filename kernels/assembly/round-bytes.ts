// The round stage for outputs of up to 8 bits: four at a time in float32 with bounds that cover it, then one by one
// in float64 what float32 could not tell.

import { IntegerColumn, Float32Buckets, RowNorms } from '../layouts';

/**
 * The level of y in float64. Buckets are bytes: 7 fraction bits of the magnitude, exponents clamped to where thresholds
 * are, negatives after positives; at most one threshold lies inside a bucket. `thresholds` ends with +∞.
 */
@inline export function levelAt(y: f64, thresholds: usize, buckets: usize, lowest: i32, size: i32): usize {
  const high = <u32>(reinterpret<u64>(y) >> 32);
  const key = min(max(<i32>((high & 0x7fffffff) >>> 13) - lowest, 0), size - 1);
  const level = <usize>load<u8>(buckets + key + (high >>> 31) * size);
  return level + <usize>(y >= load<f64>(thresholds + (level << 3), 8));
}

// `float32Buckets` points at the Float32Buckets of the thresholds (layouts.ts), which emac/certified/round/float32-buckets.ts fills.

/** 2^-21: c, factor and product in float32 and the rounding of y ± e are each within 2^-24 of their size. */
const RELATIVE32: f32 = 4.76837158203125e-7;
/** What a conversion of a norm to float32 and the sum of the bounds may lose, 2^-20. */
const OUTWARD32: f64 = 1.00000095367431640625;

@inline function keysOf(x: v128, shift: i32, lowest: v128, last: v128, size: v128): v128 {
  const exponents = i32x4.shr_u(v128.and(x, i32x4.splat(0x7fffffff)), shift);
  const key = i32x4.min_s(i32x4.max_s(i32x4.sub(exponents, lowest), i32x4.splat(0)), last);
  return i32x4.add(key, v128.and(i32x4.shr_s(x, 31), size));
}

@inline function codesAt(table: usize, keys: u64): u32 {
  return <u32>load<u8>(table + <usize>(keys & 0xffff))
    | (<u32>load<u8>(table + <usize>((keys >>> 16) & 0xffff)) << 8)
    | (<u32>load<u8>(table + <usize>((keys >>> 32) & 0xffff)) << 16)
    | (<u32>load<u8>(table + <usize>(keys >>> 48)) << 24);
}

/** Of four codes that start at `at` those before `end`, in one store where that touches nothing behind. */
@inline function keepFour(at: usize, end: usize, codes: u32): void {
  if (at + 4 <= end) {
    store<u32>(at, codes);
    return;
  }
  for (let to = at; to < end; to++) {
    store<u8>(to, <u8>codes);
    codes >>>= 8;
  }
}

/** Which bytes of four codes from channel j on are channels. */
@inline function channelMask(j: i32, n: i32): u32 {
  return j + 4 <= n ? 0xffffffff : (<u32>1 << ((n - j) << 3)) - 1;
}

/**
 * Sums that int32 holds exactly, and so does float64 y = factor[j] · c: no error. c int32 [m][stride], stride a
 * multiple of 4; factors float64 [n]; float32Columns [stride/4][4][4], of which only factors (first of each four
 * vectors) and least bounds (last) are read. codes u8 [levels]; out [m][n].
 */
export function roundBytesExact(
  m: i32, n: i32, stride: i32, c: usize, factors: usize, float32Columns: usize,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, out: usize,
): void {
  const table = <usize>load<u32>(float32Buckets, Float32Buckets.CODES << 2);
  const shift = load<i32>(float32Buckets, Float32Buckets.SHIFT << 2);
  const first = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.LOWEST << 2));
  const last = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2) - 1);
  const sizes = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2));
  const relative = f32x4.splat(RELATIVE32);
  const end = out + <usize>(m * n);
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    for (let j = 0; j < n; j += 4) {
      const column = float32Columns + (<usize>j << 4);
      const y = f32x4.mul(f32x4.convert_i32x4_s(v128.load(row + (<usize>j << 2))), v128.load(column));
      const e = f32x4.add(f32x4.mul(f32x4.abs(y), relative), v128.load(column, 48));
      const lows = keysOf(f32x4.sub(y, e), shift, first, last, sizes);
      const highs = keysOf(f32x4.add(y, e), shift, first, last, sizes);
      const keys = i16x8.narrow_i32x4_s(lows, highs);
      const lowKeys: u64 = i64x2.extract_lane(keys, 0);
      const highKeys: u64 = i64x2.extract_lane(keys, 1);
      let four = codesAt(table, lowKeys);
      const undecided = lowKeys == highKeys ? 0 : (four ^ codesAt(table, highKeys)) & channelMask(j, n);
      if (undecided) {
        for (let lane = 0; lane < 4; lane++) {
          const byte = lane << 3;
          if (!((undecided >>> byte) & 0xff)) continue;
          const at = j + lane;
          const exact = <f64>load<i32>(row + (<usize>at << 2)) * load<f64>(factors + (<usize>at << 3));
          const code = <u32>load<u8>(codes + levelAt(exact, thresholds, buckets, lowest, size));
          four = (four & ~(<u32>0xff << byte)) | (code << byte);
        }
      }
      keepFour(to + <usize>j, end, four);
    }
  }
}

/**
 * |factor[j] · c − exact| ≤ weightNorm[j] · residual[i] + weightResidual[j] · norm[i] + biasResidual[j] + relative · |y|. rows: (norm, residual)
 * float64 [m][2]; columns: (factor, weightNorm, weightResidual, biasResidual) float64 [n][4], the last three already
 * multiplied by factor, and the same as float32 vectors in `float32Columns` [stride/4][4][4], rounded up. What float32 and
 * then float64 cannot decide goes to `undecided`, by index in out; returns how many.
 */
export function roundBytesCertified(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, float32Columns: usize, relative: f64,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, out: usize, undecided: usize,
): i32 {
  const table = <usize>load<u32>(float32Buckets, Float32Buckets.CODES << 2);
  const shift = load<i32>(float32Buckets, Float32Buckets.SHIFT << 2);
  let count = 0;
  const first = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.LOWEST << 2));
  const last = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2) - 1);
  const sizes = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2));
  const relative32 = f32x4.splat(RELATIVE32);
  const end = out + <usize>(m * n);
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    const norm = load<f64>(rows + (<usize>i << 4), RowNorms.NORM << 3);
    const residual = load<f64>(rows + (<usize>i << 4), RowNorms.RESIDUAL << 3);
    const norms = f32x4.splat(<f32>(norm * OUTWARD32));
    const residuals = f32x4.splat(<f32>(residual * OUTWARD32));
    for (let j = 0; j < n; j += 4) {
      const column = float32Columns + (<usize>j << 4);
      const y = f32x4.mul(f32x4.convert_i32x4_s(v128.load(row + (<usize>j << 2))), v128.load(column));
      const left = f32x4.add(f32x4.mul(v128.load(column, 16), residuals), f32x4.mul(v128.load(column, 32), norms));
      const e = f32x4.add(f32x4.add(f32x4.mul(f32x4.abs(y), relative32), v128.load(column, 48)), left);
      const lows = keysOf(f32x4.sub(y, e), shift, first, last, sizes);
      const highs = keysOf(f32x4.add(y, e), shift, first, last, sizes);
      const keys = i16x8.narrow_i32x4_s(lows, highs);
      const lowKeys: u64 = i64x2.extract_lane(keys, 0);
      const highKeys: u64 = i64x2.extract_lane(keys, 1);
      let four = codesAt(table, lowKeys);
      const doubtful = lowKeys == highKeys ? 0 : (four ^ codesAt(table, highKeys)) & channelMask(j, n);
      if (doubtful) {
        for (let lane = 0; lane < 4; lane++) {
          const byte = lane << 3;
          if (!((doubtful >>> byte) & 0xff)) continue;
          const at = j + lane;
          const bound = columns + (<usize>at << 5);
          const exact = <f64>load<i32>(row + (<usize>at << 2)) * load<f64>(bound, IntegerColumn.FACTOR << 3);
          const most = load<f64>(bound, IntegerColumn.WEIGHT_NORM << 3) * residual + load<f64>(bound, IntegerColumn.WEIGHT_RESIDUAL << 3) * norm + load<f64>(bound, IntegerColumn.BIAS_RESIDUAL << 3) + relative * abs(exact);
          const level = levelAt(exact, thresholds, buckets, lowest, size);
          const code = <u32>load<u8>(codes + level);
          four = (four & ~(<u32>0xff << byte)) | (code << byte);
          const inside = exact - most >= load<f64>(thresholds + (level << 3)) && exact + most < load<f64>(thresholds + (level << 3), 8);
          if (!inside) {
            store<i32>(undecided + (<usize>count << 2), i * n + at);
            count++;
          }
        }
      }
      keepFour(to + <usize>j, end, four);
    }
  }
  return count;
}
