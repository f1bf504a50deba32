// The round stage of float64 sums for outputs of up to 8 bits, by the thresholds of round-bytes.ts.
import { FloatColumn } from '../layouts';
import { levelAt } from './round-bytes';

/**
 * y = factor[j] · (c + bias[j]), |y − exact| ≤ factor[j] · weightNorm[j] · norm[i] +
 * relative · (|factor · c| + |factor · bias| + |y|) + least[j]. c float64 [m][stride]; rows: norm float64 [m];
 * columns: (factor, bias, weightNorm, least) [n][4]. A code is certain when y ± e stay between its thresholds, which NaN
 * and infinite bounds never do. Indices of the others go to `undecided`; returns how many.
 */
export function roundBytesCertifiedFloat64(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, out: usize, undecided: usize,
): i32 {
  let count = 0;
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 3);
    const norm = load<f64>(rows + (<usize>i << 3));
    const at = <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const column = columns + (j << 5);
      const factor = load<f64>(column, FloatColumn.FACTOR << 3);
      const sum = load<f64>(row + (j << 3));
      const bias = load<f64>(column, FloatColumn.BIAS << 3);
      const y = factor * (sum + bias);
      const e =
        factor * load<f64>(column, FloatColumn.WEIGHT_NORM << 3) * norm +
        relative * (factor * (abs(sum) + abs(bias)) + abs(y)) +
        load<f64>(column, FloatColumn.LEAST << 3);
      const level = levelAt(y, thresholds, buckets, lowest, size);
      const inside = <i32>(y - e >= load<f64>(thresholds + (level << 3))) & <i32>(y + e < load<f64>(thresholds + (level << 3), 8));
      store<u8>(out + at + j, load<u8>(codes + level));
      store<i32>(undecided + (<usize>count << 2), <i32>(at + j));
      count += 1 - inside;
    }
  }
  return count;
}
