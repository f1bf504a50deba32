// Bulk encoding and certified rounding by computed codes (codec.ts).
import { CodecDivision, CodecHead, FloatColumn, IntegerColumn, RowNorms } from '../layouts';
import { codeOf, magnitudeCode, UNDECIDED, signMagnitudeCode, twosComplementCode } from './codec';

/** The least normal float64, and a bound on what is left of the exponents' range above. */
const NORMAL = reinterpret<f64>(0x0020000000000000);
const LARGE = reinterpret<f64>(0x7fc0000000000000);

@inline export function storeCode(out: usize, at: usize, bytes: i32, code: i64): void {
  if (bytes == 1) store<u8>(out + at, <u8>code);
  else if (bytes == 2) store<u16>(out + (at << 1), <u16>code);
  else store<u32>(out + (at << 2), <u32>code);
}

@inline function valueAt(values: usize, wide: i32, i: usize): f64 {
  return wide ? load<f64>(values + (i << 3)) : <f64>load<f32>(values + (i << 2));
}

@inline function codeOfQuotient(x: f64, randomWord: u64, codec: usize): i64 {
  if (!(abs(x) < Infinity)) return UNDECIDED;
  const division = load<i64>(codec, CodecHead.DIVISION);
  if (division == CodecDivision.NONE || x == 0) return codeOf(x, randomWord, codec);
  const quotient = x / load<f64>(codec, CodecHead.SCALE);
  // division by a power of two is exact, others err by half a unit in the last place, while numbers are normal
  if (!(abs(quotient) > NORMAL && abs(quotient) < LARGE)) return UNDECIDED;
  if (division == CodecDivision.EXACT) return codeOf(quotient, randomWord, codec);
  const bits = reinterpret<u64>(quotient);
  const code = codeOf(reinterpret<f64>(bits - 1), randomWord, codec);
  return code == codeOf(reinterpret<f64>(bits + 1), randomWord, codec) ? code : UNDECIDED;
}

/**
 * Codes of `bytes` 1, 2 or 4 of values [n], float32 or float64 as `wide` is 0 or 1. `randomWords` u32 [n] for stochastic
 * rounding. Indices of values that are NaN or ±Inf, or whose code only the exact rule knows, go to `undecided`; returns
 * how many.
 */
export function encodeComputed(n: i32, values: usize, wide: i32, codec: usize, randomWords: usize, bytes: i32, out: usize, undecided: usize): i32 {
  const plain = load<i64>(codec, CodecHead.STOCHASTIC) == 0 && load<i64>(codec, CodecHead.DIVISION) == CodecDivision.NONE;
  if (plain && load<i64>(codec, CodecHead.SIGN)) return encodeSignMagnitude(n, values, wide, codec, bytes, out, undecided);
  if (plain) return encodeTwosComplement(n, values, wide, codec, bytes, out, undecided);
  const stochastic = load<i64>(codec, CodecHead.STOCHASTIC) != 0;
  if (!stochastic && load<i64>(codec, CodecHead.SIGN) == 0) return encodeQuotients(n, values, wide, codec, bytes, out, undecided);
  let count = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const randomWord = randomWords == 0 ? 0 : <u64>load<u32>(randomWords + (i << 2));
    const code = codeOfQuotient(valueAt(values, wide, i), randomWord, codec);
    storeCode(out, i, bytes, code);
    store<i32>(undecided + (<usize>count << 2), <i32>i);
    count += <i32>(code == UNDECIDED);
  }
  return count;
}

function encodeTwosComplement(n: i32, values: usize, wide: i32, codec: usize, bytes: i32, out: usize, undecided: usize): i32 {
  const first = load<i64>(codec, CodecHead.FIRST);
  const last = load<i64>(codec, CodecHead.LAST);
  const kept = load<f64>(codec, CodecHead.KEPT);
  const zeroPoint = load<i64>(codec, CodecHead.ZERO_POINT);
  const lowest = load<i64>(codec, CodecHead.LOWEST);
  const highest = load<i64>(codec, CodecHead.HIGHEST);
  const mask = load<i64>(codec, CodecHead.MASK);
  let count = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const x = valueAt(values, wide, i);
    const size = abs(x);
    const sign = reinterpret<i64>(x) >> 63;
    const code = magnitudeCode(size, <usize>sign & 8, codec, first, last);
    storeCode(out, i, bytes, twosComplementCode(code, size, sign, kept, zeroPoint, lowest, highest, mask));
    store<i32>(undecided + (<usize>count << 2), <i32>i);
    count += <i32>!(size < Infinity);
  }
  return count;
}

