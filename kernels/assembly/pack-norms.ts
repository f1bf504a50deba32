// From rows of 8-bit codes to the packed panels of the int16 GEMM, with the norms that bound what it leaves out.

import { RESIDUAL_UNITS, RowNorms } from '../layouts';

/** The entries of two codes. */
@inline function entriesAt(table: usize, codes: usize): v128 {
  return v128.load64_lane(table + (<usize>load<u8>(codes, 1) << 3), entryAt(table, codes), 1);
}

/** That of one code, and a 0. */
@inline function entryAt(table: usize, codes: usize): v128 {
  return v128.load64_zero(table + (<usize>load<u8>(codes) << 3));
}

/** The values of two entries each of four rows, [4][2] int16: the upper half of a value's 32 bits is 0. */
@inline function valuesOf(a: v128, b: v128, c: v128, d: v128): v128 {
  return i16x8.narrow_i32x4_u(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(c, d, 0, 2, 4, 6));
}

/** Σ v² of the two values of each row; two squares of at most 32767² fit an int32. */
@inline function squaresOf(values: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(values, values));
}

/**
 * Codes [m][k] through a `table` of u64 [256], the int16 value in the low half and the square of what it leaves out,
 * in units of 1 / RESIDUAL_UNITS rounded up, in the high half, into panels [m/4][kPadded/2][4][2] as `packInt16` makes them.
 * Writes for every row (norm, residual) float64 [m][2]: residual ≥ ‖left out‖ and norm ≥ ‖value‖ + residual, `slack` covering
 * the float32 sums; the largest norm goes to `most`. m a multiple of 4, k ≤ 2^17.
 */
export function packInt16Norms(m: i32, k: i32, codes: usize, table: usize, out: usize, rows: usize, slack: f64, most: usize): void {
  const whole = <usize>(k & ~1);
  let to = out;
  let largest: f64 = 0;
  for (let i = 0; i < m; i += 4) {
    const r0 = codes + <usize>i * k;
    const r1 = r0 + k;
    const r2 = r1 + k;
    const r3 = r2 + k;
    // the values' own sums may carry into the squares: upwards, by no more than two units
    let s0 = i64x2.splat(0);
    let s1 = i64x2.splat(0);
    let s2 = i64x2.splat(0);
    let s3 = i64x2.splat(0);
    let squares = f32x4.splat(0);
    for (let p: usize = 0; p < <usize>k; p += 2) {
      const both = p < whole;
      const a = both ? entriesAt(table, r0 + p) : entryAt(table, r0 + p);
      const b = both ? entriesAt(table, r1 + p) : entryAt(table, r1 + p);
      const c = both ? entriesAt(table, r2 + p) : entryAt(table, r2 + p);
      const d = both ? entriesAt(table, r3 + p) : entryAt(table, r3 + p);
      s0 = i64x2.add(s0, a);
      s1 = i64x2.add(s1, b);
      s2 = i64x2.add(s2, c);
      s3 = i64x2.add(s3, d);
      const values = valuesOf(a, b, c, d);
      squares = f32x4.add(squares, squaresOf(values));
      v128.store(to, values);
      to += 16;
    }
    const row = rows + (<usize>i << 4);
    largest = max(largest, keepNorms(row, s0, f32x4.extract_lane(squares, 0), slack));
    largest = max(largest, keepNorms(row + 16, s1, f32x4.extract_lane(squares, 1), slack));
    largest = max(largest, keepNorms(row + 32, s2, f32x4.extract_lane(squares, 2), slack));
    largest = max(largest, keepNorms(row + 48, s3, f32x4.extract_lane(squares, 3), slack));
  }
  store<f64>(most, largest);
}

@inline function keepNorms(row: usize, both: v128, squares: f32, slack: f64): f64 {
  const sums = <u64>i64x2.extract_lane(both, 0) + <u64>i64x2.extract_lane(both, 1);
  const residual = sqrt(<f64>(sums >>> 32) * (1.0 / RESIDUAL_UNITS)) * slack;
  const norm = sqrt(<f64>squares) * slack + residual;
  store<f64>(row, norm, RowNorms.NORM << 3);
  store<f64>(row, residual, RowNorms.RESIDUAL << 3);
  return norm;
}
