// Which codes occur, and how often.

/** By the upper half of a code the bit of its set: of codes below 128, and from there on. */
const BELOW: v128 = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
const ABOVE: v128 = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, -128);

/**
 * The codes of 8 bits that occur, as a set u8 [2][16]: bit (code >> 4) & 7 of byte code & 15, of the second sixteen bytes
 * for codes from 128 on. Sixteen codes are looked up in it at a time; at most 256 of them are new.
 */
export function usedBytes(n: i32, codes: usize, set: usize): void {
  let low = i8x16.splat(0), high = i8x16.splat(0);
  v128.store(set, low);
  v128.store(set, high, 16);
  const whole = <usize>(n & ~15);
  for (let at: usize = 0; at < whole; at += 16) {
    const sixteen = v128.load(codes + at);
    const lower = v128.and(sixteen, i8x16.splat(15));
    const upper = v128.and(i16x8.shr_u(sixteen, 4), i8x16.splat(15));
    const known = v128.or(
      v128.and(i8x16.swizzle(low, lower), i8x16.swizzle(BELOW, upper)),
      v128.and(i8x16.swizzle(high, lower), i8x16.swizzle(ABOVE, upper)),
    );
    let news = i8x16.bitmask(i8x16.eq(known, i8x16.splat(0)));
    if (!news) continue;
    for (; news; news &= news - 1) mark(set, load<u8>(codes + at + <usize>ctz(news)));
    low = v128.load(set);
    high = v128.load(set, 16);
  }
  for (let at = whole; at < <usize>n; at++) mark(set, load<u8>(codes + at));
}

@inline function mark(set: usize, code: u32): void {
  const at = set + <usize>((code & 15) + ((code >>> 7) << 4));
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>((code >>> 4) & 7)));
}

/** How often `code` is among n codes of `bytes` 1, 2 or 4. */
export function countCode(n: i32, codes: usize, bytes: i32, code: i32): i32 {
  const whole = <usize>((n * bytes) & ~15);
  const wanted = bytes == 1 ? i8x16.splat(<i8>code) : bytes == 2 ? i16x8.splat(<i16>code) : i32x4.splat(code);
  let count = bytes == 1 ? countBytes(whole, codes, wanted) : 0;
  if (bytes > 1) {
    for (let at: usize = 0; at < whole; at += 16) {
      const v = v128.load(codes + at);
      if (bytes == 2) count += popcnt(i16x8.bitmask(i16x8.eq(v, wanted)));
      else count += popcnt(i32x4.bitmask(i32x4.eq(v, wanted)));
    }
  }
  for (let at = whole; at < <usize>(n * bytes); at += bytes) {
    const other = bytes == 1 ? <i32>load<u8>(codes + at) : bytes == 2 ? <i32>load<u16>(codes + at) : load<i32>(codes + at);
    count += <i32>(other == code);
  }
  return count;
}

/** Vectors whose matches a byte can count. */
const MOST_VECTORS = 255;

/** How often a byte is among n others, n a multiple of 16. */
@inline function countBytes(n: usize, codes: usize, wanted: v128): i32 {
  let sums = i32x4.splat(0);
  let at: usize = 0;
  while (at < n) {
    const end = min(n, at + MOST_VECTORS * 16);
    let matches = i8x16.splat(0);
    for (; at < end; at += 16) matches = i8x16.sub(matches, i8x16.eq(v128.load(codes + at), wanted));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(matches)));
  }
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}
