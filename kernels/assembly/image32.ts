// Windows over channels-last float32 images: im2col and its transpose, pooling forward and backward. One image
// a call; the caller loops, so that what one image needs stays in the cache.

/**
 * The windows of a zero-padded image as rows of (kh, kw, channels from `first`), dense. `width` and
 * `pixelFloats` are those of the padded image. Copies whole vectors: up to 12 bytes behind a row are written
 * before the next row overwrites them.
 */
export function im2colFloat32(
  image: usize, rows: usize, width: i32, pixelFloats: i32, first: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  outHeight: i32, outWidth: i32,
): void {
  const joined = dilationX == 1 && channels == pixelFloats;
  const runs = joined ? 1 : kernelWidth;
  const span = joined ? kernelWidth * channels : channels;
  const runBytes = <usize>(dilationX * pixelFloats) << 2;
  const lineBytes = <usize>(dilationY * width * pixelFloats) << 2;
  let to = rows;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      let line = image + (<usize>((oy * strideY * width + ox * strideX) * pixelFloats + first) << 2);
      for (let ky = 0; ky < kernelHeight; ky++) {
        let from = line;
        for (let run = 0; run < runs; run++) {
          for (let i = 0; i < span; i += 4) {
            v128.store(to + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
          }
          to += <usize>span << 2;
          from += runBytes;
        }
        line += lineBytes;
      }
    }
  }
}

/** The transpose of im2colFloat32: adds each row's values to the places of the padded image they came from. */
export function col2imFloat32(
  image: usize, rows: usize, width: i32, pixelFloats: i32, first: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  outHeight: i32, outWidth: i32,
): void {
  const joined = dilationX == 1 && channels == pixelFloats;
  const runs = joined ? 1 : kernelWidth;
  const span = joined ? kernelWidth * channels : channels;
  const whole = span & ~3;
  const runBytes = <usize>(dilationX * pixelFloats) << 2;
  const lineBytes = <usize>(dilationY * width * pixelFloats) << 2;
  let from = rows;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      let line = image + (<usize>((oy * strideY * width + ox * strideX) * pixelFloats + first) << 2);
      for (let ky = 0; ky < kernelHeight; ky++) {
        let to = line;
        for (let run = 0; run < runs; run++) {
          let i = 0;
          for (; i < whole; i += 4) {
            const at = to + (<usize>i << 2);
            v128.store(at, f32x4.add(v128.load(at), v128.load(from + (<usize>i << 2))));
          }
          for (; i < span; i++) {
            const at = to + (<usize>i << 2);
            store<f32>(at, load<f32>(at) + load<f32>(from + (<usize>i << 2)));
          }
          from += <usize>span << 2;
          to += runBytes;
        }
        line += lineBytes;
      }
    }
  }
}

/** Copies `lines` lines of `bytes` bytes between images whose lines are `fromBytes` and `toBytes` apart. */
export function copyLines(lines: i32, bytes: i32, from: usize, fromBytes: i32, to: usize, toBytes: i32): void {
  for (let i = 0; i < lines; i++) {
    memory.copy(to + <usize>(i * toBytes), from + <usize>(i * fromBytes), bytes);
  }
}

/**
 * Max pooling: the first NaN of the window, else the first of the largest; padding never counts. Writes up to
 * 12 bytes behind the image before the next image overwrites them.
 */
export function maxPoolFloat32(
  image: usize, out: usize, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  let to = out;
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = max(0, oy * strideY - padTop), y1 = min(height, oy * strideY - padTop + kernelHeight);
    for (let ox = 0; ox < outWidth; ox++) {
      const x0 = max(0, ox * strideX - padLeft), x1 = min(width, ox * strideX - padLeft + kernelWidth);
      for (let c = 0; c < channels; c += 4) {
        let best = v128.load(image + (<usize>((y0 * width + x0) * channels + c) << 2));
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            const v = v128.load(image + (<usize>((y * width + x) * channels + c) << 2));
            const takes = v128.or(f32x4.gt(v, best), v128.and(f32x4.ne(v, v), f32x4.eq(best, best)));
            best = v128.bitselect(v, best, takes);
          }
        }
        v128.store(to + (<usize>c << 2), best);
      }
      to += <usize>channels << 2;
    }
  }
}

/** Adds each output's gradient to the first place of its window that holds the output's value. */
export function maxPoolBackwardFloat32(
  image: usize, out: usize, gradient: usize, imageGradient: usize,
  height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  const whole = channels & ~3;
  let o: usize = 0;
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = max(0, oy * strideY - padTop), y1 = min(height, oy * strideY - padTop + kernelHeight);
    for (let ox = 0; ox < outWidth; ox++) {
      const x0 = max(0, ox * strideX - padLeft), x1 = min(width, ox * strideX - padLeft + kernelWidth);
      let c = 0;
      for (; c < whole; c += 4) {
        const best = v128.load(out + o + (<usize>c << 2));
        const g = v128.load(gradient + o + (<usize>c << 2));
        let open = i32x4.splat(-1);
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            const at = <usize>((y * width + x) * channels + c) << 2;
            const hit = v128.and(open, f32x4.eq(v128.load(image + at), best));
            open = v128.andnot(open, hit);
            v128.store(imageGradient + at, f32x4.add(v128.load(imageGradient + at), v128.and(g, hit)));
          }
        }
      }
      for (; c < channels; c++) {
        const best = load<f32>(out + o + (<usize>c << 2));
        const g = load<f32>(gradient + o + (<usize>c << 2));
        let open = true;
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            const at = <usize>((y * width + x) * channels + c) << 2;
            if (open && load<f32>(image + at) == best) {
              open = false;
              store<f32>(imageGradient + at, load<f32>(imageGradient + at) + g);
            }
          }
        }
      }
      o += <usize>channels << 2;
    }
  }
}

/** Mean of the real elements of each window: summed in (y, x) order, then divided by their number. */
export function averagePoolFloat32(
  image: usize, out: usize, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  let to = out;
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = max(0, oy * strideY - padTop), y1 = min(height, oy * strideY - padTop + kernelHeight);
    for (let ox = 0; ox < outWidth; ox++) {
      const x0 = max(0, ox * strideX - padLeft), x1 = min(width, ox * strideX - padLeft + kernelWidth);
      const count = f32x4.splat(<f32>((y1 - y0) * (x1 - x0)));
      for (let c = 0; c < channels; c += 4) {
        let sum = f32x4.splat(0);
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            sum = f32x4.add(sum, v128.load(image + (<usize>((y * width + x) * channels + c) << 2)));
          }
        }
        v128.store(to + (<usize>c << 2), f32x4.div(sum, count));
      }
      to += <usize>channels << 2;
    }
  }
}

/** Adds each output's gradient, divided by the number of real elements, to all of its window. */
export function averagePoolBackwardFloat32(
  gradient: usize, imageGradient: usize, height: i32, width: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  outHeight: i32, outWidth: i32,
): void {
  let o = gradient;
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = max(0, oy * strideY - padTop), y1 = min(height, oy * strideY - padTop + kernelHeight);
    for (let ox = 0; ox < outWidth; ox++) {
      const x0 = max(0, ox * strideX - padLeft), x1 = min(width, ox * strideX - padLeft + kernelWidth);
      const count = <f32>((y1 - y0) * (x1 - x0));
      for (let c = 0; c < channels; c++) {
        const share = load<f32>(o + (<usize>c << 2)) / count;
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            const at = imageGradient + (<usize>((y * width + x) * channels + c) << 2);
            store<f32>(at, load<f32>(at) + share);
          }
        }
      }
      o += <usize>channels << 2;
    }
  }
}
