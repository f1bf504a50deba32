// The accumulator that rounds every product and every sum to one format, k ascending, eight outputs side by side.
// Arithmetic is float64: products of two values of up to 24 significant bits are exact in it, and what a sum of two
// loses is innocuous for the rounding that follows (emac/accumulators/binades.ts). That rounding is (v + M) − M, with
// M = 1.5 · 2^52 ulps of the format at v: the sum's own rounding, to nearest and even, leaves whole ulps.
// Weights lie in panels of 8 outputs, [n/8][k][8]; n is a multiple of 8, padded with zeros. Rows of x come without their
// zeros (look-up.ts), which change no sum.

import { Binade } from '../layouts';

/** From a float64's upper half to the bytes before its Binade: 32 each, 2048 of them. */
const ENTRY_SHIFT: i32 = 15;
const ENTRY_MASK: i32 = 0xffe0;

/** Sign and exponent aside, the bits of a float64. */
const EXPONENT: i64 = 0x7ff0000000000000;

@inline function entryOf(high: i32): usize {
  return <usize>((high >>> ENTRY_SHIFT) & ENTRY_MASK);
}

/** Of two entries, the float64 at `offset`. */
@inline function pair(a: usize, b: usize, offset: usize): v128 {
  return v128.load64_lane(b + offset, v128.load64_zero(a + offset), 1);
}

/** v rounded where its binade has one ulp; NaN elsewhere. */
@inline function stepped(v: v128, table: usize): v128 {
  const m = pair(table + entryOf(i32x4.extract_lane(v, 1)), table + entryOf(i32x4.extract_lane(v, 3)), Binade.M << 3);
  return f64x2.sub(f64x2.add(v, m), m);
}

/** `rounded`, its NaN lanes replaced: such a binade has one threshold, and a value on each side of it. */
@inline function settled(rounded: v128, v: v128, table: usize): v128 {
  const a = table + entryOf(i32x4.extract_lane(v, 1));
  const b = table + entryOf(i32x4.extract_lane(v, 3));
  const sign = i64x2.splat(i64.MIN_VALUE);
  const over = f64x2.ge(f64x2.abs(v), pair(a, b, Binade.THRESHOLD << 3));
  const magnitude = v128.bitselect(pair(a, b, Binade.ABOVE << 3), pair(a, b, Binade.BELOW << 3), over);
  return v128.bitselect(rounded, v128.or(magnitude, v128.and(v, sign)), f64x2.eq(rounded, rounded));
}

@inline function anyNaN(a: v128, b: v128, c: v128, d: v128): bool {
  const all = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return v128.any_true(f64x2.ne(all, all));
}

/**
 * For formats whose ulps differ from binade to binade in any way (posits): `table` float64 [2048][4] by exponent.
 * x float64 rows, weights float64 panels, `start` float64 [n] the rounded bias; sums float64 to `out` [m][n].
 */
export function perOpTapered(
  m: i32, n: i32, k: i32, x: usize, offsets: usize, counts: usize, weights: usize, start: usize, table: usize, out: usize,
): void {
  const rowBytes = <usize>k << 3;
  for (let j = 0; j < n; j += 8) {
    const panel = weights + <usize>j * rowBytes;
    const s = start + (<usize>j << 3);
    for (let i = 0; i < m; i++) {
      let a0 = v128.load(s), a1 = v128.load(s, 16), a2 = v128.load(s, 32), a3 = v128.load(s, 48);
      const first = <usize>(i * k);
      const end = first + <usize>load<i32>(counts + (<usize>i << 2));
      for (let p = first; p < end; p++) {
        const xs = v128.load64_splat(x + (p << 3));
        const w = panel + <usize>load<i32>(offsets + (p << 2));
        const v0 = f64x2.mul(xs, v128.load(w));
        const v1 = f64x2.mul(xs, v128.load(w, 16));
        const v2 = f64x2.mul(xs, v128.load(w, 32));
        const v3 = f64x2.mul(xs, v128.load(w, 48));
        let p0 = stepped(v0, table), p1 = stepped(v1, table), p2 = stepped(v2, table), p3 = stepped(v3, table);
        if (anyNaN(p0, p1, p2, p3)) {
          p0 = settled(p0, v0, table);
          p1 = settled(p1, v1, table);
          p2 = settled(p2, v2, table);
          p3 = settled(p3, v3, table);
        }
        p0 = f64x2.add(a0, p0);
        p1 = f64x2.add(a1, p1);
        p2 = f64x2.add(a2, p2);
        p3 = f64x2.add(a3, p3);
        a0 = stepped(p0, table);
        a1 = stepped(p1, table);
        a2 = stepped(p2, table);
        a3 = stepped(p3, table);
        if (anyNaN(a0, a1, a2, a3)) {
          a0 = settled(a0, p0, table);
          a1 = settled(a1, p1, table);
          a2 = settled(a2, p2, table);
          a3 = settled(a3, p3, table);
        }
      }
      const o = out + (<usize>(i * n + j) << 3);
      v128.store(o, a0);
      v128.store(o, a1, 16);
      v128.store(o, a2, 32);
      v128.store(o, a3, 48);
    }
  }
}

