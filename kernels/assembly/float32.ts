// float32 products for training and float inference on row-major tensors. Each product and each sum is rounded,
// in the order stated; nothing is fused. Vectors read up to 28 bytes past the last element: buffers carry slack.
import { blockRows } from './gemm-blocks';

/** The first `valid` (1..8) lanes of (v0, v1) to `to`. */
@inline function storeLanes(to: usize, v0: v128, v1: v128, valid: i32): void {
  if (valid >= 8) {
    v128.store(to, v0);
    v128.store(to, v1, 16);
  } else if (valid >= 4) {
    v128.store(to, v0);
    storeTail(to + 16, v1, valid - 4);
  } else {
    storeTail(to, v0, valid);
  }
}

/** The first `valid` (0..3) lanes of v. */
@inline function storeTail(to: usize, v: v128, valid: i32): void {
  if (valid & 2) {
    v128.store64_lane(to, v, 0);
    if (valid & 1) v128.store32_lane(to, v, 2, 8);
  } else if (valid & 1) {
    v128.store32_lane(to, v, 0);
  }
}

/**
 * B for gemmRowsFloat32: panels [n/8][k][8] of element (j, p) at from + j·rowBytes + p·columnBytes, the last
 * panel filled with zeros.
 */
export function packPanelsFloat32(n: i32, k: i32, from: usize, rowBytes: i32, columnBytes: i32, out: usize): void {
  let to = out;
  for (let j = 0; j < n; j += 8) {
    const base = from + <usize>(j * rowBytes);
    const valid = min(8, n - j);
    if (valid == 8 && rowBytes == 4) {
      for (let p = 0; p < k; p++) {
        const at = base + <usize>(p * columnBytes);
        v128.store(to, v128.load(at));
        v128.store(to, v128.load(at, 16), 16);
        to += 32;
      }
      continue;
    }
    for (let p = 0; p < k; p++) {
      let at = base + <usize>(p * columnBytes);
      for (let lane = 0; lane < 8; lane++) {
        store<f32>(to, lane < valid ? load<f32>(at) : 0);
        at += <usize>rowBytes;
        to += 4;
      }
    }
  }
}

/**
 * C[i][j] = start[j] + Σ_p A[i][p]·B[j][p], p ascending. A row-major with rows `aBytes` apart, B packed, C rows
 * `cBytes` apart; `start` has n rounded up to 8 values.
 */
export function gemmRowsFloat32(
  m: i32, n: i32, k: i32, a: usize, aBytes: i32, b: usize, start: usize, c: usize, cBytes: i32,
): void {
  const step = <usize>aBytes;
  const stride = <usize>cBytes;
  const row = <usize>k << 2;
  const rows = blockRows(row);
  for (let from = 0; from < m; from += rows) {
    const to = min(m, from + rows);
    const whole = from + ((to - from) & ~3);
    for (let j = 0; j < n; j += 8) {
      const panel = b + <usize>j * row;
      const end = panel + 8 * row;
      const valid = min(8, n - j);
      const s0 = v128.load(start + (<usize>j << 2));
      const s1 = v128.load(start + (<usize>j << 2), 16);
      let i = from;
      for (; i < whole; i += 4) {
        let a0 = a + <usize>i * step;
        let a1 = a0 + step;
        let a2 = a1 + step;
        let a3 = a2 + step;
        let bp = panel;
        let c00 = s0, c01 = s1, c10 = s0, c11 = s1, c20 = s0, c21 = s1, c30 = s0, c31 = s1;
        while (bp < end) {
          const b0 = v128.load(bp);
          const b1 = v128.load(bp, 16);
          let x = v128.load32_splat(a0);
          c00 = f32x4.add(c00, f32x4.mul(x, b0));
          c01 = f32x4.add(c01, f32x4.mul(x, b1));
          x = v128.load32_splat(a1);
          c10 = f32x4.add(c10, f32x4.mul(x, b0));
          c11 = f32x4.add(c11, f32x4.mul(x, b1));
          x = v128.load32_splat(a2);
          c20 = f32x4.add(c20, f32x4.mul(x, b0));
          c21 = f32x4.add(c21, f32x4.mul(x, b1));
          x = v128.load32_splat(a3);
          c30 = f32x4.add(c30, f32x4.mul(x, b0));
          c31 = f32x4.add(c31, f32x4.mul(x, b1));
          a0 += 4;
          a1 += 4;
          a2 += 4;
          a3 += 4;
          bp += 32;
        }
        const cp = c + <usize>i * stride + (<usize>j << 2);
        storeLanes(cp, c00, c01, valid);
        storeLanes(cp + stride, c10, c11, valid);
        storeLanes(cp + 2 * stride, c20, c21, valid);
        storeLanes(cp + 3 * stride, c30, c31, valid);
      }
      for (; i < to; i++) {
        let ap = a + <usize>i * step;
        let bp = panel;
        let c0 = s0, c1 = s1;
        while (bp < end) {
          const x = v128.load32_splat(ap);
          c0 = f32x4.add(c0, f32x4.mul(x, v128.load(bp)));
          c1 = f32x4.add(c1, f32x4.mul(x, v128.load(bp, 16)));
          ap += 4;
          bp += 32;
        }
        storeLanes(c + <usize>i * stride + (<usize>j << 2), c0, c1, valid);
      }
    }
  }
}

