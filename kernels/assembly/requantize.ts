// From int32 sums [m][stride] to bytes [m][n]: a rounding shift right, before it for Jacob's scheme a multiplication, in
// integers throughout. A shift by e is a product with 2^-e in float64, where an int32 times 2^-31 plus a half is still
// exact; the rounding that follows is the only one. Results are held in low .. high before the zero point is added, so
// that nothing leaves int32. `scales` float64 [n] holds 2^-e of every channel, 0 ≤ e ≤ 31.

import { ShiftMode } from '../layouts';

/** Two numbers to integers as `rounding` says; a constant where this is inlined. */
@inline function rounded(y: v128, rounding: i32): v128 {
  const half = f64x2.splat(0.5);
  if (rounding == ShiftMode.HALF_UP) return f64x2.floor(f64x2.add(y, half));
  if (rounding == ShiftMode.HALF_AWAY) {
    return f64x2.trunc(f64x2.add(y, v128.or(half, v128.and(y, i64x2.splat(i64.MIN_VALUE)))));
  }
  if (rounding == ShiftMode.HALF_EVEN) return f64x2.nearest(y);
  return f64x2.floor(y);
}

/** Four int32 shifted right by their channels' amounts. */
@inline function shifted(v: v128, scales: usize, rounding: i32): v128 {
  const high = i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  const a = rounded(f64x2.mul(f64x2.convert_low_i32x4_s(v), v128.load(scales)), rounding);
  const b = rounded(f64x2.mul(f64x2.convert_low_i32x4_s(high), v128.load(scales, 16)), rounding);
  return i8x16.shuffle(
    i32x4.trunc_sat_f64x2_s_zero(a), i32x4.trunc_sat_f64x2_s_zero(b),
    0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
  );
}

/**
 * The high 32 bits of 2·v·w, halves rounded up: gemmlowp's SaturatingRoundingDoublingHighMul, whose one overflow,
 * (−2^31)·(−2^31), gives 2^31 − 1.
 */
@inline function doublingHigh(v: v128, w: v128): v128 {
  const nudge = i64x2.splat(<i64>1 << 30);
  const low = i64x2.shl(i64x2.add(i64x2.extmul_low_i32x4_s(v, w), nudge), 1);
  const high = i64x2.shl(i64x2.add(i64x2.extmul_high_i32x4_s(v, w), nudge), 1);
  const words = i8x16.shuffle(low, high, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  const least = i32x4.splat(i32.MIN_VALUE);
  const both = v128.and(i32x4.eq(v, least), i32x4.eq(w, least));
  // −2^31 less one is 2^31 − 1
  return i32x4.add(words, both);
}

/** The low bytes of four int32, the first `valid` of them to `to`. */
@inline function storeBytes(to: usize, v: v128, valid: i32): void {
  const packed = i8x16.shuffle(v, v, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  if (valid >= 4) {
    v128.store32_lane(to, packed, 0);
    return;
  }
  let word = i32x4.extract_lane(packed, 0);
  for (let lane = 0; lane < valid; lane++) {
    store<u8>(to + <usize>lane, <u8>word);
    word >>>= 8;
  }
}

@inline function shiftRows(
  m: i32, n: i32, stride: i32, sums: usize, scales: usize, rounding: i32, zero: i32, low: i32, high: i32, out: usize,
): void {
  const z = i32x4.splat(zero);
  const lo = i32x4.splat(low - zero);
  const hi = i32x4.splat(high - zero);
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    for (let j = 0; j < n; j += 4) {
      const v = shifted(v128.load(row + (<usize>j << 2)), scales + (<usize>j << 3), rounding);
      storeBytes(to + <usize>j, i32x4.add(i32x4.max_s(i32x4.min_s(v, hi), lo), z), n - j);
    }
  }
}

/** clamp(zero + round(sum / 2^e)). */
export function requantizeShift(
  m: i32, n: i32, stride: i32, sums: usize, scales: usize, rounding: i32, zero: i32, low: i32, high: i32, out: usize,
): void {
  if (rounding == ShiftMode.HALF_UP) shiftRows(m, n, stride, sums, scales, ShiftMode.HALF_UP, zero, low, high, out);
  else if (rounding == ShiftMode.HALF_AWAY) shiftRows(m, n, stride, sums, scales, ShiftMode.HALF_AWAY, zero, low, high, out);
  else if (rounding == ShiftMode.HALF_EVEN) shiftRows(m, n, stride, sums, scales, ShiftMode.HALF_EVEN, zero, low, high, out);
  else shiftRows(m, n, stride, sums, scales, ShiftMode.FLOOR, zero, low, high, out);
}

/** clamp(zero + (sum · multiplier / 2^31, rounded) / 2^e, halves away from zero); `multipliers` int32 [n]. */
export function requantizeMultiply(
  m: i32, n: i32, stride: i32, sums: usize, multipliers: usize, scales: usize,
  zero: i32, low: i32, high: i32, out: usize,
): void {
  const z = i32x4.splat(zero);
  const lo = i32x4.splat(low - zero);
  const hi = i32x4.splat(high - zero);
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    for (let j = 0; j < n; j += 4) {
      const product = doublingHigh(v128.load(row + (<usize>j << 2)), v128.load(multipliers + (<usize>j << 2)));
      const v = shifted(product, scales + (<usize>j << 3), ShiftMode.HALF_AWAY);
      storeBytes(to + <usize>j, i32x4.add(i32x4.max_s(i32x4.min_s(v, hi), lo), z), n - j);
    }
  }
}
