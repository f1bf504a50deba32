// From exact integer sums to codes whose scale is a power of two: x · factor + addend, shifted right, held in a range. The
// sums of wide weights come in slices: x = Σ_j sums_j · 2^(width·j).

/** Two of the sums, from lane 0 or 2 of four, as float64. */
@inline function pairOf(v: v128, high: bool): v128 {
  return f64x2.convert_low_i32x4_s(high ? i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15) : v);
}

/**
 * clamp(⌊(x · factor + addend) · scale⌋) as int16 [m][n]; int32 sums [m][stride] of every slice `sliceBytes` apart, `unit` is
 * 2^width, `factors` and `addends` float64 [stride] integers, `scale` 2^−right. Exact where every magnitude before the scaling,
 * the slices' included, is below 2^53. Up to 6 bytes behind the last code are written.
 */
export function shiftSumsFloat64(
  m: i32, n: i32, stride: i32, sums: usize, slices: i32, sliceBytes: i32, unit: f64, factors: usize, addends: usize,
  scale: f64, low: i32, high: i32, out: usize,
): void {
  const least = f64x2.splat(<f64>low), most = f64x2.splat(<f64>high);
  const step = f64x2.splat(unit), right = f64x2.splat(scale);
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    const to = out + (<usize>(i * n) << 1);
    for (let j = 0; j < n; j += 4) {
      const at = row + (<usize>j << 2);
      let v = v128.load(at + <usize>((slices - 1) * sliceBytes));
      let a = pairOf(v, false), b = pairOf(v, true);
      for (let slice = slices - 2; slice >= 0; slice--) {
        v = v128.load(at + <usize>(slice * sliceBytes));
        a = f64x2.add(f64x2.mul(a, step), pairOf(v, false));
        b = f64x2.add(f64x2.mul(b, step), pairOf(v, true));
      }
      const f = factors + (<usize>j << 3), s = addends + (<usize>j << 3);
      a = f64x2.floor(f64x2.mul(f64x2.add(f64x2.mul(a, v128.load(f)), v128.load(s)), right));
      b = f64x2.floor(f64x2.mul(f64x2.add(f64x2.mul(b, v128.load(f, 16)), v128.load(s, 16)), right));
      a = f64x2.pmin(f64x2.pmax(a, least), most);
      b = f64x2.pmin(f64x2.pmax(b, least), most);
      const codes = i8x16.shuffle(
        i32x4.trunc_sat_f64x2_s_zero(a), i32x4.trunc_sat_f64x2_s_zero(b),
        0, 1, 4, 5, 16, 17, 20, 21, 0, 1, 4, 5, 16, 17, 20, 21,
      );
      v128.store64_lane(to + (<usize>j << 1), codes, 0);
    }
  }
}

/** The same with int64 `factors` and `addends`: clamp((x · factor + addend) >> right), every magnitude below 2^63. */
export function shiftSumsInt64(
  m: i32, n: i32, stride: i32, sums: usize, slices: i32, sliceBytes: i32, width: i32, factors: usize, addends: usize,
  right: i32, low: i32, high: i32, out: usize,
): void {
  let to = out;
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    for (let j = 0; j < n; j++) {
      let x: i64 = 0;
      for (let slice = slices - 1; slice >= 0; slice--) {
        x = (x << <i64>width) + <i64>load<i32>(row + (<usize>j << 2) + <usize>(slice * sliceBytes));
      }
      const at = <usize>j << 3;
      const code = (x * load<i64>(factors + at) + load<i64>(addends + at)) >> <i64>right;
      store<i16>(to, <i16>max(min(code, <i64>high), <i64>low));
      to += 2;
    }
  }
}
