import { blockRows } from './gemm-blocks';

/**
 * float64, each product and each sum rounded, k ascending from 0. A: panels of 4 rows [m/4][k][4], B: panels of 4
 * rows [n/4][k][4]. C [m][n]. The caller pads m and n to 4.
 */
export function gemmFloat64(m: i32, n: i32, k: i32, a: usize, b: usize, c: usize): void {
  const stride = <usize>n << 3;
  const row = <usize>k << 3;
  const rows = blockRows(row);
  for (let from = 0; from < m; from += rows) {
    const to = min(m, from + rows);
    for (let j = 0; j < n; j += 4) {
      const panel = b + <usize>j * row;
      const end = panel + 4 * row;
      for (let i = from; i < to; i += 4) {
        let ap = a + <usize>i * row;
        let bp = panel;
        let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        while (bp < end) {
          const b0 = v128.load(bp);
          const b1 = v128.load(bp, 16);
          let x = v128.load64_splat(ap);
          c00 = f64x2.add(c00, f64x2.mul(x, b0));
          c01 = f64x2.add(c01, f64x2.mul(x, b1));
          x = v128.load64_splat(ap, 8);
          c10 = f64x2.add(c10, f64x2.mul(x, b0));
          c11 = f64x2.add(c11, f64x2.mul(x, b1));
          x = v128.load64_splat(ap, 16);
          c20 = f64x2.add(c20, f64x2.mul(x, b0));
          c21 = f64x2.add(c21, f64x2.mul(x, b1));
          x = v128.load64_splat(ap, 24);
          c30 = f64x2.add(c30, f64x2.mul(x, b0));
          c31 = f64x2.add(c31, f64x2.mul(x, b1));
          ap += 32;
          bp += 32;
        }
        let cp = c + ((<usize>i * n + j) << 3);
        v128.store(cp, c00);
        v128.store(cp, c01, 16);
        cp += stride;
        v128.store(cp, c10);
        v128.store(cp, c11, 16);
        cp += stride;
        v128.store(cp, c20);
        v128.store(cp, c21, 16);
        cp += stride;
        v128.store(cp, c30);
        v128.store(cp, c31, 16);
      }
    }
  }
}
