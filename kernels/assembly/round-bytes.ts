// The round stage for outputs of up to 8 bits: eight at a time in float32 with bounds that cover it, then one by one
// in float64 what float32 could not tell.

import { IntegerColumn, Float32Buckets, RowNorms } from '../layouts';
import { roundBinadesCertified, roundBinadesExact } from './round-binades';
import { areTies, roundBinadesTies } from './round-ties';

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
export const RELATIVE32: f32 = 4.76837158203125e-7;
/** In units in the last place of a float32 in the same binade, 2^-21 is at most: */
export const ULPS = 8;
/** What a conversion of a norm to float32 and the sum of the bounds may lose, 2^-20. */
export const OUTWARD32: f64 = 1.00000095367431640625;

@inline function keysOf(x: v128, shift: i32, lowest: v128, last: v128, size: v128): v128 {
  const exponents = i32x4.shr_u(v128.and(x, i32x4.splat(0x7fffffff)), shift);
  const key = i32x4.min_s(i32x4.max_s(i32x4.sub(exponents, lowest), i32x4.splat(0)), last);
  return i32x4.add(key, v128.and(i32x4.shr_s(x, 31), size));
}

@inline function keyOf(keys: v128, lane: i32): usize {
  return <usize>(lane < 4 ? (i64x2.extract_lane(keys, 0) >>> (lane << 4)) & 0xffff : (i64x2.extract_lane(keys, 1) >>> ((lane - 4) << 4)) & 0xffff);
}

/** The codes of eight keys of 16 bits, a byte each. */
@inline function codesAt(table: usize, keys: v128): u64 {
  return <u64>load<u8>(table + keyOf(keys, 0))
    | (<u64>load<u8>(table + keyOf(keys, 1)) << 8)
    | (<u64>load<u8>(table + keyOf(keys, 2)) << 16)
    | (<u64>load<u8>(table + keyOf(keys, 3)) << 24)
    | (<u64>load<u8>(table + keyOf(keys, 4)) << 32)
    | (<u64>load<u8>(table + keyOf(keys, 5)) << 40)
    | (<u64>load<u8>(table + keyOf(keys, 6)) << 48)
    | (<u64>load<u8>(table + keyOf(keys, 7)) << 56);
}

/** Of eight codes that start at `at` those before `end`, in one store where that touches nothing behind. */
@inline export function keepEight(at: usize, end: usize, codes: u64): void {
  if (at + 8 <= end) {
    store<u64>(at, codes);
    return;
  }
  for (let to = at; to < end; to++) {
    store<u8>(to, <u8>codes);
    codes >>>= 8;
  }
}

/** Which of eight lanes from channel j on are channels, a bit each. */
@inline function channelMask(j: i32, n: i32): i32 {
  return j + 8 <= n ? 0xff : (1 << (n - j)) - 1;
}

/** Two masks of 32 bits a lane as one bit a lane. */
@inline function lanesOf(a: v128, b: v128): i32 {
  return i16x8.bitmask(i16x8.narrow_i32x4_s(a, b));
}

/** What `codes` says at a lane, replaced. */
@inline export function withCode(codes: u64, lane: i32, code: u32): u64 {
  const byte = <u64>(lane << 3);
  return (codes & ~(<u64>0xff << byte)) | (<u64>code << byte);
}

/**
 * Sums that int32 holds exactly, and so does float64 y = factor[j] · c: no error. c int32 [m][stride], stride a
 * multiple of 8; factors float64 [n]; float32Columns [stride/4][4][4], of which only factors (first of each four
 * vectors) and least bounds (last) are read. codes u8 [levels]; out [m][n].
 */
export function roundBytesExact(
  m: i32, n: i32, stride: i32, c: usize, factors: usize, float32Columns: usize,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, out: usize,
): void {
  if (load<u32>(float32Buckets, Float32Buckets.BINADES << 2)) {
    if (areTies(n, factors, float32Columns, float32Buckets)) {
      roundBinadesTies(
        m, n, stride, c, factors, float32Columns, thresholds, buckets, lowest, size, codes, float32Buckets, out,
      );
      return;
    }
    roundBinadesExact(
      m, n, stride, c, factors, float32Columns, thresholds, buckets, lowest, size, codes, float32Buckets, out,
    );
    return;
  }
  const table = <usize>load<u32>(float32Buckets, Float32Buckets.CODES << 2);
  const shift = load<i32>(float32Buckets, Float32Buckets.SHIFT << 2);
  const first = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.LOWEST << 2));
  const last = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2) - 1);
  const sizes = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2));
  const inside = i32x4.splat((1 << shift) - 1);
  const ulps = i32x4.splat(ULPS);
  // where float32 does not reach a factor it knows nothing
  const doubted = i32x4.splat(reachesAll(n, float32Columns) ? 2 * ULPS : -1);
  const end = out + <usize>(m * n);
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    for (let j = 0; j < n; j += 8) {
      const column = float32Columns + (<usize>j << 4);
      const at = row + (<usize>j << 2);
      const a = f32x4.mul(f32x4.convert_i32x4_s(v128.load(at)), v128.load(column));
      const b = f32x4.mul(f32x4.convert_i32x4_s(v128.load(at, 16)), v128.load(column, 64));
      const keys = i16x8.narrow_i32x4_s(keysOf(a, shift, first, last, sizes), keysOf(b, shift, first, last, sizes));
      let eight = codesAt(table, keys);
      const doubts = lanesOf(
        i32x4.lt_u(v128.and(i32x4.add(a, ulps), inside), doubted),
        i32x4.lt_u(v128.and(i32x4.add(b, ulps), inside), doubted),
      );
      let undecided = doubts & channelMask(j, n);
      while (undecided) {
        const lane = ctz(undecided);
        undecided &= undecided - 1;
        const channel = <usize>(j + lane);
        const exact = <f64>load<i32>(row + (channel << 2)) * load<f64>(factors + (channel << 3));
        eight = withCode(eight, lane, <u32>load<u8>(codes + levelAt(exact, thresholds, buckets, lowest, size)));
      }
      keepEight(to + <usize>j, end, eight);
    }
  }
}

