// From rows of 8-bit codes to the packed panels of the int16 GEMM, with the norms that bound what it leaves out.

import { RESIDUAL_UNITS, RowNorms } from '../layouts';

/** Two entries of the table as the pair of int16 that the GEMM reads. */
@inline function pairOf(a: u64, b: u64): u32 {
  return (<u32>a & 0xffff) | (<u32>b << 16);
}

/**
 * Codes [m][k] through a `table` of u64 [256], the int16 value in the low half and the square of what it leaves out,
 * in units of 1 / RESIDUAL_UNITS rounded up, in the high half, into panels [m/4][kPadded/2][4][2] as `packInt16` makes them.
 * Writes for every row (norm, residual) float64 [m][2]: residual ≥ ‖left out‖ and norm ≥ ‖value‖ + residual, `slack` covering
 * the float32 sums; the largest norm goes to `most`. m a multiple of 4, k ≤ 2^17.
 */
export function packInt16Norms(m: i32, k: i32, codes: usize, table: usize, out: usize, rows: usize, slack: f64, most: usize): void {
  const whole = <usize>(k & ~1);
  const panel = <usize>((k + 1) >> 1) << 4;
  let to = out;
  let largest: f64 = 0;
  for (let i = 0; i < m; i += 4) {
    const from = to;
    const r0 = codes + <usize>i * k;
    const r1 = r0 + k;
    const r2 = r1 + k;
    const r3 = r2 + k;
    // the values' own sums may carry into the squares: upwards, by no more than two units
    let s0: u64 = 0, s1: u64 = 0, s2: u64 = 0, s3: u64 = 0;
    for (let p: usize = 0; p < whole; p += 2) {
      let a = load<u64>(table + (<usize>load<u8>(r0 + p) << 3));
      let b = load<u64>(table + (<usize>load<u8>(r0 + p, 1) << 3));
      s0 += a + b;
      store<u32>(to, pairOf(a, b), 0);
      a = load<u64>(table + (<usize>load<u8>(r1 + p) << 3));
      b = load<u64>(table + (<usize>load<u8>(r1 + p, 1) << 3));
      s1 += a + b;
      store<u32>(to, pairOf(a, b), 4);
      a = load<u64>(table + (<usize>load<u8>(r2 + p) << 3));
      b = load<u64>(table + (<usize>load<u8>(r2 + p, 1) << 3));
      s2 += a + b;
      store<u32>(to, pairOf(a, b), 8);
      a = load<u64>(table + (<usize>load<u8>(r3 + p) << 3));
      b = load<u64>(table + (<usize>load<u8>(r3 + p, 1) << 3));
      s3 += a + b;
      store<u32>(to, pairOf(a, b), 12);
      to += 16;
    }
    if (whole < <usize>k) {
      let a = load<u64>(table + (<usize>load<u8>(r0 + whole) << 3));
      s0 += a;
      store<u32>(to, pairOf(a, 0), 0);
      a = load<u64>(table + (<usize>load<u8>(r1 + whole) << 3));
      s1 += a;
      store<u32>(to, pairOf(a, 0), 4);
      a = load<u64>(table + (<usize>load<u8>(r2 + whole) << 3));
      s2 += a;
      store<u32>(to, pairOf(a, 0), 8);
      a = load<u64>(table + (<usize>load<u8>(r3 + whole) << 3));
      s3 += a;
      store<u32>(to, pairOf(a, 0), 12);
      to += 16;
    }
    const squares = squaresOf(from, from + panel);
    const row = rows + (<usize>i << 4);
    largest = max(largest, keepNorms(row, s0, f32x4.extract_lane(squares, 0), slack));
    largest = max(largest, keepNorms(row + 16, s1, f32x4.extract_lane(squares, 1), slack));
    largest = max(largest, keepNorms(row + 32, s2, f32x4.extract_lane(squares, 2), slack));
    largest = max(largest, keepNorms(row + 48, s3, f32x4.extract_lane(squares, 3), slack));
  }
  store<f64>(most, largest);
}

/** Σ v² of the four rows of a panel; two squares of at most 32767² fit an int32. */
@inline function squaresOf(from: usize, end: usize): v128 {
  let squares = f32x4.splat(0);
  for (let at = from; at < end; at += 16) {
    const x = v128.load(at);
    squares = f32x4.add(squares, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(x, x)));
  }
  return squares;
}

@inline function keepNorms(row: usize, sums: u64, squares: f32, slack: f64): f64 {
  const residual = sqrt(<f64>(sums >>> 32) * (1.0 / RESIDUAL_UNITS)) * slack;
  const norm = sqrt(<f64>squares) * slack + residual;
  store<f64>(row, norm, RowNorms.NORM << 3);
  store<f64>(row, residual, RowNorms.RESIDUAL << 3);
  return norm;
}