/** Codes of two's complement of values that are divided by a scale. */
function encodeQuotients(n: i32, values: usize, wide: i32, codec: usize, bytes: i32, out: usize, undecided: usize): i32 {
  const first = load<i64>(codec, CodecHead.FIRST);
  const last = load<i64>(codec, CodecHead.LAST);
  const kept = load<f64>(codec, CodecHead.KEPT);
  const zeroPoint = load<i64>(codec, CodecHead.ZERO_POINT);
  const lowest = load<i64>(codec, CodecHead.LOWEST);
  const highest = load<i64>(codec, CodecHead.HIGHEST);
  const mask = load<i64>(codec, CodecHead.MASK);
  const scale = load<f64>(codec, CodecHead.SCALE);
  const zero = min(max(zeroPoint, lowest), highest) & mask;
  // the exact quotient lies between the float64 numbers on either side
  const error: u64 = load<i64>(codec, CodecHead.DIVISION) == CodecDivision.ROUNDED ? 1 : 0;
  let count = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const x = valueAt(values, wide, i);
    const quotient = x / scale;
    const size = abs(quotient);
    const sign = reinterpret<i64>(x) >> 63;
    const side = <usize>sign & 8;
    // beside 0 lie subnormals, which are slow
    const one = select<u64>(error, 0, x != 0);
    const below = reinterpret<f64>(reinterpret<u64>(size) - one);
    const above = reinterpret<f64>(reinterpret<u64>(size) + one);
    const least = twosComplementCode(magnitudeCode(below, side, codec, first, last), below, sign, kept, zeroPoint, lowest, highest, mask);
    const most = twosComplementCode(magnitudeCode(above, side, codec, first, last), above, sign, kept, zeroPoint, lowest, highest, mask);
    const normal = <i32>(size > NORMAL) & <i32>(size < LARGE);
    const certain = normal & <i32>(least == most) | <i32>(x == 0);
    storeCode(out, i, bytes, select<i64>(zero, least, x == 0));
    store<i32>(undecided + (<usize>count << 2), <i32>i);
    count += 1 - certain;
  }
  return count;
}

function encodeSignMagnitude(n: i32, values: usize, wide: i32, codec: usize, bytes: i32, out: usize, undecided: usize): i32 {
  const first = load<i64>(codec, CodecHead.FIRST);
  const last = load<i64>(codec, CodecHead.LAST);
  const highest = load<i64>(codec, CodecHead.HIGHEST);
  const mask = load<i64>(codec, CodecHead.MASK);
  const signBit = mask ^ (mask >> 1);
  const negativeZero = load<i64>(codec, CodecHead.NEGATIVE_ZERO);
  let count = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const x = valueAt(values, wide, i);
    const size = abs(x);
    const sign = reinterpret<i64>(x) >> 63;
    const side = <usize>sign & 8;
    const code = magnitudeCode(size, side, codec, first, last);
    const beyond = load<i64>(codec + side, CodecHead.BEYOND);
    storeCode(out, i, bytes, signMagnitudeCode(code, sign & signBit, sign & negativeZero, beyond, highest));
    store<i32>(undecided + (<usize>count << 2), <i32>i);
    count += <i32>!(size < Infinity);
  }
  return count;
}

/** The code of a real computed as y, −0 counting as +0, after the activation's clamp. */
@inline function codeOfEnd(y: f64, randomWord: u64, codec: usize): i64 {
  if (y > load<f64>(codec, CodecHead.CAP)) return load<i64>(codec, CodecHead.CAP_CODE);
  return codeOf(max(y, load<f64>(codec, CodecHead.BOTTOM)) + 0.0, randomWord, codec);
}

