// Packed, register-tiled matrix products C = A · Bᵀ. A tile is 4 rows of A by 8 of B (4 × 4 for float64).
// A: panels of 4 rows, [m/4][k][4]; B: panels of 8 rows (4 for float64), [n/8][k][8]; for int16 two values of k
// stand side by side, [m/4][k/2][4][2]. C: row-major, n wide. m, n, k are padded by the caller.

/** int16 × int16 → int32, started from `start` [n]. k even; sums must fit int32. */
export function gemmInt16(m: i32, n: i32, k: i32, a: usize, b: usize, start: usize, c: usize): void {
  const pairs = k >> 1;
  const stride = <usize>n << 2;
  for (let j = 0; j < n; j += 8) {
    const panel = b + ((<usize>j * k) << 1);
    const s0 = v128.load(start + (<usize>j << 2));
    const s1 = v128.load(start + (<usize>j << 2), 16);
    for (let i = 0; i < m; i += 4) {
      let ap = a + ((<usize>i * k) << 1);
      let bp = panel;
      let c00 = s0, c01 = s1, c10 = s0, c11 = s1, c20 = s0, c21 = s1, c30 = s0, c31 = s1;
      for (let p = 0; p < pairs; p++) {
        const b0 = v128.load(bp);
        const b1 = v128.load(bp, 16);
        let x = v128.load32_splat(ap);
        c00 = i32x4.add(c00, i32x4.dot_i16x8_s(x, b0));
        c01 = i32x4.add(c01, i32x4.dot_i16x8_s(x, b1));
        x = v128.load32_splat(ap, 4);
        c10 = i32x4.add(c10, i32x4.dot_i16x8_s(x, b0));
        c11 = i32x4.add(c11, i32x4.dot_i16x8_s(x, b1));
        x = v128.load32_splat(ap, 8);
        c20 = i32x4.add(c20, i32x4.dot_i16x8_s(x, b0));
        c21 = i32x4.add(c21, i32x4.dot_i16x8_s(x, b1));
        x = v128.load32_splat(ap, 12);
        c30 = i32x4.add(c30, i32x4.dot_i16x8_s(x, b0));
        c31 = i32x4.add(c31, i32x4.dot_i16x8_s(x, b1));
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

/** float32, each product and each sum rounded, k ascending, started from `start` [n]. */
export function gemmFloat32(m: i32, n: i32, k: i32, a: usize, b: usize, start: usize, c: usize): void {
  const stride = <usize>n << 2;
  for (let j = 0; j < n; j += 8) {
    const panel = b + ((<usize>j * k) << 2);
    const s0 = v128.load(start + (<usize>j << 2));
    const s1 = v128.load(start + (<usize>j << 2), 16);
    for (let i = 0; i < m; i += 4) {
      let ap = a + ((<usize>i * k) << 2);
      let bp = panel;
      let c00 = s0, c01 = s1, c10 = s0, c11 = s1, c20 = s0, c21 = s1, c30 = s0, c31 = s1;
      for (let p = 0; p < k; p++) {
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

/** float64, each product and each sum rounded, k ascending from 0. Tiles of 4 × 4. */
export function gemmFloat64(m: i32, n: i32, k: i32, a: usize, b: usize, c: usize): void {
  const stride = <usize>n << 3;
  for (let j = 0; j < n; j += 4) {
    const panel = b + ((<usize>j * k) << 3);
    for (let i = 0; i < m; i += 4) {
      let ap = a + ((<usize>i * k) << 3);
      let bp = panel;
      let c00 = f64x2.splat(0), c01 = f64x2.splat(0), c10 = f64x2.splat(0), c11 = f64x2.splat(0);
      let c20 = f64x2.splat(0), c21 = f64x2.splat(0), c30 = f64x2.splat(0), c31 = f64x2.splat(0);
      for (let p = 0; p < k; p++) {
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
