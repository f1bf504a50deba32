// Codes of integer formats of up to 16 bits (fixed point, affine) from float32 values, to the nearest, ties to even:
// the quotient x / lsb, rounded once by the division, is rounded to an integer, eight values at a time.

/** 2^-51: a division errs by 2^-53 of the quotient, the sum that tells a tie by no more. */
const ERROR = reinterpret<f64>(0x3cc0000000000000);

/**
 * float32 [n] to codes u16 [n], both readable and writable up to a multiple of 8: clamp(zeroPoint + round(x / lsb),
 * lowest, highest) & mask. `exact` is 1 where no quotient errs. |quotients| beyond `limit` count as it; |limit + zeroPoint|
 * is beyond both ends and below 2^31. Indices of NaN, ±Inf and values too near a tie for the quotient to tell go to
 * `undecided` int32 [n + 1]; returns how many.
 */
export function encodeIntegers(
  n: i32, values: usize, lsb: f64, exact: i32, limit: f64, zeroPoint: i32, lowest: i32, highest: i32, mask: i32,
  out: usize, undecided: usize,
): i32 {
  const lsbs = f64x2.splat(lsb);
  const error = f64x2.splat(exact ? 0 : ERROR);
  const most = f64x2.splat(limit);
  const least = f64x2.splat(-limit);
  const zero = i32x4.splat(zeroPoint);
  const low = i32x4.splat(lowest);
  const high = i32x4.splat(highest);
  const bits = i32x4.splat(mask);
  let count = 0;
  for (let i: usize = 0; i < <usize>n; i += 8) {
    const from = values + (i << 2);
    const x = v128.load(from, 0);
    const y = v128.load(from, 16);
    const a = quotients(x, lsbs, least, most);
    const b = quotients(i64x2.shuffle(x, x, 1, 0), lsbs, least, most);
    const c = quotients(y, lsbs, least, most);
    const d = quotients(i64x2.shuffle(y, y, 1, 0), lsbs, least, most);
    const first = coded(a, b, zero, low, high, bits);
    const second = coded(c, d, zero, low, high, bits);
    v128.store(out + (i << 1), i16x8.narrow_i32x4_u(first, second));
    const unclear = v128.or(v128.or(unclearOf(a, error), unclearOf(b, error)), v128.or(unclearOf(c, error), unclearOf(d, error)));
    const finite = v128.and(finiteOf(x), finiteOf(y));
    if (v128.any_true(v128.or(unclear, v128.not(finite)))) {
      const end = min<usize>(i + 8, <usize>n);
      for (let at = i; at < end; at++) {
        const value = <f64>load<f32>(values + (at << 2));
        const q = min(max(value / lsb, -limit), limit);
        const clear = abs(q - nearest(q)) + abs(q) * (exact ? 0 : ERROR) <= 0.5;
        store<i32>(undecided + (<usize>count << 2), <i32>at);
        count += <i32>!(clear && abs(value) < Infinity);
      }
    }
  }
  return count;
}

@inline function finiteOf(x: v128): v128 {
  return f32x4.lt(f32x4.abs(x), f32x4.splat(Infinity));
}

@inline function quotients(x: v128, lsbs: v128, least: v128, most: v128): v128 {
  return f64x2.min(f64x2.max(f64x2.div(f64x2.promote_low_f32x4(x), lsbs), least), most);
}

@inline function coded(a: v128, b: v128, zero: v128, low: v128, high: v128, bits: v128): v128 {
  const integers = i64x2.shuffle(i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(a)), i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(b)), 0, 2);
  return v128.and(i32x4.min_s(i32x4.max_s(i32x4.add(integers, zero), low), high), bits);
}

/** Ones where a quotient is NaN, or nearer to half an integer than it may err. */
@inline function unclearOf(q: v128, error: v128): v128 {
  const gap = f64x2.abs(f64x2.sub(q, f64x2.nearest(q)));
  return v128.not(f64x2.le(f64x2.add(gap, f64x2.mul(f64x2.abs(q), error)), f64x2.splat(0.5)));
}
