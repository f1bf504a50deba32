// Codes of up to 8 bits from float32 values by one small table (formats/rounding/byte-table.ts). An entry, u32, is for the
// values that share sign, exponent and first fraction bits: where, by their low `shift` bits, the second of its two
// codes begins, and both codes (ByteEntry). Entry 0 of each sign is for the zero;
// magnitudes beyond the thresholds share the entries at the ends.
import { ByteEntry } from '../layouts';

/**
 * float32 [n] to codes u8 [n], both readable and writable up to a multiple of 16. `lowest` is the magnitude's bits
 * the second entry begins at, `highest` the largest that has an entry; `size` entries a sign. NaN and ±Inf get some
 * code. Returns the largest magnitude's bits.
 */
export function encodeBytesFloat32(n: i32, values: usize, table: usize, lowest: i32, highest: i32, shift: i32, size: i32, out: usize): i32 {
  const first = i32x4.splat(lowest);
  const last = i32x4.splat(highest);
  const base = i32x4.splat((1 << shift) - lowest);
  const low = i32x4.splat((1 << shift) - 1);
  const other = i32x4.splat(size << 2);
  const codeMask = i32x4.splat(0xff);
  const wordMask = i32x4.splat(0xffff);
  const entry = i32x4.splat(~3);
  const magnitudeMask = i32x4.splat(0x7fffffff);
  let largest = i32x4.splat(0);
  for (let i: usize = 0; i < <usize>n; i += 16) {
    const from = values + (i << 2);
    const v = v128.load(from, 0);
    const w = v128.load(from, 16);
    const x = v128.load(from, 32);
    const y = v128.load(from, 48);
    const vSize = v128.and(v, magnitudeMask);
    const wSize = v128.and(w, magnitudeMask);
    const xSize = v128.and(x, magnitudeMask);
    const ySize = v128.and(y, magnitudeMask);
    const a = four(v, vSize, table, first, last, base, low, other, codeMask, wordMask, entry, shift);
    const b = four(w, wSize, table, first, last, base, low, other, codeMask, wordMask, entry, shift);
    const c = four(x, xSize, table, first, last, base, low, other, codeMask, wordMask, entry, shift);
    const d = four(y, ySize, table, first, last, base, low, other, codeMask, wordMask, entry, shift);
    v128.store(out + i, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d)));
    const ab = i32x4.max_u(vSize, wSize);
    const cd = i32x4.max_u(xSize, ySize);
    largest = i32x4.max_u(largest, i32x4.max_u(ab, cd));
  }
  const left = max(i32x4.extract_lane(largest, 0), i32x4.extract_lane(largest, 1));
  return max(left, max(i32x4.extract_lane(largest, 2), i32x4.extract_lane(largest, 3)));
}

@inline function four(
  bits: v128, magnitude: v128, table: usize, first: v128, last: v128, base: v128, low: v128, other: v128,
  codeMask: v128, wordMask: v128, entry: v128, shift: i32,
): v128 {
  const held = i32x4.add(i32x4.min_s(i32x4.max_s(magnitude, first), last), base);
  const place = v128.andnot(held, i32x4.eq(magnitude, i32x4.splat(0)));
  const sign = v128.and(i32x4.shr_s(bits, 31), other);
  const at = i32x4.add(v128.and(i32x4.shr_u(place, shift - 2), entry), sign);
  const two = i64x2.extract_lane(at, 0);
  const more = i64x2.extract_lane(at, 1);
  let entries = v128.load32_zero(table + <usize>(<u32>two));
  entries = v128.load32_lane(table + <usize>(two >>> 32), entries, 1);
  entries = v128.load32_lane(table + <usize>(<u32>more), entries, 2);
  entries = v128.load32_lane(table + <usize>(more >>> 32), entries, 3);
  const second = i32x4.ge_s(v128.and(place, low), v128.and(entries, wordMask));
  return v128.bitselect(i32x4.shr_u(entries, ByteEntry.SECOND), v128.and(i32x4.shr_u(entries, ByteEntry.FIRST), codeMask), second);
}