/** v rounded to ulps of its binade, or of that of `floor` below it, and held in low .. high. */
@inline function held(v: v128, floor: v128, magic: v128, low: v128, high: v128): v128 {
  const power = v128.and(v, i64x2.splat(EXPONENT));
  const m = f64x2.mul(f64x2.pmax(power, floor), magic);
  return f64x2.pmax(f64x2.pmin(f64x2.sub(f64x2.add(v, m), m), high), low);
}

/**
 * For formats of one precision above a smallest ulp (floats, fixed, integers): `floor` is the power of two from which
 * on ulps grow with the binade, `magic` = M / 2^exponent, and low .. high the range that saturates.
 */
export function perOpUniform(
  m: i32, n: i32, k: i32, x: usize, offsets: usize, counts: usize, weights: usize, start: usize,
  floor: f64, magic: f64, low: f64, high: f64, out: usize,
): void {
  const rowBytes = <usize>k << 3;
  const f = f64x2.splat(floor);
  const c = f64x2.splat(magic);
  const lo = f64x2.splat(low);
  const hi = f64x2.splat(high);
  for (let j = 0; j < n; j += 8) {
    const panel = weights + <usize>j * rowBytes;
    const s = start + (<usize>j << 3);
    for (let i = 0; i < m; i++) {
      let a0 = v128.load(s), a1 = v128.load(s, 16), a2 = v128.load(s, 32), a3 = v128.load(s, 48);
      const first = <usize>(i * k);
      const end = first + <usize>load<i32>(counts + (<usize>i << 2));
      for (let p = first; p < end; p++) {
        const xs = v128.load64_splat(x + (p << 3));
        const w = panel + <usize>load<i32>(offsets + (p << 2));
        a0 = held(f64x2.add(a0, held(f64x2.mul(xs, v128.load(w)), f, c, lo, hi)), f, c, lo, hi);
        a1 = held(f64x2.add(a1, held(f64x2.mul(xs, v128.load(w, 16)), f, c, lo, hi)), f, c, lo, hi);
        a2 = held(f64x2.add(a2, held(f64x2.mul(xs, v128.load(w, 32)), f, c, lo, hi)), f, c, lo, hi);
        a3 = held(f64x2.add(a3, held(f64x2.mul(xs, v128.load(w, 48)), f, c, lo, hi)), f, c, lo, hi);
      }
      const o = out + (<usize>(i * n + j) << 3);
      v128.store(o, a0);
      v128.store(o, a1, 16);
      v128.store(o, a2, 32);
      v128.store(o, a3, 48);
    }
  }
}

/**
 * Every product and every sum rounded to a format of 8 bits, by tables u8 [256][256]: `product` [w][x], `sum`
 * [accumulator][product]. Rows of codes x, weights u8 panels, `start` u8 [n] the bias' codes; sums as float64, by
 * `values` [256], to `out` [m][n].
 */
export function perOpBytes(
  m: i32, n: i32, k: i32, x: usize, offsets: usize, counts: usize, weights: usize, start: usize,
  product: usize, sum: usize, values: usize, out: usize,
): void {
  for (let i = 0; i < m; i++) {
    const first = <usize>(i * k);
    const end = first + <usize>load<i32>(counts + (<usize>i << 2));
    for (let j = 0; j < n; j += 8) {
      const panel = weights + <usize>j * k;
      const s = start + j;
      let a0 = <usize>load<u8>(s), a1 = <usize>load<u8>(s, 1), a2 = <usize>load<u8>(s, 2), a3 = <usize>load<u8>(s, 3);
      let a4 = <usize>load<u8>(s, 4), a5 = <usize>load<u8>(s, 5), a6 = <usize>load<u8>(s, 6), a7 = <usize>load<u8>(s, 7);
      for (let p = first; p < end; p++) {
        const w = panel + <usize>load<i32>(offsets + (p << 2));
        const by = product + <usize>load<u8>(x + p);
        a0 = <usize>load<u8>(sum + (a0 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w) << 8)));
        a1 = <usize>load<u8>(sum + (a1 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 1) << 8)));
        a2 = <usize>load<u8>(sum + (a2 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 2) << 8)));
        a3 = <usize>load<u8>(sum + (a3 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 3) << 8)));
        a4 = <usize>load<u8>(sum + (a4 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 4) << 8)));
        a5 = <usize>load<u8>(sum + (a5 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 5) << 8)));
        a6 = <usize>load<u8>(sum + (a6 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 6) << 8)));
        a7 = <usize>load<u8>(sum + (a7 << 8) + <usize>load<u8>(by + (<usize>load<u8>(w, 7) << 8)));
      }
      const o = out + (<usize>(i * n + j) << 3);
      store<f64>(o, load<f64>(values + (a0 << 3)), 0);
      store<f64>(o, load<f64>(values + (a1 << 3)), 8);
      store<f64>(o, load<f64>(values + (a2 << 3)), 16);
      store<f64>(o, load<f64>(values + (a3 << 3)), 24);
      store<f64>(o, load<f64>(values + (a4 << 3)), 32);
      store<f64>(o, load<f64>(values + (a5 << 3)), 40);
      store<f64>(o, load<f64>(values + (a6 << 3)), 48);
      store<f64>(o, load<f64>(values + (a7 << 3)), 56);
    }
  }
}
