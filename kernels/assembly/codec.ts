// Codes of formats of 2 to 32 bits computed from float64 values. A codec is a head of slots of 8 bytes and a table,
// both filled by formats/codec.ts; their order is stated here and there. Between two powers of two a format's step is
// constant, so the table has, for each float64 exponent, a factor (a power of two, or 0) and an offset, 2^52 and an
// integer more: |x| · factor is exact, and adding the offset rounds it once, to the nearest integer, ties to even,
// which is the magnitude's code. Other modes correct it by the sign of what was rounded away.

/** 1 for sign and magnitude (floats), 0 for two's complement (posits, integers, these with a zero point). */
export const SIGN_MAGNITUDE = 0;
export const STOCHASTIC = 8;
/** How scale divides: 0 it is 1, 1 exactly, 2 rounded. */
export const DIVISION = 16;
export const SCALE = 24;
/** The code goes up where more than this was rounded away, for positive and for negative values. */
export const UP = 32;
/** The code goes down where less than this was. */
export const DOWN = 48;
/** Magnitudes from here on are not 0. */
export const KEPT = 64;
/** Biased exponent of the first entry, and entries less 1. */
export const FIRST = 72;
export const LAST = 80;
/** All ones of the code's width. */
export const MASK = 88;
/** Two's complement: zero point and range. Sign and magnitude: largest magnitude, code of −0, codes beyond the ends. */
export const ZERO_POINT = 96;
export const LOWEST = 104;
export const HIGHEST = 112;
export const NEGATIVE_ZERO = 120;
export const BEYOND = 128;
/** The code that both ends may overflow to, or −1. */
export const NAN_CODE = 144;
/** Largest value. */
export const LARGEST = 152;
/** Activations clamp to bottom .. cap. */
export const BOTTOM = 160;
export const CAP = 168;
export const CAP_CODE = 176;
export const ENTRIES = 192;

/** No code without the exact rule. */
export const OPEN: i64 = -1;

/** The bits of 2^52. */
const WHOLE: i64 = 0x4330000000000000;

/** The entry of a magnitude. */
@inline function entryOf(size: f64, first: i64, last: i64, entries: usize): usize {
  return entries + (<usize>min(max(<i64>(reinterpret<u64>(size) >> 52) - first, 0), last) << 4);
}

/** The magnitude's code before zero, range and sign; `side` is 8 for negatives, else 0. */
@inline export function magnitudeCode(size: f64, side: usize, codec: usize, first: i64, last: i64): i64 {
  const entry = entryOf(size, first, last, codec + ENTRIES);
  const position = size * load<f64>(entry);
  const offset = load<f64>(entry, 8);
  const sum = position + offset;
  const away = position - (sum - offset);
  const up = <i64>(away > load<f64>(codec + side, UP));
  const down = <i64>(away < load<f64>(codec + side, DOWN));
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

/** The magnitude's code under a draw, before zero, range and sign; OPEN where the position is no shift away. */
function drawnCode(size: f64, sign: i64, draw: u64, codec: usize): i64 {
  const entry = entryOf(size, load<i64>(codec, FIRST), load<i64>(codec, LAST), codec + ENTRIES);
  const position = size * load<f64>(entry);
  const offset = load<f64>(entry, 8);
  if (offset != offset) return OPEN;
  if (size > load<f64>(codec, LARGEST)) return load<i64>(codec, HIGHEST) + 1;
  const below = floor(position);
  const words = (position - below) * 4294967296;
  // up iff ⌊2^32 p⌋ + draw ≥ 2^32; in magnitudes of negatives iff draw < 2^32 p
  const up = sign ? <f64>draw < words : floor(words) + <f64>draw >= 4294967296;
  return reinterpret<i64>(below + offset) - WHOLE + <i64>up;
}

/** The code of finite x by any codec, or OPEN; `draw` is stochastic rounding's word. */
export function codeOf(x: f64, draw: u64, codec: usize): i64 {
  const size = abs(x);
  const sign = reinterpret<i64>(x) >> 63;
  const side = <usize>sign & 8;
  const code = load<i64>(codec, STOCHASTIC)
    ? drawnCode(size, sign, draw, codec)
    : magnitudeCode(size, side, codec, load<i64>(codec, FIRST), load<i64>(codec, LAST));
  if (code == OPEN) return size < load<f64>(codec, KEPT) ? 0 : OPEN;
  const highest = load<i64>(codec, HIGHEST);
  const mask = load<i64>(codec, MASK);
  if (load<i64>(codec, SIGN_MAGNITUDE)) {
    const zero = sign & load<i64>(codec, NEGATIVE_ZERO);
    return signMagnitudeCode(code, sign & (mask ^ (mask >> 1)), zero, load<i64>(codec + side, BEYOND), highest);
  }
  return twosComplementCode(code, size, sign, load<f64>(codec, KEPT), load<i64>(codec, ZERO_POINT), load<i64>(codec, LOWEST), highest, mask);
}
