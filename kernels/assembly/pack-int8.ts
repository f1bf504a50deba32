/**
 * Codes [m][k] through a `table` of bytes [256] into panels [m/4][kPadded/4][4][4], kPadded = k rounded up to 4. The
 * bytes past k are 0. m is a multiple of 4 (the caller pads rows).
 */
export function packInt8(m: i32, k: i32, codes: usize, table: usize, out: usize): void {
  const whole = <usize>(k & ~3);
  const remainder = k & 3;
  for (let i = 0; i < m; i++) {
    const from = codes + <usize>i * k;
    const panel = out + <usize>(i >> 2) * <usize>((k + 3) >> 2 << 4);
    let to = panel + (<usize>(i & 3) << 2);
    for (let p: usize = 0; p < whole; p += 4) {
      const four = load<u32>(from + p);
      store<u32>(
        to,
        <u32>load<u8>(table + (four & 0xff)) |
          (<u32>load<u8>(table + ((four >>> 8) & 0xff)) << 8) |
          (<u32>load<u8>(table + ((four >>> 16) & 0xff)) << 16) |
          (<u32>load<u8>(table + (four >>> 24)) << 24),
      );
      to += 16;
    }
    if (remainder) {
      let last: u32 = 0;
      for (let p = remainder - 1; p >= 0; p--) last = (last << 8) | <u32>load<u8>(table + <usize>load<u8>(from + whole + p));
      store<u32>(to, last);
    }
  }
}
