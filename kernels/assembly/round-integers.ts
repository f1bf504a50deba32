// Rounding of exact integer sums to integer formats of up to 8 bits under any scale: eight at a time in float32, which
// rounds to the nearest integer by itself; in float64 what lies too near to a half for float32 to tell.
import { keepEight, levelAt, reachesAll, withCode } from './round-bytes';

/** Further from 0 than any code of 8 bits is from any zero point. */
const FARTHEST: f32 = 1023;
/** 3 · 2^22: numbers up to 2^22 that are added to it are rounded to integers, which the low bits of the sum then are. */
const ROUNDING: f32 = 12582912;
const ROUNDING_BITS = 0x4b400000;
/** 4 units in the last place of numbers below 1024 are 2^-12: this far from a half float32 is right. */
const CLEAR: f32 = 0.5 - 0.00048828125;

/**
 * c int32 [m][stride], stride a multiple of 8, to codes u8 [m][n]: clamp(zeroPoint + round(factor[j] · c / ulp), lowest,
 * highest) & mask, to nearest, ties as the thresholds have them; `inverse` is 1 / ulp, a power of two. factor · c is exact in
 * float64; factors, float32Columns, thresholds and what follows as roundBytesExact takes them.
 */
export function roundIntegersExact(
  m: i32, n: i32, stride: i32, c: usize, factors: usize, float32Columns: usize,
  inverse: f64, zeroPoint: i32, least: i32, most: i32, mask: i32,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, out: usize,
): void {
  const unit = f32x4.splat(<f32>inverse);
  const clear = f32x4.splat(reachesAll(n, float32Columns) ? CLEAR : -1);
  const rounding = f32x4.splat(ROUNDING);
  const zero = i32x4.splat(zeroPoint - ROUNDING_BITS);
  const lowCode = i32x4.splat(least);
  const highCode = i32x4.splat(most);
  const bits = i32x4.splat(mask);
  const end = out + <usize>(m * n);
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    for (let j = 0; j < n; j += 8) {
      const column = float32Columns + (<usize>j << 4);
      const at = row + (<usize>j << 2);
      const a = stepsOf(v128.load(at), v128.load(column), unit);
      const b = stepsOf(v128.load(at, 16), v128.load(column, 64), unit);
      const roundedA = f32x4.add(a, rounding);
      const roundedB = f32x4.add(b, rounding);
      const both = i16x8.narrow_i32x4_s(
        codesOf(roundedA, zero, lowCode, highCode, bits), codesOf(roundedB, zero, lowCode, highCode, bits),
      );
      let eight: u64 = i64x2.extract_lane(i8x16.narrow_i16x8_u(both, both), 0);
      const doubts = i16x8.bitmask(i16x8.narrow_i32x4_s(
        f32x4.gt(f32x4.abs(f32x4.sub(a, f32x4.sub(roundedA, rounding))), clear),
        f32x4.gt(f32x4.abs(f32x4.sub(b, f32x4.sub(roundedB, rounding))), clear),
      ));
      let undecided = j + 8 <= n ? doubts : doubts & ((1 << (n - j)) - 1);
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

/** Sums in units of the format, as far as codes go. */
@inline function stepsOf(sums: v128, factors: v128, unit: v128): v128 {
  const steps = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sums), factors), unit);
  return f32x4.pmin(f32x4.pmax(steps, f32x4.splat(-FARTHEST)), f32x4.splat(FARTHEST));
}

@inline function codesOf(rounded: v128, zero: v128, least: v128, most: v128, bits: v128): v128 {
  return v128.and(i32x4.min_s(i32x4.max_s(i32x4.add(rounded, zero), least), most), bits);
}
