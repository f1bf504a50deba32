// Accumulators that act after every add, k ascending, eight outputs side by side: their chains of dependent steps
// overlap. Weights are packed in panels of 8 outputs, [n/8][k][8], padded with zeros.

/**
 * Every product and every sum rounded to a format of 8 bits, by tables u8 [256][256]: `product` [w][x], `sum`
 * [accumulator][product]. Codes x [m][k], weights u8 panels, `start` u8 [n] the bias' codes; accumulator codes to
 * `out` [m][paddedN].
 */
export function perOpBytes(
  m: i32, n: i32, k: i32, codes: usize, weights: usize, start: usize, product: usize, sum: usize, out: usize,
): void {
  const paddedN = (n + 7) & ~7;
  for (let i = 0; i < m; i++) {
    const row = codes + <usize>i * k;
    for (let j = 0; j < paddedN; j += 8) {
      let w = weights + <usize>j * k;
      const s = start + j;
      let a0 = <usize>load<u8>(s), a1 = <usize>load<u8>(s, 1), a2 = <usize>load<u8>(s, 2), a3 = <usize>load<u8>(s, 3);
      let a4 = <usize>load<u8>(s, 4), a5 = <usize>load<u8>(s, 5), a6 = <usize>load<u8>(s, 6), a7 = <usize>load<u8>(s, 7);
      for (let p: usize = 0; p < <usize>k; p++) {
        const by = product + <usize>load<u8>(row + p);
        a0 = <usize>load<u8>(sum + (a0 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w) << 8)));
        a1 = <usize>load<u8>(sum + (a1 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 1) << 8)));
        a2 = <usize>load<u8>(sum + (a2 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 2) << 8)));
        a3 = <usize>load<u8>(sum + (a3 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 3) << 8)));
        a4 = <usize>load<u8>(sum + (a4 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 4) << 8)));
        a5 = <usize>load<u8>(sum + (a5 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 5) << 8)));
        a6 = <usize>load<u8>(sum + (a6 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 6) << 8)));
        a7 = <usize>load<u8>(sum + (a7 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 7) << 8)));
        w += 8;
      }
      const o = out + <usize>i * paddedN + j;
      store<u8>(o, <u8>a0, 0);
      store<u8>(o, <u8>a1, 1);
      store<u8>(o, <u8>a2, 2);
      store<u8>(o, <u8>a3, 3);
      store<u8>(o, <u8>a4, 4);
      store<u8>(o, <u8>a5, 5);
      store<u8>(o, <u8>a6, 6);
      store<u8>(o, <u8>a7, 7);
    }
  }
}

/**
 * Sums in N-bit two's complement, −top .. top − 1 with top = 2^(N−1) ≤ 2^52, saturating after every add, the bias the
 * first. Operands are int32 steps whose products stay below 2^62: x through `table` i32 [256] by code, weights i32
 * panels; `start` float64 [n] the bias already held in range. Sums float64 to `out` [m][paddedN]; returns how many adds
 * overflowed.
 */
export function saturateSteps(
  m: i32, n: i32, k: i32, codes: usize, table: usize, weights: usize, start: usize, bits: i32, out: usize,
): f64 {
  const paddedN = (n + 7) & ~7;
  const top = <i64>1 << (bits - 1);
  let overflows: i64 = 0;
  for (let i = 0; i < m; i++) {
    const row = codes + <usize>i * k;
    for (let j = 0; j < n; j++) {
      let w = weights + ((<usize>(j & ~7) * k) << 2) + ((j & 7) << 2);
      let sum = <i64>load<f64>(start + (<usize>j << 3));
      for (let p: usize = 0; p < <usize>k; p++) {
        sum += <i64>load<i32>(table + (<usize>load<u8>(row + p) << 2)) * <i64>load<i32>(w);
        const held = max(min(sum, top - 1), -top);
        overflows += <i64>(held != sum);
        sum = held;
        w += 32;
      }
      store<f64>(out + (<usize>(i * paddedN + j) << 3), <f64>sum);
    }
  }
  return <f64>overflows;
}

/** The same, wrapping. */
export function wrapSteps(
  m: i32, n: i32, k: i32, codes: usize, table: usize, weights: usize, start: usize, bits: i32, out: usize,
): f64 {
  const paddedN = (n + 7) & ~7;
  const unused = <i64>(64 - bits);
  let overflows: i64 = 0;
  for (let i = 0; i < m; i++) {
    const row = codes + <usize>i * k;
    for (let j = 0; j < n; j++) {
      let w = weights + ((<usize>(j & ~7) * k) << 2) + ((j & 7) << 2);
      let sum = <i64>load<f64>(start + (<usize>j << 3));
      for (let p: usize = 0; p < <usize>k; p++) {
        sum += <i64>load<i32>(table + (<usize>load<u8>(row + p) << 2)) * <i64>load<i32>(w);
        const held = (sum << unused) >> unused;
        overflows += <i64>(held != sum);
        sum = held;
        w += 32;
      }
      store<f64>(out + (<usize>(i * paddedN + j) << 3), <f64>sum);
    }
  }
  return <f64>overflows;
}