/** Whether no bound of the n columns is infinite. */
@inline export function reachesAll(n: i32, float32Columns: usize): bool {
  let all = true;
  for (let j = 0; j < n; j++) {
    all = all && load<f32>(float32Columns + (<usize>(j >> 2) << 6) + (<usize>(j & 3) << 2), 48) < Infinity;
  }
  return all;
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
  if (load<u32>(float32Buckets, Float32Buckets.BINADES << 2)) {
    return roundBinadesCertified(
      m, n, stride, c, rows, columns, float32Columns, relative,
      thresholds, buckets, lowest, size, codes, float32Buckets, out, undecided,
    );
  }
  const table = <usize>load<u32>(float32Buckets, Float32Buckets.CODES << 2);
  const shift = load<i32>(float32Buckets, Float32Buckets.SHIFT << 2);
  let count = 0;
  const first = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.LOWEST << 2));
  const last = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2) - 1);
  const sizes = i32x4.splat(load<i32>(float32Buckets, Float32Buckets.SIZE << 2));
  const inside = i32x4.splat((1 << shift) - 1);
  const end = out + <usize>(m * n);
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    const norm = load<f64>(rows + (<usize>i << 4), RowNorms.NORM << 3);
    const residual = load<f64>(rows + (<usize>i << 4), RowNorms.RESIDUAL << 3);
    const norms = f32x4.splat(<f32>(norm * OUTWARD32));
    const residuals = f32x4.splat(<f32>(residual * OUTWARD32));
    for (let j = 0; j < n; j += 8) {
      const column = float32Columns + (<usize>j << 4);
      const at = row + (<usize>j << 2);
      const a = f32x4.mul(f32x4.convert_i32x4_s(v128.load(at)), v128.load(column));
      const b = f32x4.mul(f32x4.convert_i32x4_s(v128.load(at, 16)), v128.load(column, 64));
      const ea = boundOf(a, column, norms, residuals);
      const eb = boundOf(b, column + 64, norms, residuals);
      const lowA = f32x4.sub(a, ea), highA = f32x4.add(a, ea);
      const lowB = f32x4.sub(b, eb), highB = f32x4.add(b, eb);
      const keys = i16x8.narrow_i32x4_s(keysOf(lowA, shift, first, last, sizes), keysOf(lowB, shift, first, last, sizes));
      let eight = codesAt(table, keys);
      // both ends in one bucket agree in sign, exponent and the fraction bits of its key
      const apart = lanesOf(
        i32x4.gt_u(v128.xor(lowA, highA), inside),
        i32x4.gt_u(v128.xor(lowB, highB), inside),
      ) & channelMask(j, n);
      if (apart) {
        const others = codesAt(
          table, i16x8.narrow_i32x4_s(keysOf(highA, shift, first, last, sizes), keysOf(highB, shift, first, last, sizes)),
        );
        let doubtful = apart;
        while (doubtful) {
          const lane = ctz(doubtful);
          doubtful &= doubtful - 1;
          if (!(((eight ^ others) >>> <u64>(lane << 3)) & 0xff)) continue;
          const channel = j + lane;
          const bound = columns + (<usize>channel << 5);
          const exact = <f64>load<i32>(row + (<usize>channel << 2)) * load<f64>(bound, IntegerColumn.FACTOR << 3);
          const most = load<f64>(bound, IntegerColumn.WEIGHT_NORM << 3) * residual + load<f64>(bound, IntegerColumn.WEIGHT_RESIDUAL << 3) * norm + load<f64>(bound, IntegerColumn.BIAS_RESIDUAL << 3) + relative * abs(exact);
          const level = levelAt(exact, thresholds, buckets, lowest, size);
          eight = withCode(eight, lane, <u32>load<u8>(codes + level));
          const isInside = exact - most >= load<f64>(thresholds + (level << 3)) && exact + most < load<f64>(thresholds + (level << 3), 8);
          if (!isInside) {
            store<i32>(undecided + (<usize>count << 2), i * n + channel);
            count++;
          }
        }
      }
      keepEight(to + <usize>j, end, eight);
    }
  }
  return count;
}

/** The bound of four numbers, rounded up, of which `column` has the constants. */
@inline export function boundOf(y: v128, column: usize, norms: v128, residuals: v128): v128 {
  const left = f32x4.add(f32x4.mul(v128.load(column, 16), residuals), f32x4.mul(v128.load(column, 32), norms));
  return f32x4.add(f32x4.add(f32x4.mul(f32x4.abs(y), f32x4.splat(RELATIVE32)), v128.load(column, 48)), left);
}
