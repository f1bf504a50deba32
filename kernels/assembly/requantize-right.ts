// gemmlowp's requantization four sums at a time, for the multipliers that networks have: below 1. No float here.

/** The high words of two vectors of int64. */
@inline function highWords(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

/** (y · 2^(30 − right)) / 2^30, halves away from 0, of two products: what is negative loses the least before halves go up. */
@inline function divided(product: v128): v128 {
  const sign = i64x2.shr_s(product, 63);
  return i64x2.shl(i64x2.add(i64x2.add(product, sign), i64x2.splat(<i64>1 << 29)), 2);
}

/**
 * As requantizeTwice where every shift is −30 … 0 and no multiplier is negative: `rights` int32 [stride] holds 2^(30 + shift) in
 * place of the shift, `multipliers` are [stride]. Up to 3 bytes behind the last code are written.
 */
export function requantizeTwiceRight(
  m: i32, n: i32, stride: i32, sums: usize, multipliers: usize, rights: usize, zero: i32, low: i32, high: i32, out: usize,
): void {
  const nudge = i64x2.splat(<i64>1 << 30);
  const least = i32x4.splat(low - zero), most = i32x4.splat(high - zero), z = i32x4.splat(zero);
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    for (let j = 0; j < n; j += 4) {
      const at = <usize>j << 2;
      const v = v128.load(row + at), w = v128.load(multipliers + at), r = v128.load(rights + at);
      const y = highWords(
        i64x2.shl(i64x2.add(i64x2.extmul_low_i32x4_s(v, w), nudge), 1),
        i64x2.shl(i64x2.add(i64x2.extmul_high_i32x4_s(v, w), nudge), 1),
      );
      const rounded = highWords(divided(i64x2.extmul_low_i32x4_s(y, r)), divided(i64x2.extmul_high_i32x4_s(y, r)));
      const codes = i32x4.add(i32x4.max_s(i32x4.min_s(rounded, most), least), z);
      v128.store32_lane(to + <usize>j, i8x16.shuffle(codes, codes, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), 0);
    }
  }
}
