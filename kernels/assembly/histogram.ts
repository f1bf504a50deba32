// Counting float32 by their upper 16 bits, for calibrators (docs/numerics.md §3).

/**
 * Adds how often each upper half occurs among `n` float32 at `values` to `counts` u32 [65536], and writes the smallest
 * and the largest value to `extremes` float32 [2]: −0 as 0; Inf and −Inf where n = 0. Returns −1, or the index of the
 * first NaN or ±Inf; then nothing is counted and `extremes` is not written.
 */
export function countFloat32(n: i32, values: usize, counts: usize, extremes: usize): i32 {
  const bad = firstNotFinite(n, values);
  if (bad >= 0) return bad;
  const whole = n & ~3;
  let low = f32x4.splat(<f32>Infinity);
  let high = f32x4.splat(<f32>-Infinity);
  for (let i = 0; i < whole; i += 4) {
    const at = values + (<usize>i << 2);
    const four = v128.load(at);
    low = f32x4.pmin(low, four);
    high = f32x4.pmax(high, four);
    // the upper halves of two floats at a time
    const a = load<u64>(at);
    const b = load<u64>(at, 8);
    bump(counts, <u32>(a >>> 16) & 0xffff);
    bump(counts, <u32>(a >>> 48));
    bump(counts, <u32>(b >>> 16) & 0xffff);
    bump(counts, <u32>(b >>> 48));
  }
  let least = min4(low);
  let most = max4(high);
  for (let i = whole; i < n; i++) {
    const at = values + (<usize>i << 2);
    const value = load<f32>(at);
    least = min(least, value);
    most = max(most, value);
    bump(counts, load<u32>(at) >>> 16);
  }
  // −0 + 0 is 0: which of the two zeros was met first leaves no trace
  store<f32>(extremes, least + 0);
  store<f32>(extremes, most + 0, 4);
  return -1;
}

/** A whole block is looked at before its elements are. */
function firstNotFinite(n: i32, values: usize): i32 {
  const exponent = i32x4.splat(0x7f800000);
  const whole = n & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    const bits = v128.and(v128.load(values + (<usize>i << 2)), exponent);
    if (v128.any_true(i32x4.eq(bits, exponent))) break;
  }
  for (; i < n; i++) {
    if ((load<u32>(values + (<usize>i << 2)) & 0x7f800000) == 0x7f800000) return i;
  }
  return -1;
}

@inline function bump(table: usize, bin: u32): void {
  const at = table + (<usize>bin << 2);
  store<u32>(at, load<u32>(at) + 1);
}

@inline function min4(v: v128): f32 {
  return min(min(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), min(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

@inline function max4(v: v128): f32 {
  return max(max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}
