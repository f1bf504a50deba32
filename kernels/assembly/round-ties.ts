// Exact sums whose products with a factor are exact in float32 too: ties, which most of them can be where formats and
// scales have few bits, are decided sixteen at a time.
import { Float32Buckets } from '../layouts';
import { codesOfKeys, decide, keysOf, sixteenBits, sixteenMask } from './round-binades';
import { keepEight, reachesAll, ULPS } from './round-bytes';

/** Whether roundBinadesTies may be asked: ties go to the even code, and all of n factors are powers of two that float32 reaches. */
export function areTies(n: i32, factors: usize, float32Columns: usize, float32Buckets: usize): bool {
  if (!load<u32>(float32Buckets, Float32Buckets.TIES << 2)) return false;
  // the first factor tells of most layers
  for (let j = 0; j < n; j++) if (load<u64>(factors + (<usize>j << 3)) & 0x000fffffffffffff) return false;
  return reachesAll(n, float32Columns);
}

/** Where no bits are below the key. */
@inline function atEnds(a: v128, b: v128): v128 {
  return i16x8.eq(v128.shuffle<i16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14), i16x8.splat(0));
}

/** Sums that may be no float32 numbers. */
@inline function isLarge(sums: v128): v128 {
  return i32x4.ge_u(i32x4.abs(sums), i32x4.splat(1 << 24));
}

/** Where sums are no float32 numbers, and y, that comes of them, is within ULPS of an end of a bucket. */
@inline function isDoubtful(sums: v128, y: v128): v128 {
  const back = i32x4.trunc_sat_f32x4_s(f32x4.convert_i32x4_s(sums));
  // 2^31 − 1 comes back from 2^31, which it is rounded to
  const isRounded = v128.or(i32x4.ne(back, sums), i32x4.eq(sums, i32x4.splat(i32.MAX_VALUE)));
  const isNear = i32x4.lt_u(v128.and(i32x4.add(y, i32x4.splat(ULPS)), i32x4.splat(0xffff)), i32x4.splat(2 * ULPS));
  return v128.and(isRounded, isNear);
}

/**
 * roundBytesExact for outputs that have binades and whose ties go to the even code, of factors that are powers of two:
 * float32 has every y exactly, and of y at an end of a bucket the code is the even one of both sides.
 */
export function roundBinadesTies(
  m: i32, n: i32, stride: i32, c: usize, factors: usize, float32Columns: usize,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, out: usize,
): void {
  const binades = <usize>load<u32>(float32Buckets, Float32Buckets.BINADES << 2);
  const one = i8x16.splat(1), step = i16x8.splat(1), none = i16x8.splat(0);
  const end = out + <usize>(m * n);
  let i = 0, j = 0;
  while (i < m) {
    const row = i, first = j;
    j += 8;
    if (j >= n) {
      j = 0;
      i++;
    }
    const isPair = i < m;
    const second = isPair ? j : first;
    const sums = c + (<usize>(row * stride + first) << 2);
    const others = c + (<usize>((isPair ? i : row) * stride + second) << 2);
    const column = float32Columns + (<usize>first << 4);
    const next = float32Columns + (<usize>second << 4);
    const c0 = v128.load(sums), c1 = v128.load(sums, 16), c2 = v128.load(others), c3 = v128.load(others, 16);
    const y0 = f32x4.mul(f32x4.convert_i32x4_s(c0), v128.load(column));
    const y1 = f32x4.mul(f32x4.convert_i32x4_s(c1), v128.load(column, 64));
    const y2 = f32x4.mul(f32x4.convert_i32x4_s(c2), v128.load(next));
    const y3 = f32x4.mul(f32x4.convert_i32x4_s(c3), v128.load(next, 64));
    const low = keysOf(y0, y1), high = keysOf(y2, y3);
    let sixteen = codesOfKeys(binades, low, high);
    const ends = i8x16.narrow_i16x8_s(atEnds(y0, y1), atEnds(y2, y3));
    const odd = v128.and(ends, i8x16.eq(v128.and(sixteen, one), one));
    if (v128.any_true(odd)) {
      const below = codesOfKeys(binades, i16x8.sub(low, step), i16x8.sub(high, step));
      // nothing is below 0
      const zeros = i8x16.narrow_i16x8_s(i16x8.eq(low, none), i16x8.eq(high, none));
      sixteen = v128.bitselect(below, sixteen, v128.andnot(odd, zeros));
    }
    keepEight(out + <usize>(row * n + first), end, i64x2.extract_lane(sixteen, 0));
    if (isPair) keepEight(out + <usize>(i * n + second), end, i64x2.extract_lane(sixteen, 1));
    const large = v128.or(v128.or(isLarge(c0), isLarge(c1)), v128.or(isLarge(c2), isLarge(c3)));
    if (v128.any_true(large)) {
      const doubts = sixteenBits(isDoubtful(c0, y0), isDoubtful(c1, y1), isDoubtful(c2, y2), isDoubtful(c3, y3))
        & sixteenMask(first, isPair ? second : n, n);
      if (doubts) decide(
        doubts, row, i, first, second, n, stride, c, factors, thresholds, buckets, lowest, size, codes, out,
      );
    }
    if (isPair) {
      j += 8;
      if (j >= n) {
        j = 0;
        i++;
      }
    }
  }
}