/** The code of every real within e of y, or UNDECIDED where they have several or it cannot tell. */
@inline export function certainCode(y: f64, e: f64, randomWord: u64, codec: usize): i64 {
  // an overflown sum has a NaN or infinite bound, which certifies nothing
  if (!(abs(y) + e < Infinity)) return UNDECIDED;
  const low = y - e;
  const high = y + e;
  const code = codeOfEnd(low, randomWord, codec);
  const other = codeOfEnd(high, randomWord, codec);
  // overflow to NaN on both sides says nothing of what lies between
  const sides = <i32>(low < 0) & <i32>(high > 0) & <i32>(code == load<i64>(codec, CodecHead.NAN_CODE));
  return code == other && sides == 0 ? code : UNDECIDED;
}

/**
 * Certified rounding of float64 sums by computed codes: y = factor[j] · (c + bias[j]), |y − exact| ≤
 * factor[j] · weightNorm[j] · norm[i] + relative · (|factor·c| + |factor·bias| + |y|) + least[j].
 * rows: norm float64 [m]; columns: (factor, bias, weightNorm · γ, least) [n][4]; `randomWords` u32 [m][n] or 0.
 * Indices of outputs left undecided go to `undecided`; returns how many.
 */
export function roundComputedFloat64(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64,
  codec: usize, randomWords: usize, bytes: i32, out: usize, undecided: usize,
): i32 {
  let count = 0;
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 3);
    const norm = load<f64>(rows + (<usize>i << 3));
    const to = <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const column = columns + (j << 5);
      const factor = load<f64>(column, FloatColumn.FACTOR << 3);
      const sum = load<f64>(row + (j << 3));
      const bias = load<f64>(column, FloatColumn.BIAS << 3);
      const y = factor * (sum + bias);
      const e = factor * load<f64>(column, FloatColumn.WEIGHT_NORM << 3) * norm + relative * (factor * (abs(sum) + abs(bias)) + abs(y)) + load<f64>(column, FloatColumn.LEAST << 3);
      const randomWord = randomWords == 0 ? 0 : <u64>load<u32>(randomWords + ((to + j) << 2));
      const code = certainCode(y, e, randomWord, codec);
      storeCode(out, to + j, bytes, code);
      store<i32>(undecided + (<usize>count << 2), <i32>(to + j));
      count += <i32>(code == UNDECIDED);
    }
  }
  return count;
}

/**
 * The same of int32 sums: y = factor[j] · c, |y − exact| ≤ weightNorm[j] · residual[i] + weightResidual[j] · norm[i] +
 * biasResidual[j] + relative · |y|, or 0 where `exact` is 1. rows: (norm, residual) float64 [m][2]; columns: (factor,
 * weightNorm, weightResidual, biasResidual) [n][4], the last three already multiplied by factor.
 */
export function roundComputedInt32(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64, exact: i32,
  codec: usize, randomWords: usize, bytes: i32, out: usize, undecided: usize,
): i32 {
  let count = 0;
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * stride) << 2);
    const norm = load<f64>(rows + (<usize>i << 4), RowNorms.NORM << 3);
    const residual = load<f64>(rows + (<usize>i << 4), RowNorms.RESIDUAL << 3);
    const to = <usize>i * n;
    for (let j: usize = 0; j < <usize>n; j++) {
      const column = columns + (j << 5);
      const y = <f64>load<i32>(row + (j << 2)) * load<f64>(column, IntegerColumn.FACTOR << 3);
      const bound = load<f64>(column, IntegerColumn.WEIGHT_NORM << 3) * residual + load<f64>(column, IntegerColumn.WEIGHT_RESIDUAL << 3) * norm + load<f64>(column, IntegerColumn.BIAS_RESIDUAL << 3) + relative * abs(y);
      const randomWord = randomWords == 0 ? 0 : <u64>load<u32>(randomWords + ((to + j) << 2));
      const code = certainCode(y, exact ? 0 : bound, randomWord, codec);
      storeCode(out, to + j, bytes, code);
      store<i32>(undecided + (<usize>count << 2), <i32>(to + j));
      count += <i32>(code == UNDECIDED);
    }
  }
  return count;
}
