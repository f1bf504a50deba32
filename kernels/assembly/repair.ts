// Single dot products in float64, for outputs that a faster stage left undecided.
import { DotPair } from '../layouts';

@inline function codeAt(codes: usize, bytes: i32, p: usize): usize {
  return bytes == 1 ? <usize>load<u8>(codes + p) : <usize>load<u16>(codes + (p << 1));
}

/** One row of codes of `bytes` 1 or 2 through a float64 `table` to `values` [k]. */
@inline function decodeRow(k: usize, codes: usize, bytes: i32, table: usize, values: usize): void {
  let p: usize = 0;
  if (bytes == 1) {
    for (; p + 8 <= k; p += 8) {
      const eight = load<u64>(codes + p);
      const to = values + (p << 3);
      store<f64>(to, load<f64>(table + <usize>((eight & 0xff) << 3)));
      store<f64>(to, load<f64>(table + <usize>((eight >> 5) & 0x7f8)), 8);
      store<f64>(to, load<f64>(table + <usize>((eight >> 13) & 0x7f8)), 16);
      store<f64>(to, load<f64>(table + <usize>((eight >> 21) & 0x7f8)), 24);
      store<f64>(to, load<f64>(table + <usize>((eight >> 29) & 0x7f8)), 32);
      store<f64>(to, load<f64>(table + <usize>((eight >> 37) & 0x7f8)), 40);
      store<f64>(to, load<f64>(table + <usize>((eight >> 45) & 0x7f8)), 48);
      store<f64>(to, load<f64>(table + <usize>((eight >> 53) & 0x7f8)), 56);
    }
  }
  for (; p < k; p++) store<f64>(values + (p << 3), load<f64>(table + (codeAt(codes, bytes, p) << 3)));
}

/** Σ a·b over k: eight sums side by side, added at the end. */
@inline function dot(k: usize, a: usize, b: usize): f64 {
  const eights = (k & ~7) << 3;
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
  for (let p: usize = 0; p < eights; p += 64) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(a + p), v128.load(b + p)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(a + p, 16), v128.load(b + p, 16)));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(a + p, 32), v128.load(b + p, 32)));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(a + p, 48), v128.load(b + p, 48)));
  }
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (let p = eights; p < k << 3; p += 8) sum += load<f64>(a + p) * load<f64>(b + p);
  return sum;
}

@inline function twoOf(table: usize, codes: usize): v128 {
  const first = <usize>load<u8>(codes) << 3;
  const second = <usize>load<u8>(codes, 1) << 3;
  return v128.load64_lane(table + second, v128.load64_zero(table + first), 1);
}

/** The same sum of codes of 8 bits through `table`, term by term, where no other dot product takes their values. */
@inline function dotOfCodes(k: usize, codes: usize, table: usize, b: usize): f64 {
  const eights = k & ~7;
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
  for (let p: usize = 0; p < eights; p += 8) {
    const from = codes + p;
    const at = b + (p << 3);
    s0 = f64x2.add(s0, f64x2.mul(twoOf(table, from), v128.load(at)));
    s1 = f64x2.add(s1, f64x2.mul(twoOf(table, from + 2), v128.load(at, 16)));
    s2 = f64x2.add(s2, f64x2.mul(twoOf(table, from + 4), v128.load(at, 32)));
    s3 = f64x2.add(s3, f64x2.mul(twoOf(table, from + 6), v128.load(at, 48)));
  }
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (let p = eights; p < k; p++) {
    sum += load<f64>(table + (<usize>load<u8>(codes + p) << 3)) * load<f64>(b + (p << 3));
  }
  return sum;
}

/**
 * For each index (row · n + column) of `undecided`: the sum of w · x over k, and the norm of x, float64 pairs into `sums`.
 * Activations are codes [m][k] of `bytes` 1 or 2 through `table`, a row decoded into `values` [k] once for all its
 * neighbours in the list; weights float64 [n][k]. `bound`: pointer of a float64 that then stands for the norm of every row, or 0.
 */
export function dotsFloat64(
  count: i32, undecided: usize, n: i32, k: i32, codes: usize, bytes: i32, table: usize, weights: usize, values: usize,
  bound: usize, sums: usize,
): void {
  let norm: f64 = bound == 0 ? 0 : load<f64>(bound);
  let decoded = -1;
  let row = count > 0 ? load<i32>(undecided) / n : 0;
  for (let t = 0; t < count; t++) {
    const at = load<i32>(undecided + (<usize>t << 2));
    const next = t + 1 < count ? load<i32>(undecided + (<usize>t << 2), 4) / n : -1;
    const rowCodes = codes + <usize>row * k * bytes;
    const column = weights + ((<usize>(at - row * n) * k) << 3);
    let sum: f64;
    if (bound != 0 && bytes == 1 && row != decoded && row != next) {
      sum = dotOfCodes(k, rowCodes, table, column);
    } else {
      if (row != decoded) {
        decodeRow(k, rowCodes, bytes, table, values);
        if (bound == 0) norm = sqrt(dot(k, values, values));
        decoded = row;
      }
      sum = dot(k, values, column);
    }
    store<f64>(sums + (<usize>t << 4), sum, DotPair.SUM << 3);
    store<f64>(sums + (<usize>t << 4), norm, DotPair.NORM << 3);
    row = next;
  }
}
