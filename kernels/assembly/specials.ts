// Whether NaN, NaR or Inf are among codes: those whose bits under `mask` exceed `largest`, unsigned, and `nan`.

/** 1 where such a code is among `codes` [n] of `bytes` 1, 2 or 4, else 0; mask, largest and nan of that width. */
export function holdsSpecials(n: i32, codes: usize, bytes: i32, mask: i32, largest: i32, nan: i32): i32 {
  if (bytes == 1) return holds<u8>(n, codes, <u8>mask, <u8>largest, <u8>nan);
  return bytes == 2 ? holds<u16>(n, codes, <u16>mask, <u16>largest, <u16>nan) : holds<u32>(n, codes, mask, largest, nan);
}

@inline function holds<T>(n: i32, codes: usize, mask: T, largest: T, nan: T): i32 {
  const end = codes + <usize>n * sizeof<T>();
  const masks = v128.splat<T>(mask), limits = v128.splat<T>(largest), nans = v128.splat<T>(nan);
  let at = codes;
  for (; at + 16 <= end; at += 16) {
    const x = v128.load(at);
    if (v128.any_true(v128.or(v128.gt<T>(v128.and(x, masks), limits), v128.eq<T>(x, nans)))) return 1;
  }
  for (; at < end; at += sizeof<T>()) {
    const x = load<T>(at);
    if ((x & mask) > largest || x == nan) return 1;
  }
  return 0;
}
