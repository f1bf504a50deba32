// What a training step does with the gradients of its shards (networks/training/shards.ts), over n float32 values
// (whole vectors: up to 12 bytes past the end are read and written).

/** The sums of the eight shards' values, `apart` bytes from one to the next, in a fixed tree of pairs. */
export function sumShardsFloat32(n: i32, shards: usize, apart: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    let at = shards + i;
    const a = pair(at, apart);
    at += 2 * apart;
    const b = pair(at, apart);
    at += 2 * apart;
    const c = pair(at, apart);
    at += 2 * apart;
    const d = pair(at, apart);
    v128.store(out + i, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
}

@inline function pair(at: usize, apart: usize): v128 {
  return f32x4.add(v128.load(at), v128.load(at + apart));
}

/**
 * SGD with Nesterov's momentum as Sutskever et al. 2013 write it: g includes decay·w; v = momentum·v + g;
 * w = w − rate·(g + momentum·v).
 */
export function nesterovFloat32(n: i32, w: usize, g: usize, v: usize, rate: f32, momentum: f32, decay: f32): void {
  const r = f32x4.splat(rate), mu = f32x4.splat(momentum), d = f32x4.splat(decay);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const weight = v128.load(w + i);
    const slope = f32x4.add(v128.load(g + i), f32x4.mul(d, weight));
    const speed = f32x4.add(f32x4.mul(mu, v128.load(v + i)), slope);
    v128.store(v + i, speed);
    v128.store(w + i, f32x4.sub(weight, f32x4.mul(r, f32x4.add(slope, f32x4.mul(mu, speed)))));
  }
}

/** average = average + share · (x − average). */
export function averageFloat32(n: i32, average: usize, x: usize, share: f32): void {
  const s = f32x4.splat(share);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const old = v128.load(average + i);
    v128.store(average + i, f32x4.add(old, f32x4.mul(s, f32x4.sub(v128.load(x + i), old))));
  }
}
