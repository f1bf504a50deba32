// Average pools on codes of 8 bits: of every window the exact sum, one product and one quotient, rounded by thresholds.
import { firstTap, tapsFrom } from './pool-codes';
import { levelAt } from './round-bytes';

/**
 * Codes of factor · Σ values[code] / n over the n taps of each window that lie inside the image. The caller sees to it
 * that Σ and factor · Σ are exact and that no threshold comes between the quotient and its rounding. `images` images
 * [height][width][channels], values float64 [256]; thresholds as levelAt takes them, codes u8 by level. No window is
 * empty. Up to 3 bytes behind the input are read, and behind the output written.
 */
export function meanCodes(
  images: i32, input: usize, output: usize, values: usize, factor: f64, height: i32, width: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize,
): void {
  const pixelStep = <usize>(dilationX * channels);
  const lineStep = <usize>(dilationY * width * channels);
  let to = output;
  for (let image = 0; image < images; image++) {
    const base = input + <usize>(image * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * strideY - padTop;
      const y0 = firstTap(top, dilationY);
      const rows = tapsFrom(y0, top, kernelHeight, dilationY, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * strideX - padLeft;
        const x0 = firstTap(left, dilationX);
        const columns = tapsFrom(x0, left, kernelWidth, dilationX, width);
        const first = base + <usize>((y0 * width + x0) * channels);
        const n = <f64>(rows * columns);
        // four channels at a time; what is stored behind a pixel's end is overwritten by the next
        for (let c: usize = 0; c < <usize>channels; c += 4) {
          let s0: f64 = 0, s1: f64 = 0, s2: f64 = 0, s3: f64 = 0;
          let line = first + c;
          for (let row = 0; row < rows; row++) {
            let at = line;
            for (let column = 0; column < columns; column++) {
              const four = load<u32>(at);
              s0 += load<f64>(values + <usize>((four & 0xff) << 3));
              s1 += load<f64>(values + <usize>(((four >>> 8) & 0xff) << 3));
              s2 += load<f64>(values + <usize>(((four >>> 16) & 0xff) << 3));
              s3 += load<f64>(values + <usize>((four >>> 24) << 3));
              at += pixelStep;
            }
            line += lineStep;
          }
          const a = <u32>load<u8>(codes + levelAt((factor * s0) / n, thresholds, buckets, lowest, size));
          const b = <u32>load<u8>(codes + levelAt((factor * s1) / n, thresholds, buckets, lowest, size));
          const d = <u32>load<u8>(codes + levelAt((factor * s2) / n, thresholds, buckets, lowest, size));
          const e = <u32>load<u8>(codes + levelAt((factor * s3) / n, thresholds, buckets, lowest, size));
          store<u32>(to + c, a | (b << 8) | (d << 16) | (e << 24));
        }
        to += channels;
      }
    }
  }
}