/**
 * C[j][p] += Σ_i A[i][j]·B[i][p], i ascending: the weight gradient. A [m][n] rows `aBytes` apart, B [m][k] rows
 * `bBytes` apart, C [n][k] dense.
 */
export function gemmOuterFloat32(
  m: i32, n: i32, k: i32, a: usize, aBytes: i32, b: usize, bBytes: i32, c: usize,
): void {
  const aStep = <usize>aBytes;
  const bStep = <usize>bBytes;
  const stride = <usize>k << 2;
  for (let p = 0; p < k; p += 8) {
    const valid = min(8, k - p);
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let ap = a + (<usize>j << 2);
      let bp = b + (<usize>p << 2);
      const cp = c + <usize>j * stride + (<usize>p << 2);
      let c00 = v128.load(cp), c01 = v128.load(cp, 16);
      let c10 = v128.load(cp + stride), c11 = v128.load(cp + stride, 16);
      let c20 = v128.load(cp + 2 * stride), c21 = v128.load(cp + 2 * stride, 16);
      let c30 = v128.load(cp + 3 * stride), c31 = v128.load(cp + 3 * stride, 16);
      for (let i = 0; i < m; i++) {
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
        ap += aStep;
        bp += bStep;
      }
      storeLanes(cp, c00, c01, valid);
      storeLanes(cp + stride, c10, c11, valid);
      storeLanes(cp + 2 * stride, c20, c21, valid);
      storeLanes(cp + 3 * stride, c30, c31, valid);
    }
    for (; j < n; j++) {
      let ap = a + (<usize>j << 2);
      let bp = b + (<usize>p << 2);
      const cp = c + <usize>j * stride + (<usize>p << 2);
      let c0 = v128.load(cp), c1 = v128.load(cp, 16);
      for (let i = 0; i < m; i++) {
        const x = v128.load32_splat(ap);
        c0 = f32x4.add(c0, f32x4.mul(x, v128.load(bp)));
        c1 = f32x4.add(c1, f32x4.mul(x, v128.load(bp, 16)));
        ap += aStep;
        bp += bStep;
      }
      storeLanes(cp, c0, c1, valid);
    }
  }
}

/** sums[j] += Σ_i A[i][j], i ascending: the bias gradient. A [m][n] dense. */
export function columnSumsFloat32(m: i32, n: i32, a: usize, sums: usize): void {
  const step = <usize>n << 2;
  let j = 0;
  for (; j < n; j += 4) {
    let at = a + (<usize>j << 2);
    let sum = v128.load(sums + (<usize>j << 2));
    for (let i = 0; i < m; i++) {
      sum = f32x4.add(sum, v128.load(at));
      at += step;
    }
    if (j + 4 <= n) v128.store(sums + (<usize>j << 2), sum);
    else storeTail(sums + (<usize>j << 2), sum, n - j);
  }
}
