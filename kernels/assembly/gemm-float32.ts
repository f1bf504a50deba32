import { blockRows } from './gemm-blocks';

/**
 * float32, each product and each sum rounded, k ascending, started from `start` [n]. A: panels of 4 rows [m/4][k][4],
 * B: panels of 8 rows [n/8][k][8]. C [m][n]. The caller pads m to 4, n to 8.
 */
export function gemmFloat32(m: i32, n: i32, k: i32, a: usize, b: usize, start: usize, c: usize): void {
  const stride = <usize>n << 2;
  const row = <usize>k << 2;
  const rows = blockRows(row);
  for (let from = 0; from < m; from += rows) {
    const to = min(m, from + rows);
    for (let j = 0; j < n; j += 8) {
      const panel = b + <usize>j * row;
      const end = panel + 8 * row;
      const s0 = v128.load(start + (<usize>j << 2));
      const s1 = v128.load(start + (<usize>j << 2), 16);
      for (let i = from; i < to; i += 4) {
        let ap = a + <usize>i * row;
        let bp = panel;
        let c00 = s0, c01 = s1, c10 = s0, c11 = s1, c20 = s0, c21 = s1, c30 = s0, c31 = s1;
        while (bp < end) {
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
        let cp = c + ((<usize>i * n + j) << 2);
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
