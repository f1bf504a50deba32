// Work on 8-bit codes that needs no arithmetic: counting them, and pooling them by rank.

/**
 * Adds how often each code occurs to `counts` u32 [256]. Four tables side by side, so that runs of one code do not
 * wait for their own stores; `scratch` u32 [4][256] is cleared first.
 */
export function countBytes(n: i32, codes: usize, scratch: usize, counts: usize): void {
  memory.fill(scratch, 0, 4096);
  const whole = n & ~3;
  for (let i: usize = 0; i < <usize>whole; i += 4) {
    const four = load<u32>(codes + i);
    bump(scratch, four & 0xff);
    bump(scratch + 1024, (four >>> 8) & 0xff);
    bump(scratch + 2048, (four >>> 16) & 0xff);
    bump(scratch + 3072, four >>> 24);
  }
  for (let i = whole; i < n; i++) bump(scratch, load<u8>(codes + <usize>i));
  for (let at: usize = 0; at < 1024; at += 4) {
    const sum = load<u32>(scratch + at) + load<u32>(scratch + at, 1024) + load<u32>(scratch + at, 2048) + load<u32>(scratch + at, 3072);
    store<u32>(counts + at, load<u32>(counts + at) + sum);
  }
}

@inline function bump(table: usize, code: u32): void {
  const at = table + (<usize>code << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * Max-pool of `images` images of codes [height][width][channels]: of every window the first code of the highest
 * rank, `ranks` u16 [256]; taps outside the image do not count.
 */
export function maxPoolBytes(
  images: i32, input: usize, output: usize, ranks: usize, height: i32, width: i32, channels: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
  dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32,
): void {
  let to = output;
  for (let image = 0; image < images; image++) {
    const base = input + <usize>image * (height * width * channels);
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
            const line = base + <usize>(y * width * channels + c);
            for (let kx = 0; kx < kernelWidth; kx++) {
              const x = left + kx * dilationX;
              if (<u32>x >= <u32>width) continue;
              const code = <u32>load<u8>(line + <usize>(x * channels));
              const other = <i32>load<u16>(ranks + (<usize>code << 1));
              // without a branch: which tap is largest cannot be predicted
              best = select<u32>(code, best, other > rank);
              rank = max(rank, other);
            }
          }
          store<u8>(to++, <u8>best);
        }
      }
    }
  }
}
