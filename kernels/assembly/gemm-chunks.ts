// float32 products and sums in chunks of k, the chunks summed in float64 (tier 2 of the certified GEMM).
import { blockRows } from './gemm-blocks';

/** Adds, or on the first chunk stores, four float32 sums as float64. */
@inline function flush(c: usize, sums: v128, first: bool): void {
  const low = f64x2.promote_low_f32x4(sums);
  const high = f64x2.promote_low_f32x4(i8x16.shuffle(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
  v128.store(c, first ? low : f64x2.add(v128.load(c), low));
  v128.store(c, first ? high : f64x2.add(v128.load(c, 16), high), 16);
}

/**
 * C = A · Bᵀ in tiles of 4 × 8: A float32 panels [m/4][k][4], B float32 panels [n/8][k][8], C float64 [m][n]. Each
 * chunk of `chunk` values of k is summed in float32, each product and each sum rounded, k ascending from 0; chunks
 * are added in float64. m a multiple of 4, n of 8.
 */
export function gemmFloat32Chunks(m: i32, n: i32, k: i32, chunk: i32, a: usize, b: usize, c: usize): void {
  const stride = <usize>n << 3;
  const row = <usize>k << 2;
  const rows = blockRows(row);
  const chunkBytes = <usize>chunk << 5;
  for (let from = 0; from < m; from += rows) {
    const to = min(m, from + rows);
    for (let j = 0; j < n; j += 8) {
      const panel = b + <usize>j * row;
      const end = panel + 8 * row;
      for (let i = from; i < to; i += 4) {
        let ap = a + <usize>i * row;
        const cp = c + ((<usize>i * n + j) << 3);
        for (let bp = panel; bp < end; ) {
          const first = bp == panel;
          const until = min(bp + chunkBytes, end);
          let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
          while (bp < until) {
            const b0 = v128.load(bp);
            const b1 = v128.load(bp, 16);
            let x = v128.load32_splat(ap);
            c00 = f32x4.add(c00, f32x4.mul(x, b0));
            c01 = f32x4.add(c01, f32x4.mul(x, b1));
            x = v128.load32_splat(ap, 4);
            c10 = f32x4.add(c10, f32x4.mul(x, b0));
            c11 = f32x4.add(c11, f32x4.mul(x, b1));
            x = v128.load32_splat(ap, 8);
            c20 = f32x4.add(c20, f32x4.mul(x, b0));
            c21 = f32x4.add(c21, f32x4.mul(x, b1));
            x = v128.load32_splat(ap, 12);
            c30 = f32x4.add(c30, f32x4.mul(x, b0));
            c31 = f32x4.add(c31, f32x4.mul(x, b1));
            ap += 16;
            bp += 32;
          }
          flush(cp, c00, first);
          flush(cp + 32, c01, first);
          flush(cp + stride, c10, first);
          flush(cp + stride + 32, c11, first);
          flush(cp + 2 * stride, c20, first);
          flush(cp + 2 * stride + 32, c21, first);
          flush(cp + 3 * stride, c30, first);
          flush(cp + 3 * stride + 32, c31, first);
        }
      }
    }
  }
}

/** Σ x² of every row of float32 panels [m/4][k][4], in float64 [m]. */
export function squaresFloat32Panels(m: i32, k: i32, panels: usize, squares: usize): void {
  let from = panels;
  for (let i = 0; i < m; i += 4) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let p = 0; p < k; p++) {
      const a = f64x2.promote_low_f32x4(v128.load64_zero(from));
      const b = f64x2.promote_low_f32x4(v128.load64_zero(from, 8));
      low = f64x2.add(low, f64x2.mul(a, a));
      high = f64x2.add(high, f64x2.mul(b, b));
      from += 16;
    }
    v128.store(squares + (<usize>i << 3), low);
    v128.store(squares + (<usize>i << 3), high, 16);
  }
}
