// From rows of 8-bit codes to the packed panels of the int16 GEMM, and the norms that bound what it leaves out.

/**
 * Codes [m][k] through an int16 `table` [256] into panels [m/4][kPadded/2][4][2]. m is a multiple of 4 (the
 * caller pads rows); kPadded is k rounded up to even, the last value 0 where k is odd.
 */
export function packInt16(m: i32, k: i32, codes: usize, table: usize, out: usize): void {
  const whole = k & ~1;
  let to = out;
  for (let i = 0; i < m; i += 4) {
    const r0 = codes + <usize>i * k;
    const r1 = r0 + k;
    const r2 = r1 + k;
    const r3 = r2 + k;
    for (let p: usize = 0; p < <usize>whole; p += 2) {
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r0 + p) << 1)), 0);
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r0 + p, 1) << 1)), 2);
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r1 + p) << 1)), 4);
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r1 + p, 1) << 1)), 6);
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r2 + p) << 1)), 8);
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r2 + p, 1) << 1)), 10);
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r3 + p) << 1)), 12);
      store<i16>(to, load<i16>(table + (<usize>load<u8>(r3 + p, 1) << 1)), 14);
      to += 16;
    }
    if (whole < k) {
      const p = <usize>whole;
      store<i32>(to, <i32>load<u16>(table + (<usize>load<u8>(r0 + p) << 1)), 0);
      store<i32>(to, <i32>load<u16>(table + (<usize>load<u8>(r1 + p) << 1)), 4);
      store<i32>(to, <i32>load<u16>(table + (<usize>load<u8>(r2 + p) << 1)), 8);
      store<i32>(to, <i32>load<u16>(table + (<usize>load<u8>(r3 + p) << 1)), 12);
      to += 16;
    }
  }
}

/** Sums over each row of codes [m][k] of two float64 tables [256] (squares of values and of what is left out). */
export function sumTables(m: i32, k: i32, codes: usize, first: usize, second: usize, out: usize): void {
  for (let i = 0; i < m; i++) {
    const row = codes + <usize>i * k;
    let a: f64 = 0;
    let b: f64 = 0;
    for (let p: usize = 0; p < <usize>k; p++) {
      const at = <usize>load<u8>(row + p) << 3;
      a += load<f64>(first + at);
      b += load<f64>(second + at);
    }
    store<f64>(out + (<usize>i << 4), a);
    store<f64>(out + (<usize>i << 4), b, 8);
  }
}

/** Rows of float64 [m][k] into panels of 4, [m/4][k][4]. */
export function packFloat64(m: i32, k: i32, rows: usize, out: usize): void {
  let to = out;
  for (let i = 0; i < m; i += 4) {
    const r0 = rows + ((<usize>i * k) << 3);
    const step = <usize>k << 3;
    for (let p: usize = 0; p < step; p += 8) {
      store<f64>(to, load<f64>(r0 + p), 0);
      store<f64>(to, load<f64>(r0 + step + p), 8);
      store<f64>(to, load<f64>(r0 + 2 * step + p), 16);
      store<f64>(to, load<f64>(r0 + 3 * step + p), 24);
      to += 32;
    }
  }
}
