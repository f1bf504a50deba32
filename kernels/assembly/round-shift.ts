// Rounding of exact integer sums to integer formats of up to 8 bits, where an ulp is 2^shift of the sums': fixed point
// and affine under scales that are powers of two. Integers alone, four at a time; ties to even.

/** Steps further from 0 than any code of 8 bits is from any zero point, and few enough for 20 bits below them. */
const FARTHEST = 1023;

/**
 * c int32 [m][stride], stride a multiple of 4, to codes u8 [m][n]: clamp(zeroPoint + round(c / 2^shift), lowest,
 * highest) & mask; shift 0 .. 20.
 */
export function roundShift(
  m: i32, n: i32, stride: i32, c: usize, shift: i32, zeroPoint: i32, lowest: i32, highest: i32, mask: i32, out: usize,
): void {
  const most = i32x4.splat(FARTHEST << shift);
  const least = i32x4.splat(-(FARTHEST << shift));
  // 2^(shift − 1) − 1, to which the lowest bit kept is added: more than half goes up, half where that bit is 1
  const half = i32x4.splat(shift == 0 ? 0 : (1 << (shift - 1)) - 1);
  const one = i32x4.splat(shift == 0 ? 0 : 1);
  const zero = i32x4.splat(zeroPoint);
  const low = i32x4.splat(lowest);
  const high = i32x4.splat(highest);
  const bits = i32x4.splat(mask);
  const end = out + <usize>(m * n);
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = out + <usize>(i * n);
    let j = 0;
    for (; j + 16 <= n; j += 16) {
      const from = row + (<usize>j << 2);
      const a = four(v128.load(from, 0), shift, least, most, half, one, zero, low, high, bits);
      const b = four(v128.load(from, 16), shift, least, most, half, one, zero, low, high, bits);
      const d = four(v128.load(from, 32), shift, least, most, half, one, zero, low, high, bits);
      const e = four(v128.load(from, 48), shift, least, most, half, one, zero, low, high, bits);
      v128.store(to + <usize>j, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(d, e)));
    }
    for (; j < n; j += 4) {
      const a = four(v128.load(row + (<usize>j << 2)), shift, least, most, half, one, zero, low, high, bits);
      const narrow = i16x8.narrow_i32x4_s(a, a);
      let codes = <u32>i32x4.extract_lane(i8x16.narrow_i16x8_u(narrow, narrow), 0);
      const at = to + <usize>j;
      // what is stored behind a row's end is overwritten by the next row
      if (at + 4 <= end) store<u32>(at, codes);
      else {
        for (let byte = at; byte < end; byte++) {
          store<u8>(byte, <u8>codes);
          codes >>>= 8;
        }
      }
    }
  }
}

@inline function four(
  sums: v128, shift: i32, least: v128, most: v128, half: v128, one: v128, zero: v128, low: v128, high: v128, bits: v128,
): v128 {
  const kept = i32x4.min_s(i32x4.max_s(sums, least), most);
  const odd = v128.and(i32x4.shr_s(kept, shift), one);
  const rounded = i32x4.shr_s(i32x4.add(i32x4.add(kept, half), odd), shift);
  return v128.and(i32x4.min_s(i32x4.max_s(i32x4.add(rounded, zero), low), high), bits);
}
