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

/** What the first factors of a dot product are: float64 values, or codes of 8 bits, whose values a table has. */
const VALUES = 0;
const CODES = 1;

/** Two of them side by side, place `p` and the next. */
@inline function twoAt(as: i32, a: usize, p: usize, table: usize): v128 {
  if (as == VALUES) return v128.load(a + (p << 3));
  const first = <usize>load<u8>(a + p) << 3;
  const second = <usize>load<u8>(a + p, 1) << 3;
  return v128.load64_lane(table + second, v128.load64_zero(table + first), 1);
}

@inline function oneAt(as: i32, a: usize, p: usize, table: usize): f64 {
  return as == VALUES ? load<f64>(a + (p << 3)) : load<f64>(table + (<usize>load<u8>(a + p) << 3));
}

/** Σ a·b over k: eight sums side by side, added at the end. */
@inline function dot(k: usize, as: i32, a: usize, table: usize, b: usize): f64 {
  const eights = k & ~7;
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
  for (let p: usize = 0; p < eights; p += 8) {
    const at = b + (p << 3);
    s0 = f64x2.add(s0, f64x2.mul(twoAt(as, a, p, table), v128.load(at)));
    s1 = f64x2.add(s1, f64x2.mul(twoAt(as, a, p + 2, table), v128.load(at, 16)));
    s2 = f64x2.add(s2, f64x2.mul(twoAt(as, a, p + 4, table), v128.load(at, 32)));
    s3 = f64x2.add(s3, f64x2.mul(twoAt(as, a, p + 6, table), v128.load(at, 48)));
  }
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (let p = eights; p < k; p++) sum += oneAt(as, a, p, table) * load<f64>(b + (p << 3));
  return sum;
}

/**
 * For each index (row · n + column) of `undecided`: the sum of w · x over k, and the norm of x, float64 pairs into `sums`.
 * Activations are codes [m][k] of `bytes` 1 or 2 through `table`, a row decoded into `values` [k] once for all its
 * neighbours in the list, or where it has none and needs no norm looked up as it is multiplied; weights float64 [n][k].
 * `bound`: pointer of a float64 that stands for the norm of every row, or 0 where each has its own.
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
      sum = dot(k, CODES, rowCodes, table, column);
    } else {
      if (row != decoded) {
        decodeRow(k, rowCodes, bytes, table, values);
        if (bound == 0) norm = sqrt(dot(k, VALUES, values, 0, values));
        decoded = row;
      }
      sum = dot(k, VALUES, values, 0, column);
    }
    store<f64>(sums + (<usize>t << 4), sum, DotPair.SUM << 3);
    store<f64>(sums + (<usize>t << 4), norm, DotPair.NORM << 3);
    row = next;
  }
}
