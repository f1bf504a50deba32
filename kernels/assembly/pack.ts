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

/**
 * Codes [m][k] of `bytes` 1 or 2 through a float64 `table` into panels of 4, [m/4][k][4], and the sum of squares of
 * every row, float64 [m]. m is a multiple of 4.
 */
export function packTableFloat64(m: i32, k: i32, codes: usize, bytes: i32, table: usize, out: usize, squares: usize): void {
  let to = out;
  const step = <usize>(k * bytes);
  for (let i = 0; i < m; i += 4) {
    let from = codes + <usize>i * step;
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let p = 0; p < k; p++) {
      let a: v128;
      let b: v128;
      if (bytes == 1) {
        a = v128.load64_zero(table + (<usize>load<u8>(from) << 3));
        a = v128.load64_lane(table + (<usize>load<u8>(from + step) << 3), a, 1);
        b = v128.load64_zero(table + (<usize>load<u8>(from + 2 * step) << 3));
        b = v128.load64_lane(table + (<usize>load<u8>(from + 3 * step) << 3), b, 1);
      } else {
        a = v128.load64_zero(table + (<usize>load<u16>(from) << 3));
        a = v128.load64_lane(table + (<usize>load<u16>(from + step) << 3), a, 1);
        b = v128.load64_zero(table + (<usize>load<u16>(from + 2 * step) << 3));
        b = v128.load64_lane(table + (<usize>load<u16>(from + 3 * step) << 3), b, 1);
      }
      low = f64x2.add(low, f64x2.mul(a, a));
      high = f64x2.add(high, f64x2.mul(b, b));
      v128.store(to, a);
      v128.store(to, b, 16);
      from += bytes;
      to += 32;
    }
    v128.store(squares + (<usize>i << 3), low);
    v128.store(squares + (<usize>i << 3), high, 16);
  }
}

/** Codes [m][k] of `bytes` 1 or 2 through a float32 `table` into panels of 4, [m/4][k][4]; m is a multiple of 4. */
export function packTableFloat32(m: i32, k: i32, codes: usize, bytes: i32, table: usize, out: usize): void {
  let to = out;
  const step = <usize>(k * bytes);
  for (let i = 0; i < m; i += 4) {
    let from = codes + <usize>i * step;
    for (let p = 0; p < k; p++) {
      for (let r: usize = 0; r < 4; r++) {
        const at = from + r * step;
        const code = bytes == 1 ? <usize>load<u8>(at) : <usize>load<u16>(at);
        store<f32>(to + (r << 2), load<f32>(table + (code << 2)));
      }
      from += bytes;
      to += 16;
    }
  }
}

/** float32 [n] to float64. */
export function promoteFloat32(n: i32, values: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) store<f64>(out + (i << 3), <f64>load<f32>(values + (i << 2)));
}
