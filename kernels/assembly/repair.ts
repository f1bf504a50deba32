// Single dot products in float64, for outputs that a faster stage left open.

/**
 * For each index (row · n + column) of `open`: the sum of w · x and of |w · x| over k, float64 pairs into `sums`.
 * Activations are codes [m][k] of 8 bits through `table` float64 [256]; weights float64 [n][k]. Four sums side
 * by side, added at the end.
 */
export function dotsFloat64(
  count: i32, open: usize, n: i32, k: i32, codes: usize, table: usize, weights: usize, sums: usize,
): void {
  const even = k & ~1;
  for (let t = 0; t < count; t++) {
    const at = load<i32>(open + (<usize>t << 2));
    let x = codes + <usize>(at / n) * k;
    let w = weights + ((<usize>(at % n) * k) << 3);
    let sum = f64x2.splat(0);
    let magnitude = f64x2.splat(0);
    for (let p = 0; p < even; p += 2) {
      let values = v128.load64_zero(table + (<usize>load<u8>(x) << 3));
      values = v128.load64_lane(table + (<usize>load<u8>(x, 1) << 3), values, 1);
      const product = f64x2.mul(values, v128.load(w));
      sum = f64x2.add(sum, product);
      magnitude = f64x2.add(magnitude, f64x2.abs(product));
      x += 2;
      w += 16;
    }
    let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    let size = f64x2.extract_lane(magnitude, 0) + f64x2.extract_lane(magnitude, 1);
    if (even < k) {
      const product = load<f64>(table + (<usize>load<u8>(x) << 3)) * load<f64>(w);
      total += product;
      size += abs(product);
    }
    store<f64>(sums + (<usize>t << 4), total);
    store<f64>(sums + (<usize>t << 4), size, 8);
  }
}
