// Counting codes.

/**
 * Adds how often each code occurs to `counts` u32 [256]. Four tables side by side, so that runs of one code do not
 * wait for their own stores; `scratch` u32 [4][256] is cleared first.
 */
export function countBytes(n: i32, codes: usize, scratch: usize, counts: usize): void {
  memory.fill(scratch, 0, 4096);
  const whole = n & ~3;
  for (let i: usize = 0; i < <usize>whole; i += 4) {
    const four = load<u32>(codes + i);
    bump(scratch, four & 0xff);
    bump(scratch + 1024, (four >>> 8) & 0xff);
    bump(scratch + 2048, (four >>> 16) & 0xff);
    bump(scratch + 3072, four >>> 24);
  }
  for (let i = whole; i < n; i++) bump(scratch, load<u8>(codes + <usize>i));
  for (let at: usize = 0; at < 1024; at += 4) {
    const sum = load<u32>(scratch + at) + load<u32>(scratch + at, 1024) + load<u32>(scratch + at, 2048) + load<u32>(scratch + at, 3072);
    store<u32>(counts + at, load<u32>(counts + at) + sum);
  }
}

@inline function bump(table: usize, code: u32): void {
  const at = table + (<usize>code << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** How often `code` is among n codes of `bytes` 1, 2 or 4. */
export function countCode(n: i32, codes: usize, bytes: i32, code: i32): i32 {
  const whole = <usize>((n * bytes) & ~15);
  const wanted = bytes == 1 ? i8x16.splat(<i8>code) : bytes == 2 ? i16x8.splat(<i16>code) : i32x4.splat(code);
  let count = 0;
  for (let at: usize = 0; at < whole; at += 16) {
    const v = v128.load(codes + at);
    if (bytes == 1) count += popcnt(i8x16.bitmask(i8x16.eq(v, wanted)));
    else if (bytes == 2) count += popcnt(i16x8.bitmask(i16x8.eq(v, wanted)));
    else count += popcnt(i32x4.bitmask(i32x4.eq(v, wanted)));
  }
  for (let at = whole; at < <usize>(n * bytes); at += bytes) {
    const other = bytes == 1 ? <i32>load<u8>(codes + at) : bytes == 2 ? <i32>load<u16>(codes + at) : load<i32>(codes + at);
    count += <i32>(other == code);
  }
  return count;
}
