// Batch normalisation over the channels of float32 rows [rows][channels]: sums are float64, rows ascending.

/** The mean of each channel (0 of no rows) and the sum of its squared distances from it: f64 [channels] each. */
export function channelMoments(rows: i32, channels: i32, x: usize, mean: usize, squares: usize): void {
  memory.fill(mean, 0, <usize>channels << 3);
  memory.fill(squares, 0, <usize>channels << 3);
  if (rows == 0) return;
  const whole = channels & ~3;
  let at = x;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < whole; c += 4) {
      const v = v128.load(at + (<usize>c << 2));
      const sum = mean + (<usize>c << 3);
      v128.store(sum, f64x2.add(v128.load(sum), f64x2.promote_low_f32x4(v)));
      v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.promote_low_f32x4(high(v))), 16);
    }
    for (let c = whole; c < channels; c++) {
      const sum = mean + (<usize>c << 3);
      store<f64>(sum, load<f64>(sum) + <f64>load<f32>(at + (<usize>c << 2)));
    }
    at += <usize>channels << 2;
  }
  for (let c = 0; c < channels; c++) {
    const sum = mean + (<usize>c << 3);
    store<f64>(sum, load<f64>(sum) / <f64>rows);
  }
  at = x;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < whole; c += 4) {
      const v = v128.load(at + (<usize>c << 2));
      const middle = mean + (<usize>c << 3);
      const sum = squares + (<usize>c << 3);
      const d0 = f64x2.sub(f64x2.promote_low_f32x4(v), v128.load(middle));
      const d1 = f64x2.sub(f64x2.promote_low_f32x4(high(v)), v128.load(middle, 16));
      v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(d0, d0)));
      v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.mul(d1, d1)), 16);
    }
    for (let c = whole; c < channels; c++) {
      const d = <f64>load<f32>(at + (<usize>c << 2)) - load<f64>(mean + (<usize>c << 3));
      const sum = squares + (<usize>c << 3);
      store<f64>(sum, load<f64>(sum) + d * d);
    }
    at += <usize>channels << 2;
  }
}

/** Lanes 2 and 3 of v in the first two places. */
@inline function high(v: v128): v128 {
  return i32x4.shuffle(v, v, 2, 3, 2, 3);
}

/** y = (x − mean) · gain + shift, each step rounded to float32; mean, gain and shift f32 [channels]. */
export function normalizeChannels(
  rows: i32, channels: i32, x: usize, mean: usize, gain: usize, shift: usize, y: usize,
): void {
  const whole = channels & ~3;
  let from = x, to = y;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < whole; c += 4) {
      const at = <usize>c << 2;
      const d = f32x4.sub(v128.load(from + at), v128.load(mean + at));
      v128.store(to + at, f32x4.add(f32x4.mul(d, v128.load(gain + at)), v128.load(shift + at)));
    }
    for (let c = whole; c < channels; c++) {
      const at = <usize>c << 2;
      const d = load<f32>(from + at) - load<f32>(mean + at);
      store<f32>(to + at, d * load<f32>(gain + at) + load<f32>(shift + at));
    }
    from += <usize>channels << 2;
    to += <usize>channels << 2;
  }
}

/** Σ dy and Σ dy · (x − mean) of each channel: f64 [channels] each; mean f32. */
export function channelSlopes(
  rows: i32, channels: i32, x: usize, dy: usize, mean: usize, sums: usize, dots: usize,
): void {
  memory.fill(sums, 0, <usize>channels << 3);
  memory.fill(dots, 0, <usize>channels << 3);
  const whole = channels & ~3;
  let at = x, slope = dy;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < whole; c += 4) {
      const g = v128.load(slope + (<usize>c << 2));
      const p = f32x4.mul(g, f32x4.sub(v128.load(at + (<usize>c << 2)), v128.load(mean + (<usize>c << 2))));
      const sum = sums + (<usize>c << 3), dot = dots + (<usize>c << 3);
      v128.store(sum, f64x2.add(v128.load(sum), f64x2.promote_low_f32x4(g)));
      v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.promote_low_f32x4(high(g))), 16);
      v128.store(dot, f64x2.add(v128.load(dot), f64x2.promote_low_f32x4(p)));
      v128.store(dot, f64x2.add(v128.load(dot, 16), f64x2.promote_low_f32x4(high(p))), 16);
    }
    for (let c = whole; c < channels; c++) {
      const g = load<f32>(slope + (<usize>c << 2));
      const p = g * (load<f32>(at + (<usize>c << 2)) - load<f32>(mean + (<usize>c << 2)));
      const sum = sums + (<usize>c << 3), dot = dots + (<usize>c << 3);
      store<f64>(sum, load<f64>(sum) + <f64>g);
      store<f64>(dot, load<f64>(dot) + <f64>p);
    }
    at += <usize>channels << 2;
    slope += <usize>channels << 2;
  }
}

/** dx = gain · (dy − shift − (x − mean) · slope), each step rounded to float32; all four f32 [channels]. */
export function normalizeBackward(
  rows: i32, channels: i32, x: usize, dy: usize, mean: usize, gain: usize, shift: usize, slope: usize, dx: usize,
): void {
  const whole = channels & ~3;
  const step = <usize>channels << 2;
  let from = x, gradient = dy, to = dx;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < whole; c += 4) {
      const at = <usize>c << 2;
      const d = f32x4.mul(f32x4.sub(v128.load(from + at), v128.load(mean + at)), v128.load(slope + at));
      const g = f32x4.sub(f32x4.sub(v128.load(gradient + at), v128.load(shift + at)), d);
      v128.store(to + at, f32x4.mul(v128.load(gain + at), g));
    }
    for (let c = whole; c < channels; c++) {
      const at = <usize>c << 2;
      const d = (load<f32>(from + at) - load<f32>(mean + at)) * load<f32>(slope + at);
      store<f32>(to + at, load<f32>(gain + at) * (load<f32>(gradient + at) - load<f32>(shift + at) - d));
    }
    from += step;
    gradient += step;
    to += step;
  }
}
