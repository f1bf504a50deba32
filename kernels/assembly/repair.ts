// Single dot products in float64, for outputs that a faster stage left open.

@inline function codeAt(codes: usize, bytes: i32, p: usize): usize {
  return bytes == 1 ? <usize>load<u8>(codes + p) : <usize>load<u16>(codes + (p << 1));
}

/** One row of codes of `bytes` 1 or 2 through a float64 `table`, [k]; returns its norm in float64, k + 2 roundings. */
@inline function decodeRow(k: usize, codes: usize, bytes: i32, table: usize, values: usize): f64 {
  const even = k & ~1;
  let squares = f64x2.splat(0);
  for (let p: usize = 0; p < even; p += 2) {
    let two = v128.load64_zero(table + (codeAt(codes, bytes, p) << 3));
    two = v128.load64_lane(table + (codeAt(codes, bytes, p + 1) << 3), two, 1);
    v128.store(values + (p << 3), two);
    squares = f64x2.add(squares, f64x2.mul(two, two));
  }
  let sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  if (even < k) {
    const last = load<f64>(table + (codeAt(codes, bytes, even) << 3));
    store<f64>(values + (even << 3), last);
    sum += last * last;
  }
  return sqrt(sum);
}

/**
 * For each index (row · n + column) of `open`: the sum of w · x over k, and the norm of x, float64 pairs into `sums`.
 * Activations are codes [m][k] of `bytes` 1 or 2 through `table`, a row decoded into `values` [k] once for all its
 * neighbours in the list; weights float64 [n][k]. Eight sums side by side, added at the end.
 */
export function dotsFloat64(
  count: i32, open: usize, n: i32, k: i32, codes: usize, bytes: i32, table: usize, weights: usize, values: usize,
  sums: usize,
): void {
  const eights = <usize>(k & ~7) << 3;
  const all = <usize>k << 3;
  let decoded = -1;
  let norm: f64 = 0;
  for (let t = 0; t < count; t++) {
    const at = load<i32>(open + (<usize>t << 2));
    const row = at / n;
    if (row != decoded) {
      norm = decodeRow(k, codes + <usize>row * k * bytes, bytes, table, values);
      decoded = row;
    }
    const w = weights + ((<usize>(at - row * n) * k) << 3);
    let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
    for (let p: usize = 0; p < eights; p += 64) {
      s0 = f64x2.add(s0, f64x2.mul(v128.load(values + p), v128.load(w + p)));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(values + p, 16), v128.load(w + p, 16)));
      s2 = f64x2.add(s2, f64x2.mul(v128.load(values + p, 32), v128.load(w + p, 32)));
      s3 = f64x2.add(s3, f64x2.mul(v128.load(values + p, 48), v128.load(w + p, 48)));
    }
    const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
    let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
    for (let p = eights; p < all; p += 8) sum += load<f64>(values + p) * load<f64>(w + p);
    store<f64>(sums + (<usize>t << 4), sum);
    store<f64>(sums + (<usize>t << 4), norm, 8);
  }
}
