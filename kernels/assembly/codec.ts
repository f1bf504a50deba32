// Codes of formats of 2 to 32 bits computed from float64 values. A codec is a head of fields of 8 bytes (CodecHead) and
// a table, both filled by formats/rounding/codec-record.ts. Between two powers of two a format's ulp is constant, so the table has, for
// each float64 exponent, a factor (a power of two, or 0) and an offset, 2^52 and an integer more: |x| · factor is exact,
// and adding the offset rounds it once, to the nearest integer, ties to even, which is the magnitude's code. Other modes
// correct it by the sign of what was rounded away.

import { CODEC_ENTRY_BYTES, CodecHead, UNDECIDED_CODE } from '../layouts';

/** As computed codes are, an int64. */
export const UNDECIDED: i64 = UNDECIDED_CODE;

/** The bits of 2^52. */
const WHOLE: i64 = 0x4330000000000000;

/** The entry of a magnitude. */
@inline function entryOf(size: f64, first: i64, last: i64, entries: usize): usize {
  return entries + (<usize>min(max(<i64>(reinterpret<u64>(size) >> 52) - first, 0), last) * CODEC_ENTRY_BYTES);
}

/** The magnitude's code before zero, range and sign; `side` is 8 for negatives, else 0. */
@inline export function magnitudeCode(size: f64, side: usize, codec: usize, first: i64, last: i64): i64 {
  const entry = entryOf(size, first, last, codec + CodecHead.ENTRIES);
  const position = size * load<f64>(entry);
  const offset = load<f64>(entry, 8);
  const sum = position + offset;
  const away = position - (sum - offset);
  const up = <i64>(away > load<f64>(codec + side, CodecHead.UP));
  const down = <i64>(away < load<f64>(codec + side, CodecHead.DOWN));
  return reinterpret<i64>(sum) - WHOLE + up - down;
}

/** The code of a posit or an integer; `sign` is −1 for negatives, else 0. */
@inline export function twosComplementCode(
  code: i64, size: f64, sign: i64, kept: f64, zeroPoint: i64, lowest: i64, highest: i64, mask: i64,
): i64 {
  const body = select<i64>(0, code, size < kept);
  return min(max((body ^ sign) - sign + zeroPoint, lowest), highest) & mask;
}

/** The code of a float; `signBit` is that of negatives, else 0; `zero` the code of ±0, `beyond` that past the largest. */
@inline export function signMagnitudeCode(code: i64, signBit: i64, zero: i64, beyond: i64, highest: i64): i64 {
  return select<i64>(beyond, select<i64>(zero, code | signBit, code == 0), code > highest);
}

/** The magnitude's code under a random word, before zero, range and sign; UNDECIDED where the position is no shift away. */
function stochasticCode(size: f64, sign: i64, randomWord: u64, codec: usize): i64 {
  const entry = entryOf(size, load<i64>(codec, CodecHead.FIRST), load<i64>(codec, CodecHead.LAST), codec + CodecHead.ENTRIES);
  const position = size * load<f64>(entry);
  const offset = load<f64>(entry, 8);
  if (offset != offset) return UNDECIDED;
  if (size > load<f64>(codec, CodecHead.LARGEST)) return load<i64>(codec, CodecHead.HIGHEST) + 1;
  const below = floor(position);
  const words = (position - below) * 4294967296;
  // up iff ⌊2^32 p⌋ + randomWord ≥ 2^32; in magnitudes of negatives iff randomWord < 2^32 p
  const up = sign ? <f64>randomWord < words : floor(words) + <f64>randomWord >= 4294967296;
  return reinterpret<i64>(below + offset) - WHOLE + <i64>up;
}

/** The code of finite x by any codec, or UNDECIDED; `randomWord` is what stochastic rounding takes. */
export function codeOf(x: f64, randomWord: u64, codec: usize): i64 {
  const size = abs(x);
  const sign = reinterpret<i64>(x) >> 63;
  const side = <usize>sign & 8;
  const code = load<i64>(codec, CodecHead.STOCHASTIC)
    ? stochasticCode(size, sign, randomWord, codec)
    : magnitudeCode(size, side, codec, load<i64>(codec, CodecHead.FIRST), load<i64>(codec, CodecHead.LAST));
  if (code == UNDECIDED) return size < load<f64>(codec, CodecHead.KEPT) ? 0 : UNDECIDED;
  const highest = load<i64>(codec, CodecHead.HIGHEST);
  const mask = load<i64>(codec, CodecHead.MASK);
  if (load<i64>(codec, CodecHead.SIGN)) {
    const zero = sign & load<i64>(codec, CodecHead.NEGATIVE_ZERO);
    return signMagnitudeCode(code, sign & (mask ^ (mask >> 1)), zero, load<i64>(codec + side, CodecHead.BEYOND), highest);
  }
  return twosComplementCode(code, size, sign, load<f64>(codec, CodecHead.KEPT), load<i64>(codec, CodecHead.ZERO_POINT), load<i64>(codec, CodecHead.LOWEST), highest, mask);
}
