// Steps from codes to codes by tables that are filled as codes come. Entries are u16: the code, or UNKNOWN_ENTRY where
// nobody has asked for it yet. Both kernels stop there, for the caller to fill the entry and to go on.
import { UNKNOWN_ENTRY } from '../layouts';

/**
 * out[i] = table[codes[i]] for i from `from` to n, codes of 8 bits; the index of the first code whose entry is not known,
 * n where all are.
 */
export function lookUpKnown(from: i32, n: i32, codes: usize, table: usize, out: usize): i32 {
  let i = from;
  for (; i + 4 <= n; i += 4) {
    const four = load<u32>(codes + <usize>i);
    const a = <u32>load<u16>(table + <usize>((four & 0xff) << 1));
    const b = <u32>load<u16>(table + <usize>((four >>> 7) & 0x1fe));
    const c = <u32>load<u16>(table + <usize>((four >>> 15) & 0x1fe));
    const d = <u32>load<u16>(table + <usize>((four >>> 23) & 0x1fe));
    if ((a | b | c | d) & UNKNOWN_ENTRY) break;
    store<u32>(out + <usize>i, a | (b << 8) | (c << 16) | (d << 24));
  }
  for (; i < n; i++) {
    const entry = <u32>load<u16>(table + (<usize>load<u8>(codes + <usize>i) << 1));
    if (entry & UNKNOWN_ENTRY) return i;
    store<u8>(out + <usize>i, <u8>entry);
  }
  return n;
}

@inline function pairAt(first: u32, second: u32, lane: i32, shift: i32, table: usize): u32 {
  const index = (((first >>> (lane << 3)) & 0xff) << shift) | ((second >>> (lane << 3)) & 0xff);
  return <u32>load<u16>(table + (<usize>index << 1));
}

/** The same of pairs: out[i] = table[first[i] · 2^shift + second[i]], `second` of codes of at most `shift` bits. */
export function lookUpKnownPairs(from: i32, n: i32, first: usize, second: usize, shift: i32, table: usize, out: usize): i32 {
  let i = from;
  for (; i + 4 <= n; i += 4) {
    const x = load<u32>(first + <usize>i);
    const y = load<u32>(second + <usize>i);
    const a = pairAt(x, y, 0, shift, table);
    const b = pairAt(x, y, 1, shift, table);
    const c = pairAt(x, y, 2, shift, table);
    const d = pairAt(x, y, 3, shift, table);
    if ((a | b | c | d) & UNKNOWN_ENTRY) break;
    store<u32>(out + <usize>i, a | (b << 8) | (c << 16) | (d << 24));
  }
  for (; i < n; i++) {
    const entry = pairAt(<u32>load<u8>(first + <usize>i), <u32>load<u8>(second + <usize>i), 0, shift, table);
    if (entry & UNKNOWN_ENTRY) return i;
    store<u8>(out + <usize>i, <u8>entry);
  }
  return n;
}
