// Convolution windows of codes for the int16 GEMM, without rows of codes in between: an image is decoded once into
// its padding, and panels are packed straight from it.
import { RESIDUAL_UNITS, ResidualEntry, RowNorms } from '../layouts';

/**
 * Codes [height][width][pixelCodes] of 8 bits, of every pixel `channels` from `first` on, through `table` i16 [256]
 * into the inside of a padded image of int16, whose lines are `lineBytes` apart; `out` is where its inside starts.
 */
export function decodeImage(
  image: usize, height: i32, width: i32, pixelCodes: i32, first: i32, channels: i32, table: usize, out: usize, lineBytes: i32,
): void {
  const together = channels == pixelCodes;
  const run = together ? width * channels : channels;
  const runs = together ? 1 : width;
  let from = image + <usize>first;
  for (let y = 0; y < height; y++) {
    let to = out + <usize>(y * lineBytes);
    for (let r = 0; r < runs; r++) {
      let i = 0;
      for (; i + 4 <= run; i += 4) {
        const four = load<u32>(from + <usize>i);
        const a = <u64>load<u16>(table + <usize>((four & 0xff) << 1));
        const b = <u64>load<u16>(table + <usize>((four >>> 7) & 0x1fe));
        const c = <u64>load<u16>(table + <usize>((four >>> 15) & 0x1fe));
        const d = <u64>load<u16>(table + <usize>((four >>> 23) & 0x1fe));
        store<u64>(to, a | (b << 16) | (c << 32) | (d << 48));
        to += 8;
      }
      for (; i < run; i++) {
        store<u16>(to, load<u16>(table + (<usize>load<u8>(from + <usize>i) << 1)));
        to += 2;
      }
      from += together ? run : pixelCodes;
    }
  }
}

/**
 * All channels of an image to two images at once: `table` has two int16 a code, u32 [256], the lower half for `low` and the
 * upper for `high`, which both point at where their insides start. `run` codes a line.
 */
export function decodeImagePair(
  image: usize, height: i32, run: i32, table: usize, high: usize, low: usize, lineBytes: i32,
): void {
  let from = image;
  for (let y = 0; y < height; y++) {
    let at = <usize>(y * lineBytes);
    let i = 0;
    for (; i + 4 <= run; i += 4) {
      const four = load<u32>(from + <usize>i);
      let pairs = v128.load32_zero(table + <usize>((four & 0xff) << 2));
      pairs = v128.load32_lane(table + <usize>((four >>> 6) & 0x3fc), pairs, 1);
      pairs = v128.load32_lane(table + <usize>((four >>> 14) & 0x3fc), pairs, 2);
      pairs = v128.load32_lane(table + <usize>((four >>> 22) & 0x3fc), pairs, 3);
      const halves = v128.shuffle<i16>(pairs, pairs, 0, 2, 4, 6, 1, 3, 5, 7);
      store<i64>(low + at, i64x2.extract_lane(halves, 0));
      store<i64>(high + at, i64x2.extract_lane(halves, 1));
      at += 8;
    }
    for (; i < run; i++) {
      const pair = load<u32>(table + (<usize>load<u8>(from + <usize>i) << 2));
      store<u16>(low + at, <u16>pair);
      store<u16>(high + at, <u16>(pair >>> 16));
      at += 2;
    }
    from += <usize>run;
  }
}

/**
 * As decodeImage through `table` ResidualEntry [256], and of every pixel the sums over `channels` of squares of values and of
 * residuals: float32 into two planes [height][width], whose lines are `planeBytes` apart; both point at their insides.
 */
export function decodeImageNorms(
  image: usize, height: i32, width: i32, pixelCodes: i32, first: i32, channels: i32, table: usize, out: usize, lineBytes: i32,
  squares: usize, residuals: usize, planeBytes: i32,
): void {
  let from = image + <usize>first;
  for (let y = 0; y < height; y++) {
    const line = out + <usize>(y * lineBytes);
    const plane = <usize>(y * planeBytes);
    let x = 0;
    if (channels == 1) {
      for (; x + 4 <= width; x += 4) {
        const at = plane + (<usize>x << 2);
        decodeFour(from, pixelCodes, table, line + (<usize>x << 1), squares + at, residuals + at);
        from += <usize>(4 * pixelCodes);
      }
    }
    const behind = x;
    let to = line + <usize>(x * channels << 1);
    for (; x < width; x++) {
      // values' own sums may carry into the squares above them: upwards, by no more than two units
      let sums: u64 = 0;
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        const four = load<u32>(from + <usize>c);
        const a = load<u64>(table + <usize>((four & 0xff) << 3));
        const b = load<u64>(table + <usize>((four >>> 5) & 0x7f8));
        const d = load<u64>(table + <usize>((four >>> 13) & 0x7f8));
        const e = load<u64>(table + <usize>((four >>> 21) & 0x7f8));
        sums += a + b + (d + e);
        store<u64>(to, (a & 0xffff) | ((b & 0xffff) << 16) | ((d & 0xffff) << 32) | (e << 48));
        to += 8;
      }
      for (; c < channels; c++) {
        const a = load<u64>(table + (<usize>load<u8>(from + <usize>c) << 3));
        sums += a;
        store<u16>(to, <u16>a);
        to += 2;
      }
      store<f32>(residuals + plane + (<usize>x << 2), <f32>(sums >>> 32));
      from += pixelCodes;
    }
    // only now, for what was stored in halves is not read back in one piece at once
    for (x = behind; x < width; x++) {
      const pixel = line + <usize>(x * channels << 1);
      store<f32>(squares + plane + (<usize>x << 2), squaresOf(pixel, channels));
    }
  }
}

