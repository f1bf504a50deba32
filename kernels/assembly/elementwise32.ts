// Elementwise float32 steps over n values (whole vectors: up to 12 bytes past the end are read and written).

/** out = x clamped to low..high: ReLU (0, ∞), ReLU6 (0, 6). NaN passes on; −0 gives +0. */
export function clampFloat32(n: i32, x: usize, low: f32, high: f32, out: usize): void {
  const floor = f32x4.splat(low);
  const ceiling = f32x4.splat(high);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    v128.store(out + i, f32x4.min(f32x4.max(v128.load(x + i), floor), ceiling));
  }
}

/** out = gradient where low < x < high, else 0: what a clamp passes back. */
export function clampBackwardFloat32(n: i32, x: usize, gradient: usize, low: f32, high: f32, out: usize): void {
  const floor = f32x4.splat(low);
  const ceiling = f32x4.splat(high);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const v = v128.load(x + i);
    const open = v128.and(f32x4.gt(v, floor), f32x4.lt(v, ceiling));
    v128.store(out + i, v128.and(v128.load(gradient + i), open));
  }
}

/** out = a + b. */
export function addFloat32(n: i32, a: usize, b: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    v128.store(out + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

/** out = a · b. */
export function multiplyFloat32(n: i32, a: usize, b: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  }
}

/** SGD with momentum: v = momentum·v + (g + decay·w); w = w − rate·v. */
export function sgdFloat32(n: i32, w: usize, g: usize, v: usize, rate: f32, momentum: f32, decay: f32): void {
  const r = f32x4.splat(rate), mu = f32x4.splat(momentum), d = f32x4.splat(decay);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const weight = v128.load(w + i);
    const slope = f32x4.add(v128.load(g + i), f32x4.mul(d, weight));
    const speed = f32x4.add(f32x4.mul(mu, v128.load(v + i)), slope);
    v128.store(v + i, speed);
    v128.store(w + i, f32x4.sub(weight, f32x4.mul(r, speed)));
  }
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with decoupled decay (Loshchilov and Hutter 2019):
 * m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²; w = w − step·m / (√(v·unbias) + ε) − shrink·w.
 */
export function adamFloat32(
  n: i32, w: usize, g: usize, m: usize, v: usize, step: f32, unbias: f32, beta1: f32, beta2: f32, epsilon: f32,
  shrink: f32,
): void {
  const b1 = f32x4.splat(beta1), c1 = f32x4.splat(1 - beta1), b2 = f32x4.splat(beta2), c2 = f32x4.splat(1 - beta2);
  const s = f32x4.splat(step), u = f32x4.splat(unbias), e = f32x4.splat(epsilon), k = f32x4.splat(shrink);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const slope = v128.load(g + i);
    const first = f32x4.add(f32x4.mul(b1, v128.load(m + i)), f32x4.mul(c1, slope));
    const second = f32x4.add(f32x4.mul(b2, v128.load(v + i)), f32x4.mul(c2, f32x4.mul(slope, slope)));
    v128.store(m + i, first);
    v128.store(v + i, second);
    const weight = v128.load(w + i);
    const move = f32x4.div(f32x4.mul(s, first), f32x4.add(f32x4.sqrt(f32x4.mul(second, u)), e));
    v128.store(w + i, f32x4.sub(f32x4.sub(weight, move), f32x4.mul(k, weight)));
  }
}

/** Sets `bytes` bytes to 0. */
export function zeroBytes(to: usize, bytes: i32): void {
  memory.fill(to, 0, bytes);
}

/** Copies `bytes` bytes. */
export function copyBytes(from: usize, to: usize, bytes: i32): void {
  memory.copy(to, from, bytes);
}
