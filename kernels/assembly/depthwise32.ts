// Depthwise convolutions in float32: one filter a channel, channels last, lanes over channels. One image a call. Rows are
// outermost, so that what a row needs stays in the cache. Channels are whole vectors up to the last few.

/** y[pixel][c] = bias[c] + Σ_tap w[tap][c] · x[tap's pixel][c], taps ascending, each product and sum rounded. */
export function depthwiseFloat32(
  image: usize, y: usize, weights: usize, bias: usize, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  const row = <usize>channels << 2;
  const whole = channels & ~3;
  const line = <usize>(dilationY * width) * row;
  const step = <usize>dilationX * row;
  let to = y;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const from = image + <usize>(oy * strideY * width + ox * strideX) * row;
      let c = 0;
      for (; c < whole; c += 4) {
        const at = <usize>c << 2;
        let sum = v128.load(bias + at);
        let w = weights + at;
        let tap = from + at;
        for (let ky = 0; ky < kernelHeight; ky++) {
          let x = tap;
          for (let kx = 0; kx < kernelWidth; kx++) {
            sum = f32x4.add(sum, f32x4.mul(v128.load(x), v128.load(w)));
            x += step;
            w += row;
          }
          tap += line;
        }
        v128.store(to + at, sum);
      }
      for (; c < channels; c++) {
        const at = <usize>c << 2;
        let sum = load<f32>(bias + at);
        let w = weights + at;
        let tap = from + at;
        for (let ky = 0; ky < kernelHeight; ky++) {
          let x = tap;
          for (let kx = 0; kx < kernelWidth; kx++) {
            sum += load<f32>(x) * load<f32>(w);
            x += step;
            w += row;
          }
          tap += line;
        }
        store<f32>(to + at, sum);
      }
      to += row;
    }
  }
}

/** gradients[tap][c] += Σ_pixel dy[pixel][c] · x[tap's pixel][c], pixels ascending. */
export function depthwiseWeightsFloat32(
  image: usize, dy: usize, gradients: usize, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  const row = <usize>channels << 2;
  const whole = channels & ~3;
  const along = <usize>strideX * row;
  for (let oy = 0; oy < outHeight; oy++) {
    const slopes = dy + <usize>(oy * outWidth) * row;
    let to = gradients;
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++) {
        const from = image + <usize>((oy * strideY + ky * dilationY) * width + kx * dilationX) * row;
        let c = 0;
        for (; c < whole; c += 4) {
          const at = <usize>c << 2;
          let sum = v128.load(to + at);
          let x = from + at, g = slopes + at;
          for (let ox = 0; ox < outWidth; ox++) {
            sum = f32x4.add(sum, f32x4.mul(v128.load(x), v128.load(g)));
            x += along;
            g += row;
          }
          v128.store(to + at, sum);
        }
        for (; c < channels; c++) {
          const at = <usize>c << 2;
          let sum = load<f32>(to + at);
          let x = from + at, g = slopes + at;
          for (let ox = 0; ox < outWidth; ox++) {
            sum += load<f32>(x) * load<f32>(g);
            x += along;
            g += row;
          }
          store<f32>(to + at, sum);
        }
        to += row;
      }
    }
  }
}

/** dx[tap's pixel][c] += w[tap][c] · dy[pixel][c], rows of outputs, then taps, then pixels ascending. */
export function depthwiseImageFloat32(
  image: usize, dy: usize, weights: usize, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  const row = <usize>channels << 2;
  const whole = channels & ~3;
  const along = <usize>strideX * row;
  for (let oy = 0; oy < outHeight; oy++) {
    const slopes = dy + <usize>(oy * outWidth) * row;
    let w = weights;
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++) {
        let to = image + <usize>((oy * strideY + ky * dilationY) * width + kx * dilationX) * row;
        let g = slopes;
        for (let ox = 0; ox < outWidth; ox++) {
          let c = 0;
          for (; c < whole; c += 4) {
            const at = <usize>c << 2;
            v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(v128.load(g + at), v128.load(w + at))));
          }
          for (; c < channels; c++) {
            const at = <usize>c << 2;
            store<f32>(to + at, load<f32>(to + at) + load<f32>(g + at) * load<f32>(w + at));
          }
          to += along;
          g += row;
        }
        w += row;
      }
    }
  }
}
