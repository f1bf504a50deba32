// Convolutions of integer networks: windows over int16 images whose padding holds 0 (the zero point is taken off before), and
// the way back from int32 sums to codes. No float here: what calls these runs on machines that have none.

/** out = codes − zero as int16, of one byte a code: signed where `sign` is 1. */
export function centreCodes(n: i32, codes: usize, sign: i32, zero: i32, out: usize): void {
  const z = i16x8.splat(<i16>zero);
  const whole = n & ~15;
  let i = 0;
  for (; i < whole; i += 16) {
    const v = v128.load(codes + <usize>i);
    const low = sign ? i16x8.extend_low_i8x16_s(v) : i16x8.extend_low_i8x16_u(v);
    const high = sign ? i16x8.extend_high_i8x16_s(v) : i16x8.extend_high_i8x16_u(v);
    const to = out + (<usize>i << 1);
    v128.store(to, i16x8.sub(low, z));
    v128.store(to, i16x8.sub(high, z), 16);
  }
  for (; i < n; i++) {
    const code = sign ? <i32>load<i8>(codes + <usize>i) : <i32>load<u8>(codes + <usize>i);
    store<i16>(out + (<usize>i << 1), <i16>(code - zero));
  }
}

/**
 * The windows of a padded int16 image as rows of (kh, kw, channels from `first`), each `rowBytes` long; what is behind the last
 * value of a row stays as it is. Copies whole vectors: up to 14 bytes behind a row are written before the next one.
 */
export function im2colInt16(
  image: usize, rows: usize, rowBytes: i32, width: i32, pixelValues: i32, first: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  outHeight: i32, outWidth: i32,
): void {
  const joined = dilationX == 1 && channels == pixelValues;
  const runs = joined ? 1 : kernelWidth;
  const span = joined ? kernelWidth * channels : channels;
  const runBytes = <usize>(dilationX * pixelValues) << 1;
  const lineBytes = <usize>(dilationY * width * pixelValues) << 1;
  let row = rows;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      let line = image + (<usize>((oy * strideY * width + ox * strideX) * pixelValues + first) << 1);
      let to = row;
      for (let ky = 0; ky < kernelHeight; ky++) {
        let from = line;
        for (let run = 0; run < runs; run++) {
          for (let i = 0; i < span; i += 8) {
            v128.store(to + (<usize>i << 1), v128.load(from + (<usize>i << 1)));
          }
          to += <usize>span << 1;
          from += runBytes;
        }
        line += lineBytes;
      }
      row += <usize>rowBytes;
    }
  }
}

/** Rows of int16, `rowBytes` (a multiple of 16) apart, to panels [m/4][k/2][4][2], for gemmInt16; m a multiple of 4. */
export function panelsInt16(m: i32, rowBytes: i32, rows: usize, out: usize): void {
  const step = <usize>rowBytes;
  let to = out;
  for (let i = 0; i < m; i += 4) {
    let r0 = rows + <usize>i * step;
    let r1 = r0 + step, r2 = r1 + step, r3 = r2 + step;
    for (let at: usize = 0; at < step; at += 16) {
      const a = v128.load(r0 + at), b = v128.load(r1 + at), c = v128.load(r2 + at), d = v128.load(r3 + at);
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5), ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5), cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
      v128.store(to, i32x4.shuffle(ab0, cd0, 0, 1, 4, 5));
      v128.store(to, i32x4.shuffle(ab0, cd0, 2, 3, 6, 7), 16);
      v128.store(to, i32x4.shuffle(ab1, cd1, 0, 1, 4, 5), 32);
      v128.store(to, i32x4.shuffle(ab1, cd1, 2, 3, 6, 7), 48);
      to += 64;
    }
  }
}

/**
 * sums[pixel][c] = bias[c] + Σ_tap weights[tap][c] · image, one filter a channel: int16 weights and image, int32 bias and sums.
 * Channels are padded to 8 in the image, the weights, the bias and the sums.
 */
export function depthwiseCentred(
  image: usize, sums: usize, weights: usize, bias: usize, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = <usize>channels << 1;
  const line = <usize>(dilationY * width) * pixel;
  const step = <usize>dilationX * pixel;
  let to = sums;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const from = image + <usize>(oy * strideY * width + ox * strideX) * pixel;
      for (let c = 0; c < channels; c += 8) {
        const at = <usize>c << 1;
        let low = v128.load(bias + (at << 1)), high = v128.load(bias + (at << 1), 16);
        let w = weights + at;
        let tap = from + at;
        for (let ky = 0; ky < kernelHeight; ky++) {
          let x = tap;
          for (let kx = 0; kx < kernelWidth; kx++) {
            const a = v128.load(x), b = v128.load(w);
            low = i32x4.add(low, i32x4.extmul_low_i16x8_s(a, b));
            high = i32x4.add(high, i32x4.extmul_high_i16x8_s(a, b));
            x += step;
            w += pixel;
          }
          tap += line;
        }
        v128.store(to + (at << 1), low);
        v128.store(to + (at << 1), high, 16);
      }
      to += pixel << 1;
    }
  }
}

/** zero + y held in low .. high, as a byte; y may be so far that the sum leaves int32. */
@inline function storeCode(to: usize, y: i32, zero: i32, low: i32, high: i32): void {
  store<u8>(to, <u8>(min(max(y, low - zero), high - zero) + zero));
}

/**
 * clamp(zero + sum · multiplier / 2^31, rounded, · 2^shift, rounded): gemmlowp's two roundings, the first with ties up, the
 * second with ties away from 0. Sums [m][stride], multipliers and shifts int32 [n], codes to bytes [m][n].
 */
export function requantizeTwice(
  m: i32, n: i32, stride: i32, sums: usize, multipliers: usize, shifts: usize, zero: i32, low: i32, high: i32, out: usize,
): void {
  let to = out;
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      const shift = load<i32>(shifts + at);
      const multiplier = load<i32>(multipliers + at);
      const x = load<i32>(row + at) << max(shift, 0);
      const full = x == i32.MIN_VALUE && multiplier == i32.MIN_VALUE;
      const y = full ? i32.MAX_VALUE : <i32>((<i64>x * <i64>multiplier + ((<i64>1) << 30)) >> 31);
      const right = max(-shift, 0);
      const mask = <i32>((<i64>1 << right) - 1);
      const rest = y & mask;
      const half = (mask >> 1) + (y < 0 ? 1 : 0);
      storeCode(to + <usize>j, (y >> right) + (rest > half ? 1 : 0), zero, low, high);
    }
    to += <usize>n;
  }
}

/** clamp(zero + ⌊sum · multiplier / 2^(31 − shift) + 1/2⌋): one rounding; −31 ≤ shift ≤ 30. */
export function requantizeOnce(
  m: i32, n: i32, stride: i32, sums: usize, multipliers: usize, shifts: usize, zero: i32, low: i32, high: i32, out: usize,
): void {
  let to = out;
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      const shift = <i64>(31 - load<i32>(shifts + at));
      const product = <i64>load<i32>(row + at) * <i64>load<i32>(multipliers + at);
      const y = (product + ((<i64>1) << (shift - 1))) >> shift;
      // far sums leave int32, not the clamp
      const code = max(min(y + <i64>zero, <i64>high), <i64>low);
      store<u8>(to + <usize>j, <u8>code);
    }
    to += <usize>n;
  }
}
