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
 * One image of 8-bit codes, [height][width][pixelBytes] with `channels` codes read from offset `first` of each
 * pixel; out-of-image taps get `pad`. Rows are `rowBytes` apart.
 */
export function im2colBytes(
  image: usize, rows: usize, rowBytes: i32, pad: i32,
  height: i32, width: i32, pixelBytes: i32, first: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  let row = rows;
  const padding = i8x16.splat(<i8>pad);
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      let to = row;
      for (let ky = 0; ky < kernelHeight; ky++) {
        const y = oy * strideY - padTop + ky * dilationY;
        const left = ox * strideX - padLeft;
        if (y < 0 || y >= height) {
          fillRun(to, padding, kernelWidth * channels);
          to += kernelWidth * channels;
          continue;
        }
        const line = image + <usize>(y * width) * pixelBytes + first;
        if (left >= 0 && left + (kernelWidth - 1) * dilationX < width && dilationX == 1 && channels == pixelBytes) {
          copyRun(to, line + <usize>(left * pixelBytes), kernelWidth * channels);
          to += kernelWidth * channels;
          continue;
        }
        for (let kx = 0; kx < kernelWidth; kx++) {
          const x = left + kx * dilationX;
          if (x < 0 || x >= width) fillRun(to, padding, channels);
          else copyRun(to, line + <usize>(x * pixelBytes), channels);
          to += channels;
        }
      }
      row += rowBytes;
    }
  }
}
