// From float32 values to bytes, as integer networks take their inputs.

/** To the nearest integers, ties away from 0; the rest behind the point is exact. */
@inline function awayFromZero(q: v128): v128 {
  const whole = f32x4.trunc(q);
  const sign = v128.and(q, i32x4.splat(i32.MIN_VALUE));
  const isHalf = f32x4.ge(f32x4.abs(f32x4.sub(q, whole)), f32x4.splat(0.5));
  return f32x4.add(whole, v128.and(isHalf, v128.or(sign, f32x4.splat(1))));
}

/**
 * clamp(zero + round(float32(value / scale))) as bytes, `scale` a float32; NaN gives `zero`. Up to 3 bytes behind the last code are
 * written.
 */
export function quantizeBytes(n: i32, values: usize, scale: f64, zero: i32, low: i32, high: i32, out: usize): void {
  const divisor = f32x4.splat(<f32>scale);
  const least = f32x4.splat(<f32>(low - zero)), most = f32x4.splat(<f32>(high - zero));
  const z = i32x4.splat(zero);
  for (let i: usize = 0; i < <usize>n; i += 4) {
    const q = awayFromZero(f32x4.div(v128.load(values + (i << 2)), divisor));
    const code = i32x4.add(i32x4.trunc_sat_f32x4_s(f32x4.max(f32x4.min(q, most), least)), z);
    v128.store32_lane(out + i, i8x16.shuffle(code, code, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), 0);
  }
}

@inline function four(values: usize, factor: v128, least: v128, most: v128): v128 {
  const q = awayFromZero(f32x4.mul(v128.load(values), factor));
  return i32x4.trunc_sat_f32x4_s(f32x4.max(f32x4.min(q, most), least));
}

/**
 * clamp(round(value · factor)) as int16, `factor` a power of two from 2^-126 to 2^127; NaN gives 0. Up to 14 bytes behind the last
 * code are written.
 */
export function quantizeInt16(n: i32, values: usize, factor: f64, low: i32, high: i32, out: usize): void {
  const by = f32x4.splat(<f32>factor);
  const least = f32x4.splat(<f32>low), most = f32x4.splat(<f32>high);
  for (let i: usize = 0; i < <usize>n; i += 8) {
    const at = values + (i << 2);
    v128.store(out + (i << 1), i16x8.narrow_i32x4_s(four(at, by, least, most), four(at + 16, by, least, most)));
  }
}
