// Requantization as delegates with float units do it: apart from the integer kernels, which have none.

/** clamp(zero + nearest even integer of float32(sum) · factor); factors float32 [n], sums [m][stride], codes bytes [m][n]. */
export function requantizeFloat32(
  m: i32, n: i32, stride: i32, sums: usize, factors: usize, zero: i32, low: i32, high: i32, out: usize,
): void {
  let to = out;
  for (let i = 0; i < m; i++) {
    const row = sums + (<usize>(i * stride) << 2);
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      const y = nearest<f32>(<f32>load<i32>(row + at) * load<f32>(factors + at));
      const code = <i64>y + <i64>zero;
      store<u8>(to + <usize>j, <u8>max(min(code, <i64>high), <i64>low));
    }
    to += <usize>n;
  }
}
