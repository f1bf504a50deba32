// Sums in N-bit two's complement, −top .. top − 1 with top = 2^(N−1), wrapped or saturated after every add, the bias
// the first, k ascending, eight outputs side by side. Operands are whole lattice units: x [m][k], weights in panels of 8
// outputs, [n/8][k][8], n a multiple of 8, padded with zeros; `start` [n] the bias already held in range. How many adds
// of a row overflowed is added to `overflows` float64 [m].
import { WIDEST_SUM_BITS } from '../layouts';

@inline function addTo(overflows: usize, i: i32, count: i32): void {
  const at = overflows + (<usize>i << 3);
  store<f64>(at, load<f64>(at) + <f64>count);
}

@inline function sumOf32(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

@inline function sumOf64(v: v128): i32 {
  return <i32>(i64x2.extract_lane(v, 0) + i64x2.extract_lane(v, 1));
}

/** Int32 operands whose products and top together stay below 2^31; sums float64 to `out` [m][n]. */
export function wrapInt32(
  m: i32, n: i32, k: i32, x: usize, weights: usize, start: usize, bits: i32, out: usize, overflows: usize,
): void {
  const rowBytes = <usize>k << 2;
  const unused = 32 - bits;
  for (let j = 0; j < n; j += 8) {
    const panel = weights + <usize>j * rowBytes;
    const s = start + (<usize>j << 2);
    for (let i = 0; i < m; i++) {
      let a0 = v128.load(s), a1 = v128.load(s, 16);
      let kept = i32x4.splat(0);
      const row = x + <usize>i * rowBytes;
      let w = panel;
      for (let p: usize = 0; p < rowBytes; p += 4) {
        const xs = v128.load32_splat(row + p);
        const v0 = i32x4.add(a0, i32x4.mul(xs, v128.load(w)));
        const v1 = i32x4.add(a1, i32x4.mul(xs, v128.load(w, 16)));
        w += 32;
        a0 = i32x4.shr_s(i32x4.shl(v0, unused), unused);
        a1 = i32x4.shr_s(i32x4.shl(v1, unused), unused);
        kept = i32x4.sub(kept, i32x4.add(i32x4.eq(a0, v0), i32x4.eq(a1, v1)));
      }
      store32(out + (<usize>(i * n + j) << 3), a0, a1);
      addTo(overflows, i, 8 * k - sumOf32(kept));
    }
  }
}

/** The same, saturating. */
export function saturateInt32(
  m: i32, n: i32, k: i32, x: usize, weights: usize, start: usize, bits: i32, out: usize, overflows: usize,
): void {
  const rowBytes = <usize>k << 2;
  const high = i32x4.splat((1 << (bits - 1)) - 1);
  const low = v128.not(high);
  for (let j = 0; j < n; j += 8) {
    const panel = weights + <usize>j * rowBytes;
    const s = start + (<usize>j << 2);
    for (let i = 0; i < m; i++) {
      let a0 = v128.load(s), a1 = v128.load(s, 16);
      let kept = i32x4.splat(0);
      const row = x + <usize>i * rowBytes;
      let w = panel;
      for (let p: usize = 0; p < rowBytes; p += 4) {
        const xs = v128.load32_splat(row + p);
        const v0 = i32x4.add(a0, i32x4.mul(xs, v128.load(w)));
        const v1 = i32x4.add(a1, i32x4.mul(xs, v128.load(w, 16)));
        w += 32;
        a0 = i32x4.max_s(i32x4.min_s(v0, high), low);
        a1 = i32x4.max_s(i32x4.min_s(v1, high), low);
        kept = i32x4.sub(kept, i32x4.add(i32x4.eq(a0, v0), i32x4.eq(a1, v1)));
      }
      store32(out + (<usize>(i * n + j) << 3), a0, a1);
      addTo(overflows, i, 8 * k - sumOf32(kept));
    }
  }
}

@inline function store32(to: usize, a0: v128, a1: v128): void {
  v128.store(to, f64x2.convert_low_i32x4_s(a0));
  v128.store(to, f64x2.convert_low_i32x4_s(i8x16.shuffle(a0, a0, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)), 16);
  v128.store(to, f64x2.convert_low_i32x4_s(a1), 32);
  v128.store(to, f64x2.convert_low_i32x4_s(i8x16.shuffle(a1, a1, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)), 48);
}

/** Any int32 operands, N ≤ 62: products and sums fit an int64. Sums int64 to `out` [m][n]. */
export function wrapInt64(
  m: i32, n: i32, k: i32, x: usize, weights: usize, start: usize, bits: i32, out: usize, overflows: usize,
): void {
  const rowBytes = <usize>k << 2;
  const top = i64x2.splat(<i64>1 << (bits - 1));
  const mask = i64x2.splat((<i64>1 << bits) - 1);
  for (let j = 0; j < n; j += 8) {
    const panel = weights + <usize>j * rowBytes;
    const s = start + (<usize>j << 3);
    for (let i = 0; i < m; i++) {
      let a0 = v128.load(s), a1 = v128.load(s, 16), a2 = v128.load(s, 32), a3 = v128.load(s, 48);
      let kept = i64x2.splat(0);
      const row = x + <usize>i * rowBytes;
      let w = panel;
      for (let p: usize = 0; p < rowBytes; p += 4) {
        const xs = v128.load32_splat(row + p);
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        w += 32;
        const v0 = i64x2.add(a0, i64x2.extmul_low_i32x4_s(xs, w0));
        const v1 = i64x2.add(a1, i64x2.extmul_high_i32x4_s(xs, w0));
        const v2 = i64x2.add(a2, i64x2.extmul_low_i32x4_s(xs, w1));
        const v3 = i64x2.add(a3, i64x2.extmul_high_i32x4_s(xs, w1));
        a0 = i64x2.sub(v128.and(i64x2.add(v0, top), mask), top);
        a1 = i64x2.sub(v128.and(i64x2.add(v1, top), mask), top);
        a2 = i64x2.sub(v128.and(i64x2.add(v2, top), mask), top);
        a3 = i64x2.sub(v128.and(i64x2.add(v3, top), mask), top);
        kept = i64x2.add(kept, i64x2.add(i64x2.eq(a0, v0), i64x2.eq(a1, v1)));
        kept = i64x2.add(kept, i64x2.add(i64x2.eq(a2, v2), i64x2.eq(a3, v3)));
      }
      store64(out + (<usize>(i * n + j) << 3), a0, a1, a2, a3);
      addTo(overflows, i, 8 * k + sumOf64(kept));
    }
  }
}

@inline function clamp64(v: v128, low: v128, high: v128): v128 {
  const below = v128.bitselect(high, v, i64x2.gt_s(v, high));
  return v128.bitselect(low, below, i64x2.lt_s(below, low));
}

@inline function store64(to: usize, a0: v128, a1: v128, a2: v128, a3: v128): void {
  v128.store(to, a0);
  v128.store(to, a1, 16);
  v128.store(to, a2, 32);
  v128.store(to, a3, 48);
}

/** The same, saturating. */
export function saturateInt64(
  m: i32, n: i32, k: i32, x: usize, weights: usize, start: usize, bits: i32, out: usize, overflows: usize,
): void {
  const rowBytes = <usize>k << 2;
  const high = i64x2.splat((<i64>1 << (bits - 1)) - 1);
  const low = v128.not(high);
  for (let j = 0; j < n; j += 8) {
    const panel = weights + <usize>j * rowBytes;
    const s = start + (<usize>j << 3);
    for (let i = 0; i < m; i++) {
      let a0 = v128.load(s), a1 = v128.load(s, 16), a2 = v128.load(s, 32), a3 = v128.load(s, 48);
      let kept = i64x2.splat(0);
      const row = x + <usize>i * rowBytes;
      let w = panel;
      for (let p: usize = 0; p < rowBytes; p += 4) {
        const xs = v128.load32_splat(row + p);
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        w += 32;
        const v0 = i64x2.add(a0, i64x2.extmul_low_i32x4_s(xs, w0));
        const v1 = i64x2.add(a1, i64x2.extmul_high_i32x4_s(xs, w0));
        const v2 = i64x2.add(a2, i64x2.extmul_low_i32x4_s(xs, w1));
        const v3 = i64x2.add(a3, i64x2.extmul_high_i32x4_s(xs, w1));
        a0 = clamp64(v0, low, high);
        a1 = clamp64(v1, low, high);
        a2 = clamp64(v2, low, high);
        a3 = clamp64(v3, low, high);
        kept = i64x2.add(kept, i64x2.add(i64x2.eq(a0, v0), i64x2.eq(a1, v1)));
        kept = i64x2.add(kept, i64x2.add(i64x2.eq(a2, v2), i64x2.eq(a3, v3)));
      }
      store64(out + (<usize>(i * n + j) << 3), a0, a1, a2, a3);
      addTo(overflows, i, 8 * k + sumOf64(kept));
    }
  }
}

/** The largest |product| told from one that surely overflows. */
const LARGEST_PRODUCT: i64 = <i64>1 << WIDEST_SUM_BITS;

/** For every x int64 [n], the largest |w| with |w·x| ≤ 2^62; 2^62 where x is 0. |x| ≤ 2^62. */
export function productLimits(n: i32, x: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const v = load<i64>(x + i);
    store<i64>(out + i, v == 0 ? LARGEST_PRODUCT : LARGEST_PRODUCT / (v < 0 ? -v : v));
  }
}

