// The round stage for outputs of up to 8 bits. The ladder's buckets are bytes: 7 fraction bits of a float64's
// magnitude, exponents clamped to where cuts are, negatives after positives; at most one cut lies inside a
// bucket. `cuts` ends with +∞.

@inline export function levelAt(y: f64, cuts: usize, buckets: usize, lowest: i32, size: i32): usize {
  const high = <u32>(reinterpret<u64>(y) >> 32);
  const key = min(max(<i32>((high & 0x7fffffff) >>> 13) - lowest, 0), size - 1);
  const level = <usize>load<u8>(buckets + key + (high >>> 31) * size);
  return level + <usize>(y >= load<f64>(cuts + (level << 3), 8));
}

/** Sums that int32 holds exactly: y = factor[j] · c, no error. c int32 [m][stride], out [m][n]. */
export function roundBytesExact(
  m: i32, n: i32, stride: i32, c: usize, factors: usize,
  cuts: usize, buckets: usize, lowest: i32, size: i32, codes: usize, out: usize,
): void {
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const to = out + <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const y = <f64>load<i32>(row + (j << 2)) * load<f64>(factors + (j << 3));
      store<u8>(to + j, load<u8>(codes + levelAt(y, cuts, buckets, lowest, size)));
    }
  }
}

/**
 * y = factor[j] · c, |y − exact| ≤ factor[j] · (weightNorm[j] · rest[i] + weightRest[j] · norm[i] + biasRest[j]) +
 * relative · |y|. rows: (norm, rest) float64 [m][2]; columns: (factor, weightNorm, weightRest, biasRest) [n][4],
 * the last three already multiplied by factor. A code is certain when y ± e stay between its cuts. Indices of the
 * others go to `open`; returns how many.
 */
export function roundBytesCertified(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64,
  cuts: usize, buckets: usize, lowest: i32, size: i32, codes: usize, out: usize, open: usize,
): i32 {
  let count = 0;
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const norm = load<f64>(rows + (<usize>i << 4));
    const rest = load<f64>(rows + (<usize>i << 4), 8);
    const at = <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const column = columns + (j << 5);
      const y = <f64>load<i32>(row + (j << 2)) * load<f64>(column);
      const e = load<f64>(column, 8) * rest + load<f64>(column, 16) * norm + load<f64>(column, 24) + relative * abs(y);
      const level = levelAt(y, cuts, buckets, lowest, size);
      const inside = <i32>(y - e >= load<f64>(cuts + (level << 3))) & <i32>(y + e < load<f64>(cuts + (level << 3), 8));
      store<u8>(out + at + j, load<u8>(codes + level));
      store<i32>(open + (<usize>count << 2), <i32>(at + j));
      count += 1 - inside;
    }
  }
  return count;
}