/** Four pixels of one channel. */
@inline function decodeFour(from: usize, pixelCodes: i32, table: usize, to: usize, squares: usize, residuals: usize): void {
  const step = <usize>pixelCodes;
  let two = v128.load64_zero(table + (<usize>load<u8>(from) << 3));
  two = v128.load64_lane(table + (<usize>load<u8>(from + step) << 3), two, 1);
  let more = v128.load64_zero(table + (<usize>load<u8>(from + 2 * step) << 3));
  more = v128.load64_lane(table + (<usize>load<u8>(from + 3 * step) << 3), more, 1);
  const values = i32x4.shr_s(i32x4.shl(v128.shuffle<i32>(two, more, 0, 2, 4, 6), 16), 16);
  const numbers = f32x4.convert_i32x4_s(values);
  store<i64>(to, i64x2.extract_lane(i16x8.narrow_i32x4_s(values, values), 0));
  v128.store(squares, f32x4.mul(numbers, numbers));
  v128.store(residuals, f32x4.convert_i32x4_u(v128.shuffle<i32>(two, more, 1, 3, 5, 7)));
}

/** Σ x² of n int16. */
@inline function squaresOf(values: usize, n: i32): f32 {
  let sums = f32x4.splat(0);
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const eight = v128.load(values + (<usize>i << 1));
    sums = f32x4.add(sums, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(eight, eight)));
  }
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (; i < n; i++) {
    const value = <i32>load<i16>(values + (<usize>i << 1));
    sum += <f32>(value * value);
  }
  return sum;
}

/** Of four lines of a plane's windows along y the sums, for the whole width: line[x] = Σ plane[y + ky · dilation][x]. */
@inline function sumLines(plane: usize, lineBytes: i32, kernel: i32, dilation: i32, out: usize): void {
  for (let at: usize = 0; at < <usize>lineBytes; at += 16) {
    let sum = v128.load(plane + at);
    let next = plane + at;
    for (let ky = 1; ky < kernel; ky++) {
      next += <usize>(dilation * lineBytes);
      sum = f32x4.add(sum, v128.load(next));
    }
    v128.store(out + at, sum);
  }
}

/** Of two windows (norm, residual), from the lower two of four roots; gives the norms. */
@inline function storePair(roots: v128, left: v128, slack: f64, to: usize): v128 {
  const wide = f64x2.splat(slack);
  const residuals = f64x2.mul(f64x2.promote_low_f32x4(left), wide);
  const norms = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(roots), wide), residuals);
  v128.store(to, v128.shuffle<f64>(norms, residuals, 0, 2));
  v128.store(to + (RowNorms.LENGTH << 3), v128.shuffle<f64>(norms, residuals, 1, 3));
  return norms;
}

/**
 * From the planes of decodeImageNorms in their padding to (norm, residual) float64 of every window [outHeight · outWidth][2],
 * as packInt16Norms gives them: residual ≥ ‖left out‖, norm ≥ ‖value‖ + residual, `slack` covering float32 sums
 * and roots. lineBytes is a multiple of 16; `scratch` holds two lines and 12 bytes. The largest norm goes to `most`: a number that is
 * returned takes memory.
 */