/** Whether |w| > limit, both at most 2^62. */
@inline function exceeds(w: i64, limit: i64): i32 {
  return <i32>(<u64>(w + limit) > <u64>limit << 1);
}

@inline function wrapped(v: i64, unused: i64): i64 {
  return (v << unused) >> unused;
}

/**
 * Operands of up to 2^62 units, int64, N ≤ 62. A product beyond 2^62 leaves N bits whatever the sum was, and wrapped it
 * is the product modulo 2^64; any other fits an int64 together with the sum. Rows of x without their zeros
 * (look-up.ts), `limits` from productLimits.
 */
export function wrapWide(
  m: i32, n: i32, k: i32, x: usize, limits: usize, offsets: usize, counts: usize,
  weights: usize, start: usize, bits: i32, out: usize, overflows: usize,
): void {
  const rowBytes = <usize>k << 3;
  const unused = <i64>(64 - bits);
  for (let j = 0; j < n; j += 4) {
    const panel = weights + <usize>(j & ~7) * rowBytes + ((j & 4) << 3);
    const s = start + (<usize>j << 3);
    for (let i = 0; i < m; i++) {
      let a0 = load<i64>(s), a1 = load<i64>(s, 8), a2 = load<i64>(s, 16), a3 = load<i64>(s, 24);
      let count = 0;
      const first = <usize>(i * k);
      const end = first + <usize>load<i32>(counts + (<usize>i << 2));
      for (let p = first; p < end; p++) {
        const xs = load<i64>(x + (p << 3));
        const limit = load<i64>(limits + (p << 3));
        const w = panel + <usize>load<i32>(offsets + (p << 2));
        const w0 = load<i64>(w), w1 = load<i64>(w, 8), w2 = load<i64>(w, 16), w3 = load<i64>(w, 24);
        const v0 = a0 + w0 * xs;
        const v1 = a1 + w1 * xs;
        const v2 = a2 + w2 * xs;
        const v3 = a3 + w3 * xs;
        a0 = wrapped(v0, unused);
        a1 = wrapped(v1, unused);
        a2 = wrapped(v2, unused);
        a3 = wrapped(v3, unused);
        count += (<i32>(a0 != v0) | exceeds(w0, limit)) + (<i32>(a1 != v1) | exceeds(w1, limit));
        count += (<i32>(a2 != v2) | exceeds(w2, limit)) + (<i32>(a3 != v3) | exceeds(w3, limit));
      }
      storeFour(out + (<usize>(i * n + j) << 3), a0, a1, a2, a3);
      addTo(overflows, i, count);
    }
  }
}

