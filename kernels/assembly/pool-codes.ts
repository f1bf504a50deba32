// Max-pool on codes: of every window the first code of the largest value; taps outside the image do not count.

/**
 * Codes of 8 bits whose order of value is that of code ^ flip as unsigned bytes, no two of one value. `images` images
 * [height][width][channels]; `line` [width][channels] is scratch. Lines are moved 16 bytes at a time: up to 15 bytes
 * behind the input are read, and behind the output and the scratch written.
 */
export function maxPoolOrdered(
  images: i32, input: usize, output: usize, line: usize, flip: i32, height: i32, width: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  const flips = i8x16.splat(<i8>flip);
  const lineBytes = width * channels;
  const pixelStep = <usize>(dilationX * channels);
  const lineStep = <usize>(dilationY * lineBytes);
  let to = output;
  for (let image = 0; image < images; image++) {
    const base = input + <usize>(image * height * lineBytes);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * strideY - padTop;
      const y0 = firstTap(top, dilationY);
      const rows = tapsFrom(y0, top, kernelHeight, dilationY, height);
      const from = base + <usize>(y0 * lineBytes);
      for (let at: usize = 0; at < <usize>lineBytes; at += 16) {
        let best = v128.xor(v128.load(from + at), flips);
        let next = from + at;
        for (let row = 1; row < rows; row++) {
          next += lineStep;
          best = i8x16.max_u(best, v128.xor(v128.load(next), flips));
        }
        v128.store(line + at, best);
      }
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * strideX - padLeft;
        const x0 = firstTap(left, dilationX);
        const pixels = tapsFrom(x0, left, kernelWidth, dilationX, width);
        const pixel = line + <usize>(x0 * channels);
        for (let c: usize = 0; c < <usize>channels; c += 16) {
          let best = v128.load(pixel + c);
          let next = pixel + c;
          for (let tap = 1; tap < pixels; tap++) {
            next += pixelStep;
            best = i8x16.max_u(best, v128.load(next));
          }
          v128.store(to + c, v128.xor(best, flips));
        }
        to += channels;
      }
    }
  }
}

/** The first tap that is not negative of a window that starts at `start`. */
@inline export function firstTap(start: i32, dilation: i32): i32 {
  return start >= 0 ? start : start + ((dilation - 1 - start) / dilation) * dilation;
}

/** How many taps from `first` on lie inside `extent`. */
@inline export function tapsFrom(first: i32, start: i32, kernel: i32, dilation: i32, extent: i32): i32 {
  const last = min(start + (kernel - 1) * dilation, extent - 1);
  return last < first ? 0 : (last - first) / dilation + 1;
}

/** Codes of `bytes` 1 or 2 in any order: by `ranks` u32 by code, the first tap of the highest rank. */
export function maxPoolRanks(
  images: i32, input: usize, output: usize, ranks: usize, bytes: i32, height: i32, width: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  let to = output;
  const wide = bytes == 2;
  for (let image = 0; image < images; image++) {
    const base = input + <usize>(image * height * width * channels * bytes);
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const top = oy * strideY - padTop;
        const left = ox * strideX - padLeft;
        for (let c = 0; c < channels; c++) {
          let best: u32 = 0;
          let rank: i32 = -1;
          for (let ky = 0; ky < kernelHeight; ky++) {
            const y = top + ky * dilationY;
            if (<u32>y >= <u32>height) continue;
            for (let kx = 0; kx < kernelWidth; kx++) {
              const x = left + kx * dilationX;
              if (<u32>x >= <u32>width) continue;
              const at = base + <usize>(((y * width + x) * channels + c) * bytes);
              const code = wide ? <u32>load<u16>(at) : <u32>load<u8>(at);
              const other = load<i32>(ranks + (<usize>code << 2));
              // without a branch: which tap is largest cannot be predicted
              best = select<u32>(code, best, other > rank);
              rank = max(rank, other);
            }
          }
          if (wide) store<u16>(to, <u16>best);
          else store<u8>(to, <u8>best);
          to += bytes;
        }
      }
    }
  }
}
