// Steps without weights between integer codes: maxima over windows, and sums of codes whose scales are powers of two.

import { LaneType } from '../layouts';

@inline function larger(a: v128, b: v128, type: i32): v128 {
  if (type == LaneType.INT8) return i8x16.max_s(a, b);
  if (type == LaneType.UINT8) return i8x16.max_u(a, b);
  return i16x8.max_s(a, b);
}

@inline function smaller(a: v128, b: v128, type: i32): v128 {
  if (type == LaneType.INT8) return i8x16.min_s(a, b);
  if (type == LaneType.UINT8) return i8x16.min_u(a, b);
  return i16x8.min_s(a, b);
}

@inline function maxima(
  images: i32, imageBytes: i32, pixels: i32, pixelBytes: i32, starts: usize, places: usize, least: v128, most: v128, from: usize,
  out: usize, type: i32,
): void {
  let to = out;
  let image = from;
  for (let i = 0; i < images; i++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const first = places + (<usize>load<i32>(starts + (<usize>pixel << 2)) << 2);
      const end = places + (<usize>load<i32>(starts + (<usize>pixel << 2), 4) << 2);
      for (let at: usize = 0; at < <usize>pixelBytes; at += 16) {
        let v = least;
        for (let place = first; place < end; place += 4) v = larger(v, v128.load(image + <usize>load<i32>(place) + at), type);
        v128.store(to + at, smaller(v, most, type));
      }
      to += <usize>pixelBytes;
    }
    image += <usize>imageBytes;
  }
}

/**
 * For every pixel of every image the largest codes of its window, held in low .. high: `places` int32 are the bytes from an image's
 * start to the window's pixels, those of output pixel p from starts[p] to starts[p + 1] (int32 [pixels + 1]). `type` is a
 * LaneType. Up to 15 bytes behind the last code are written.
 */
export function maxPoolLanes(
  images: i32, imageBytes: i32, pixels: i32, pixelBytes: i32, starts: usize, places: usize, type: i32, low: i32, high: i32,
  from: usize, out: usize,
): void {
  if (type == LaneType.INT16) {
    const least = i16x8.splat(<i16>low), most = i16x8.splat(<i16>high);
    maxima(images, imageBytes, pixels, pixelBytes, starts, places, least, most, from, out, LaneType.INT16);
    return;
  }
  const least = i8x16.splat(<i8>low), most = i8x16.splat(<i8>high);
  if (type == LaneType.INT8) maxima(images, imageBytes, pixels, pixelBytes, starts, places, least, most, from, out, LaneType.INT8);
  else maxima(images, imageBytes, pixels, pixelBytes, starts, places, least, most, from, out, LaneType.UINT8);
}

/** Shifted right by `by`, half added first. */
@inline function shiftedRight(v: v128, half: v128, by: i32): v128 {
  return i32x4.shr_s(i32x4.add(v, half), by);
}

/** 2^(by − 1), of 0 nothing. */
@inline function halfOf(by: i32): v128 {
  return i32x4.splat((1 << by) >> 1);
}

/**
 * clamp((a >> rightA) + (b >> rightB), shifted right by `right` or left by `left`) of int16 codes, half added before every shift
 * right; rightA and rightB 0 .. 17, right 0 .. 18, left 0 .. 15, one of the two 0. Up to 14 bytes behind the last code are written.
 */
export function addShiftedInt16(
  n: i32, a: usize, rightA: i32, b: usize, rightB: i32, right: i32, left: i32, low: i32, high: i32, out: usize,
): void {
  const halfA = halfOf(rightA), halfB = halfOf(rightB), half = halfOf(right);
  // farther sums are at an end wherever they are shifted to the left
  const farLow = i32x4.splat(left > 0 ? -32768 : i32.MIN_VALUE), farHigh = i32x4.splat(left > 0 ? 32767 : i32.MAX_VALUE);
  const least = i16x8.splat(<i16>low), most = i16x8.splat(<i16>high);
  for (let i: usize = 0; i < <usize>n << 1; i += 16) {
    const x = v128.load(a + i), y = v128.load(b + i);
    let low4 = i32x4.add(
      shiftedRight(i32x4.extend_low_i16x8_s(x), halfA, rightA),
      shiftedRight(i32x4.extend_low_i16x8_s(y), halfB, rightB),
    );
    let high4 = i32x4.add(
      shiftedRight(i32x4.extend_high_i16x8_s(x), halfA, rightA),
      shiftedRight(i32x4.extend_high_i16x8_s(y), halfB, rightB),
    );
    low4 = i32x4.max_s(i32x4.min_s(shiftedRight(low4, half, right), farHigh), farLow);
    high4 = i32x4.max_s(i32x4.min_s(shiftedRight(high4, half, right), farHigh), farLow);
    const codes = i16x8.narrow_i32x4_s(i32x4.shl(low4, left), i32x4.shl(high4, left));
    v128.store(out + i, i16x8.max_s(i16x8.min_s(codes, most), least));
  }
}
