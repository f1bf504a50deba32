// Exact dot products of operands significand · 2^shift (tier 4): a sum in bins of 32 bits, each an int64, so that
// 2^30 products fit before any carry. Bin b counts multiples of 2^(32 b) of the lattice step.

@inline function accumulate(bins: usize, product: i64, shift: i32): void {
  const at = bins + (<usize>(shift >> 5) << 3);
  const by = <i64>(shift & 31);
  const low = (product & 0xffffffff) << by;
  const high = (product >> 32) << by;
  store<i64>(at, load<i64>(at) + (low & 0xffffffff));
  store<i64>(at, load<i64>(at, 8) + <i64>(<u64>low >> 32) + (high & 0xffffffff), 8);
  store<i64>(at, load<i64>(at, 16) + (high >> 32), 16);
}

/** Carries bins upward until each but the last is 0 .. 2^32 − 1; the last keeps the sign. */
@inline function normalise(bins: usize, count: i32): void {
  let carry: i64 = 0;
  for (let b = 0; b < count - 1; b++) {
    const at = bins + (<usize>b << 3);
    const sum = load<i64>(at) + carry;
    store<i64>(at, sum & 0xffffffff);
    carry = sum >> 32;
  }
  const last = bins + (<usize>(count - 1) << 3);
  store<i64>(last, load<i64>(last) + carry);
}

/**
 * Σ w · x for one output into `bins` [binCount] int64, cleared first. Activation codes [k] of `bytes` 1 or 2 are read
 * through `table`, weights stand ready [k]; an operand is (significand int32, shift int32), shift ≥ 0.
 */
export function exactDotCodes(k: i32, codes: usize, bytes: i32, table: usize, weights: usize, bins: usize, binCount: i32): void {
  memory.fill(bins, 0, <usize>binCount << 3);
  for (let p: usize = 0; p < <usize>k; p++) {
    const code = bytes == 1 ? <usize>load<u8>(codes + p) : <usize>load<u16>(codes + (p << 1));
    const x = table + (code << 3);
    const w = weights + (p << 3);
    accumulate(bins, <i64>load<i32>(x) * <i64>load<i32>(w), load<i32>(x, 4) + load<i32>(w, 4));
  }
  normalise(bins, binCount);
}

/** The same with operands [k] in place of codes. */
export function exactDot(k: i32, operands: usize, weights: usize, bins: usize, binCount: i32): void {
  memory.fill(bins, 0, <usize>binCount << 3);
  for (let p: usize = 0; p < <usize>k; p++) {
    const x = operands + (p << 3);
    const w = weights + (p << 3);
    accumulate(bins, <i64>load<i32>(x) * <i64>load<i32>(w), load<i32>(x, 4) + load<i32>(w, 4));
  }
  normalise(bins, binCount);
}
