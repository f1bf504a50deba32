import { blockRows } from './gemm-blocks';

/**
 * int8 × uint7 → int32, started from `start` [n]; exact while sums fit int32. A: values 0..127, panels of 4 rows
 * [m/4][k/4][4][4]; B: −128..127, panels of 8 rows [n/8][k/4][8][4]; four values of k side by side. C [m][n]. The
 * caller pads m to 4, n to 8, k to 4.
 *
 * A product adds neighbours in int16, which two products never leave (2 · 127 · 128 < 2^15); what a machine does with
 * a negative second operand is its own affair, hence 0..127. Sums stay in int16 for `steps` times four values of k,
 * ≥ 1, as long as the caller knows them to fit, and only then widen: widening is a second multiplication.
 */
export function gemmInt8(m: i32, n: i32, k: i32, steps: i32, a: usize, b: usize, start: usize, c: usize): void {
  const stride = <usize>n << 2;
  const row = <usize>k;
  const rows = blockRows(row);
  const segment = <usize>steps << 5;
  const ones = i16x8.splat(1);
  const zero = i16x8.splat(0);
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
        let w00 = s0, w01 = s1, w10 = s0, w11 = s1, w20 = s0, w21 = s1, w30 = s0, w31 = s1;
        while (bp < end) {
          const stop = min(end, bp + segment);
          let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
          while (bp < stop) {
            const b0 = v128.load(bp);
            const b1 = v128.load(bp, 16);
            let x = v128.load32_splat(ap);
            c00 = i16x8.add(c00, i16x8.relaxed_dot_i8x16_i7x16_s(b0, x));
            c01 = i16x8.add(c01, i16x8.relaxed_dot_i8x16_i7x16_s(b1, x));
            x = v128.load32_splat(ap, 4);
            c10 = i16x8.add(c10, i16x8.relaxed_dot_i8x16_i7x16_s(b0, x));
            c11 = i16x8.add(c11, i16x8.relaxed_dot_i8x16_i7x16_s(b1, x));
            x = v128.load32_splat(ap, 8);
            c20 = i16x8.add(c20, i16x8.relaxed_dot_i8x16_i7x16_s(b0, x));
            c21 = i16x8.add(c21, i16x8.relaxed_dot_i8x16_i7x16_s(b1, x));
            x = v128.load32_splat(ap, 12);
            c30 = i16x8.add(c30, i16x8.relaxed_dot_i8x16_i7x16_s(b0, x));
            c31 = i16x8.add(c31, i16x8.relaxed_dot_i8x16_i7x16_s(b1, x));
            ap += 16;
            bp += 32;
          }
          w00 = i32x4.add(w00, i32x4.dot_i16x8_s(c00, ones));
          w01 = i32x4.add(w01, i32x4.dot_i16x8_s(c01, ones));
          w10 = i32x4.add(w10, i32x4.dot_i16x8_s(c10, ones));
          w11 = i32x4.add(w11, i32x4.dot_i16x8_s(c11, ones));
          w20 = i32x4.add(w20, i32x4.dot_i16x8_s(c20, ones));
          w21 = i32x4.add(w21, i32x4.dot_i16x8_s(c21, ones));
          w30 = i32x4.add(w30, i32x4.dot_i16x8_s(c30, ones));
          w31 = i32x4.add(w31, i32x4.dot_i16x8_s(c31, ones));
        }
        let cp = c + ((<usize>i * n + j) << 2);
        v128.store(cp, w00);
        v128.store(cp, w01, 16);
        cp += stride;
        v128.store(cp, w10);
        v128.store(cp, w11, 16);
        cp += stride;
        v128.store(cp, w20);
        v128.store(cp, w21, 16);
        cp += stride;
        v128.store(cp, w30);
        v128.store(cp, w31, 16);
      }
    }
  }
}
