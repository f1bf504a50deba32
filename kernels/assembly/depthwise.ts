// Depthwise convolutions: every channel has weights and windows of its own, so channels lie side by side in vectors.

@inline function pixelSums(s: v128, x: v128, y: v128, weights: v128, half: i32): v128 {
  const pairs = half == 0
    ? v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
    : v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15);
  return i32x4.add(s, i32x4.dot_i16x8_s(pairs, weights));
}

/**
 * int16 × int16 → int32 over a padded image of int16, pixels `pixelBytes` and lines `lineBytes` apart: of every window
 * and channel start[c] + Σ weights · values; every partial sum must fit int32. `taps`: where the windows' values lie from
 * their first pixel, in bytes, int32 [2 · pairs]; weights [n/8][pairs][8 channels][2 taps]; start int32 [n], n a multiple
 * of 8. Sums [outHeight · outWidth][n]. Up to 14 bytes behind a window's last pixel are read.
 */
export function depthwiseInt16(
  image: usize, lineBytes: i32, pixelBytes: i32, strideY: i32, strideX: i32, outHeight: i32, outWidth: i32,
  n: i32, pairs: i32, taps: usize, weights: usize, start: usize, sums: usize,
): void {
  const stride = <usize>n << 2;
  const right = <usize>(strideX * pixelBytes);
  const ends = taps + (<usize>pairs << 3);
  for (let oy = 0; oy < outHeight; oy++) {
    const line = image + <usize>(oy * strideY * lineBytes);
    for (let c: usize = 0; c < <usize>n; c += 8) {
      const s0 = v128.load(start + (c << 2));
      const s1 = v128.load(start + (c << 2), 16);
      const panel = weights + c * (<usize>pairs << 2);
      let pixel = line + (c << 1);
      let to = sums + (<usize>(oy * outWidth) * stride) + (c << 2);
      // two pixels at a time, which share the weights; of an odd number the last one comes twice
      for (let ox = 0; ox < outWidth; ox += 2) {
        const isPair = ox + 1 < outWidth;
        const next = isPair ? pixel + right : pixel;
        let a0 = s0, a1 = s1, b0 = s0, b1 = s1;
        let at = panel;
        for (let tap = taps; tap < ends; tap += 8) {
          const first = <usize>load<u32>(tap);
          const second = <usize>load<u32>(tap, 4);
          const w0 = v128.load(at);
          const w1 = v128.load(at, 16);
          let x = v128.load(pixel + first);
          let y = v128.load(pixel + second);
          a0 = pixelSums(a0, x, y, w0, 0);
          a1 = pixelSums(a1, x, y, w1, 1);
          x = v128.load(next + first);
          y = v128.load(next + second);
          b0 = pixelSums(b0, x, y, w0, 0);
          b1 = pixelSums(b1, x, y, w1, 1);
          at += 32;
        }
        v128.store(to, a0);
        v128.store(to, a1, 16);
        if (isPair) {
          v128.store(to + stride, b0);
          v128.store(to + stride, b1, 16);
        }
        to += stride << 1;
        pixel = next + right;
      }
    }
  }
}

/** float64 high · factor + low of n int32 each, n a multiple of 4. */
export function joinSums(n: i32, high: usize, low: usize, factor: f64, out: usize): void {
  const factors = f64x2.splat(factor);
  for (let i: usize = 0; i < <usize>n; i += 4) {
    const h = v128.load(high + (i << 2));
    const l = v128.load(low + (i << 2));
    const to = out + (i << 3);
    v128.store(to, f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(h), factors), f64x2.convert_low_i32x4_s(l)));
    const h1 = v128.shuffle<i64>(h, h, 1, 1);
    const l1 = v128.shuffle<i64>(l, l, 1, 1);
    v128.store(to, f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(h1), factors), f64x2.convert_low_i32x4_s(l1)), 16);
  }
}