@inline function storeFour(to: usize, a0: i64, a1: i64, a2: i64, a3: i64): void {
  store<i64>(to, a0);
  store<i64>(to, a1, 8);
  store<i64>(to, a2, 16);
  store<i64>(to, a3, 24);
}

/** The sum v, or where its product was too large, an end of the range; `top` − 1 or −top. */
@inline function saturated(v: i64, w: i64, x: i64, limit: i64, top: i64): i64 {
  const end = ((w ^ x) >> 63) ^ (top - 1);
  return exceeds(w, limit) ? end : max(min(v, top - 1), -top);
}

/** The same, saturating. */
export function saturateWide(
  m: i32, n: i32, k: i32, x: usize, limits: usize, offsets: usize, counts: usize,
  weights: usize, start: usize, bits: i32, out: usize, overflows: usize,
): void {
  const rowBytes = <usize>k << 3;
  const top = <i64>1 << (bits - 1);
  for (let j = 0; j < n; j += 4) {
    const panel = weights + <usize>(j & ~7) * rowBytes + ((j & 4) << 3);
    const s = start + (<usize>j << 3);
    for (let i = 0; i < m; i++) {
      let a0 = load<i64>(s), a1 = load<i64>(s, 8), a2 = load<i64>(s, 16), a3 = load<i64>(s, 24);
      let count = 0;
      const first = <usize>(i * k);
      const end = first + <usize>load<i32>(counts + (<usize>i << 2));
      for (let p = first; p < end; p++) {
        const xs = load<i64>(x + (p << 3));
        const limit = load<i64>(limits + (p << 3));
        const w = panel + <usize>load<i32>(offsets + (p << 2));
        const w0 = load<i64>(w), w1 = load<i64>(w, 8), w2 = load<i64>(w, 16), w3 = load<i64>(w, 24);
        const v0 = a0 + w0 * xs;
        const v1 = a1 + w1 * xs;
        const v2 = a2 + w2 * xs;
        const v3 = a3 + w3 * xs;
        a0 = saturated(v0, w0, xs, limit, top);
        a1 = saturated(v1, w1, xs, limit, top);
        a2 = saturated(v2, w2, xs, limit, top);
        a3 = saturated(v3, w3, xs, limit, top);
        count += (<i32>(a0 != v0) | exceeds(w0, limit)) + (<i32>(a1 != v1) | exceeds(w1, limit));
        count += (<i32>(a2 != v2) | exceeds(w2, limit)) + (<i32>(a3 != v3) | exceeds(w3, limit));
      }
      storeFour(out + (<usize>(i * n + j) << 3), a0, a1, a2, a3);
      addTo(overflows, i, count);
    }
  }
}

/** int64 [n] to the nearest float64. */
export function unitsToFloat64(n: i32, units: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 8) store<f64>(out + i, <f64>load<i64>(units + i));
}
