// Windows of a channels-last image laid out as rows: one row an output pixel, k over (kh, kw, in).

// Runs are short (a window's width), so they are moved 16 bytes at a time and may run over by up to 15: what comes
// next is written later, and the caller leaves 16 bytes after the last row.

@inline function copyRun(to: usize, from: usize, bytes: i32): void {
  for (let at = 0; at < bytes; at += 16) v128.store(to + <usize>at, v128.load(from + <usize>at));
}

@inline function fillRun(to: usize, value: v128, bytes: i32): void {
  for (let at = 0; at < bytes; at += 16) v128.store(to + <usize>at, value);
}

/**
 * One image of codes of `bytes` 1, 2 or 4, [height][width][pixelCodes], of every pixel `channels` codes from `first`
 * on; out-of-image taps get `pad`. Rows stand one after another.
 */
export function im2colCodes(
  image: usize, rows: usize, bytes: i32, pad: i32,
  height: i32, width: i32, pixelCodes: i32, first: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  let to = rows;
  const padding = bytes == 1 ? i8x16.splat(<i8>pad) : bytes == 2 ? i16x8.splat(<i16>pad) : i32x4.splat(pad);
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      layWindow(
        image, to, bytes, padding, height, width, pixelCodes, first, channels, kernelHeight, kernelWidth,
        oy * strideY - padTop, ox * strideX - padLeft, dilationY, dilationX,
      );
      to += kernelHeight * kernelWidth * channels * bytes;
    }
  }
}

/**
 * Of `count` outputs `list` int32, window · n + channel, the windows as rows, those of neighbours in the list once, and
 * `places` int32, row · n + channel. Image and windows as im2colCodes takes them, `outWidth` of them a line.
 */
export function gatherWindows(
  count: i32, list: usize, n: i32, places: usize, image: usize, rows: usize, bytes: i32, pad: i32,
  height: i32, width: i32, pixelCodes: i32, first: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  dilationY: i32, dilationX: i32, outWidth: i32,
): void {
  const padding = bytes == 1 ? i8x16.splat(<i8>pad) : bytes == 2 ? i16x8.splat(<i16>pad) : i32x4.splat(pad);
  const rowBytes = kernelHeight * kernelWidth * channels * bytes;
  let last = -1;
  let row = -1;
  for (let i = 0; i < count; i++) {
    const at = load<i32>(list + (<usize>i << 2));
    const window = at / n;
    if (window != last) {
      row++;
      last = window;
      const oy = window / outWidth;
      const ox = window - oy * outWidth;
      layWindow(
        image, rows + <usize>(row * rowBytes), bytes, padding, height, width, pixelCodes, first, channels, kernelHeight, kernelWidth,
        oy * strideY - padTop, ox * strideX - padLeft, dilationY, dilationX,
      );
    }
    store<i32>(places + (<usize>i << 2), row * n + at - window * n);
  }
}

/** The window whose first tap is at (top, left), one row. */
@inline function layWindow(
  image: usize, row: usize, bytes: i32, padding: v128, height: i32, width: i32, pixelCodes: i32, first: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, top: i32, left: i32, dilationY: i32, dilationX: i32,
): void {
  const pixelBytes = pixelCodes * bytes;
  const tapBytes = channels * bytes;
  const lineBytes = kernelWidth * tapBytes;
  const together = dilationX == 1 && channels == pixelCodes && left >= 0 && left + kernelWidth <= width;
  let to = row;
  for (let ky = 0; ky < kernelHeight; ky++) {
    const y = top + ky * dilationY;
    const line = image + <usize>(y * width * pixelBytes + first * bytes);
    if (y < 0 || y >= height) fillRun(to, padding, lineBytes);
    else if (together) copyRun(to, line + <usize>(left * pixelBytes), lineBytes);
    else {
      for (let kx = 0; kx < kernelWidth; kx++) {
        const x = left + kx * dilationX;
        const tap = to + <usize>(kx * tapBytes);
        if (x < 0 || x >= width) fillRun(tap, padding, tapBytes);
        else copyRun(tap, line + <usize>(x * pixelBytes), tapBytes);
      }
    }
    to += lineBytes;
  }
}

/** Codes [pixels][channels] of `bytes` into [pixels][pixelCodes], from place `first` of each pixel on. */
export function scatterCodes(
  pixels: i32, channels: i32, from: usize, bytes: i32, pixelCodes: i32, first: i32, to: usize,
): void {
  const run = <usize>(channels * bytes);
  const step = <usize>(pixelCodes * bytes);
  let at = to + <usize>(first * bytes);
  let source = from;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let i: usize = 0; i < run; i++) store<u8>(at + i, load<u8>(source + i));
    source += run;
    at += step;
  }
}