export function windowNorms(
  squares: usize, residuals: usize, lineBytes: i32, kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32,
  dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32, scratch: usize, out: usize, slack: f64, most: usize,
): void {
  let largest: f64 = 0;
  let to = out;
  const other = scratch + <usize>lineBytes;
  for (let oy = 0; oy < outHeight; oy++) {
    const top = <usize>(oy * strideY * lineBytes);
    sumLines(squares + top, lineBytes, kernelHeight, dilationY, scratch);
    sumLines(residuals + top, lineBytes, kernelHeight, dilationY, other);
    let ox = 0;
    if (strideX == 1) {
      let most4 = f64x2.splat(0);
      for (; ox + 4 <= outWidth; ox += 4) {
        let at = <usize>ox << 2;
        let square = f32x4.splat(0);
        let residual = f32x4.splat(0);
        for (let kx = 0; kx < kernelWidth; kx++) {
          square = f32x4.add(square, v128.load(scratch + at));
          residual = f32x4.add(residual, v128.load(other + at));
          at += <usize>dilationX << 2;
        }
        const norms = f32x4.sqrt(square);
        const left = f32x4.sqrt(f32x4.mul(residual, f32x4.splat(<f32>1.0 / <f32>RESIDUAL_UNITS)));
        const first = storePair(norms, left, slack, to);
        const behind = v128.shuffle<f64>(norms, norms, 1, 1);
        const second = storePair(behind, v128.shuffle<f64>(left, left, 1, 1), slack, to + 2 * (RowNorms.LENGTH << 3));
        most4 = f64x2.max(most4, f64x2.max(first, second));
        to += 4 * (RowNorms.LENGTH << 3);
      }
      largest = max(largest, max(f64x2.extract_lane(most4, 0), f64x2.extract_lane(most4, 1)));
    }
    for (; ox < outWidth; ox++) {
      let at = <usize>(ox * strideX) << 2;
      let square: f32 = 0;
      let residual: f32 = 0;
      for (let kx = 0; kx < kernelWidth; kx++) {
        square += load<f32>(scratch + at);
        residual += load<f32>(other + at);
        at += <usize>dilationX << 2;
      }
      const residualNorm = sqrt(<f64>residual * (1.0 / RESIDUAL_UNITS)) * slack;
      const norm = sqrt(<f64>square) * slack + residualNorm;
      store<f64>(to, norm, RowNorms.NORM << 3);
      store<f64>(to, residualNorm, RowNorms.RESIDUAL << 3);
      largest = max(largest, norm);
      to += RowNorms.LENGTH << 3;
    }
  }
  store<f64>(most, largest);
}

/**
 * Windows of a padded int16 image into panels [⌈outHeight · outWidth / 4⌉][k/2][4][2]. A window is kernelHeight
 * times `runs` runs of `run` values, `runBytes` and `lineBytes` apart; each run is filled up to an even length with
 * whatever follows, so the other operand has a 0 there. The last panel repeats the last window. Up to 12 bytes behind
 * a run are read and up to 48 bytes behind the panels written.
 */
export function packWindows(
  image: usize, lineBytes: i32, pixelBytes: i32, kernelHeight: i32, runs: i32, run: i32, runBytes: i32, dilationBytes: i32,
  strideY: i32, strideX: i32, outHeight: i32, outWidth: i32, out: usize,
): void {
  const windows = outHeight * outWidth;
  const right = <usize>(strideX * pixelBytes);
  const down = <usize>(strideY * lineBytes);
  let line = image;
  let next = image;
  let ox = 0;
  let to = out;
  for (let i = 0; i < windows; i += 4) {
    const r0 = next;
    if (i + 1 < windows) { next += right; if (++ox == outWidth) { ox = 0; line += down; next = line; } }
    const r1 = next;
    if (i + 2 < windows) { next += right; if (++ox == outWidth) { ox = 0; line += down; next = line; } }
    const r2 = next;
    if (i + 3 < windows) { next += right; if (++ox == outWidth) { ox = 0; line += down; next = line; } }
    const r3 = next;
    if (i + 4 < windows) { next += right; if (++ox == outWidth) { ox = 0; line += down; next = line; } }
    for (let ky = 0; ky < kernelHeight; ky++) {
      let at = <usize>(ky * dilationBytes);
      for (let r = 0; r < runs; r++) {
        for (let p = 0; p < run; p += 8) {
          const offset = at + (<usize>p << 1);
          const a = v128.load(r0 + offset);
          const b = v128.load(r1 + offset);
          const c = v128.load(r2 + offset);
          const d = v128.load(r3 + offset);
          const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
          const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
          v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
          v128.store(to, v128.shuffle<i64>(ab, cd, 1, 3), 16);
          const efs = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
          const ghs = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
          v128.store(to, v128.shuffle<i64>(efs, ghs, 0, 2), 32);
          v128.store(to, v128.shuffle<i64>(efs, ghs, 1, 3), 48);
          to += <usize>(min(8, (run - p + 1) & ~1)) << 3;
        }
        at += <usize>runBytes;
      }
    }
  }
}
