// Exact dot products of operands significand · 2^shift (tier 4): a sum in bins of 32 bits, each an int64, so that
// 2^30 products fit before any carry. Bin b counts multiples of 2^(32 b) of the lattice unit. An operand is a pair
// (significand int32, shift int32), shift ≥ 0.

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

/** Float64 values [n], multiples of 2^lsb with significands of at most 31 bits, as operands; 0 for NaN and Inf. */
export function splitOperands(n: i32, values: usize, lsb: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const bits = load<i64>(values + (i << 3));
    const exponent = <i32>(bits >> 52) & 0x7ff;
    const significand = bits & 0xfffffffffffff | 0x10000000000000;
    const zeros = ctz(significand);
    const magnitude = <i32>(significand >> zeros);
    const none = exponent == 0 || exponent == 0x7ff;
    store<i32>(out + (i << 3), none ? 0 : bits < 0 ? -magnitude : magnitude);
    store<i32>(out + (i << 3), none ? 0 : exponent - 1075 + <i32>zeros - lsb, 4);
  }
}

/** Codes [n] of `bytes` 1 or 2 as operands through a `table` of them. */
export function lookUpOperands(n: i32, codes: usize, bytes: i32, table: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const code = bytes == 1 ? <usize>load<u8>(codes + i) : <usize>load<u16>(codes + (i << 1));
    store<u64>(out + (i << 3), load<u64>(table + (code << 3)));
  }
}

/** start + Σ w · x for one output into `bins`; operands [k], `start` and `bins` int64 [binCount]. */
export function exactDot(k: i32, operands: usize, weights: usize, start: usize, bins: usize, binCount: i32): void {
  memory.copy(bins, start, <usize>binCount << 3);
  for (let p: usize = 0; p < <usize>k; p++) {
    const x = operands + (p << 3);
    const w = weights + (p << 3);
    accumulate(bins, <i64>load<i32>(x) * <i64>load<i32>(w), load<i32>(x, 4) + load<i32>(w, 4));
  }
  normalise(bins, binCount);
}

/** Bin b of the magnitude of a sum, of which `lowest` is the first that is not 0. −x is ~x + 1, and the 1 goes there. */
@inline function magnitudeBin(bins: usize, b: i32, lowest: i32, negative: i32): u64 {
  if (b < lowest) return 0;
  const bin = load<u64>(bins + (<usize>b << 3));
  return (negative ? ~bin + <u64>(b == lowest) : bin) & 0xffffffff;
}

/**
 * The normalised sum in `bins` times 2^exponent, rounded to nearest, ties to even: a float64 into `out`, and behind it
 * 1 where nothing was rounded, else 0. NaN where the result is no normal number. |sum| < 2^(32 · (binCount − 1)).
 */
export function binsToFloat64(bins: usize, binCount: i32, exponent: i32, out: usize): void {
  const negative = <i32>(load<i64>(bins + (<usize>(binCount - 1) << 3)) < 0);
  let lowest = 0;
  while (lowest < binCount && load<u32>(bins + (<usize>lowest << 3)) == 0) lowest++;
  if (lowest == binCount) {
    store<f64>(out, 0);
    store<f64>(out, 1, 8);
    return;
  }
  let top = binCount - 1;
  while (top > lowest && magnitudeBin(bins, top, lowest, negative) == 0) top--;
  const first = magnitudeBin(bins, top, lowest, negative);
  const second = magnitudeBin(bins, top - 1, lowest, negative);
  const third = magnitudeBin(bins, top - 2, lowest, negative);
  const zeros = clz(first) - 32;
  const highest = ((first << 32) | second) << zeros | (third << zeros) >> 32;
  // what lies below the highest 64 bits counts as one bit more: 64 leave room for it below the rounding
  const sticky = <u64>((third << zeros & 0xffffffff) != 0 || lowest < top - 2);
  const whole = reinterpret<u64>(<f64>(highest | sticky));
  const scaled = <i32>(whole >> 52) + 32 * (top - 1) - <i32>zeros + exponent;
  const value = reinterpret<f64>((whole & 0xfffffffffffff) | (<u64>scaled << 52) | (<u64>negative << 63));
  store<f64>(out, scaled > 0 && scaled < 0x7ff ? value : NaN);
  store<f64>(out, <f64>(sticky == 0 && (highest & 0x7ff) == 0), 8);
}
