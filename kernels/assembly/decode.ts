// Bulk decoding by computed values, also straight into the float64 GEMM's panels. A decoder is a head of
// fields of 8 bytes and, for posits, a table of (shift, base) by the length of the regime (layouts.ts); formats/decoding/decoder.ts
// fills it.
import { DecoderHead, DecoderKind, FloatDecoder, IntegerDecoder, PositDecoder } from '../layouts';
import { packFloat64 } from './pack';

@inline function codeAt(codes: usize, i: usize, bytes: i32): u64 {
  if (bytes == 1) return load<u8>(codes + i);
  return bytes == 2 ? load<u16>(codes + (i << 1)) : load<u32>(codes + (i << 2));
}

/** Regime, exponent and fraction are one shift and one offset from a float64's bits, by the regime's length. */
@inline function positValue(code: u64, ones: u64, top: u64, leading: i64, align: u64, entries: usize): f64 {
  const signed = <i64>(code << align) >> align;
  const sign = signed >> 63;
  const body = <u64>((signed ^ sign) - sign);
  const high = body >= top;
  const run = <i64>clz(body ^ select<u64>(ones, 0, high)) - leading;
  const entry = entries + (<usize>run << 5) + select<usize>(16, 0, high);
  const magnitude = (body << load<u64>(entry)) + load<u64>(entry, 8);
  return reinterpret<f64>(magnitude | ((<u64>sign) << 63));
}

@inline function floatValue(code: u64, signBit: u64, shift: u64, factor: f64, largest: u64, infinite: u64, nan: u64): f64 {
  const body = code & (signBit - 1);
  // a subnormal's bits are a subnormal float64's, which the factor makes normal
  const value = reinterpret<f64>(body << shift) * factor;
  const special = select<f64>(Infinity, NaN, body == infinite);
  const magnitude = select<f64>(special, value, body > largest || code == nan);
  return select<f64>(-magnitude, magnitude, (code & signBit) != 0);
}

@inline function integerValue(code: u64, align: u64, zeroPoint: i64, lsb: f64): f64 {
  return <f64>((<i64>(code << align) >> align) - zeroPoint) * lsb;
}

/** What a decoded value is kept as: a real in float32 or float64, or for the GEMM float64 with 0 for NaN and Inf. */
const FLOAT32 = 0;
const FLOAT64 = 1;
const FINITE = 2;

/** Writes the value and returns its square. */
@inline function keep(value: f64, scale: f64, as: i32, out: usize, i: usize): f64 {
  if (as == FINITE) {
    const kept = select<f64>(value, 0, abs(value) < Infinity);
    store<f64>(out + (i << 3), kept);
    return kept * kept;
  }
  if (as == FLOAT64) store<f64>(out + (i << 3), scale * value);
  else store<f32>(out + (i << 2), <f32>(scale * value));
  return 0;
}

/** Returns the sum of squares of what is kept as FINITE. */
@inline function decode(n: usize, codes: usize, bytes: i32, decoder: usize, as: i32, out: usize): f64 {
  const kind = load<i64>(decoder, DecoderHead.KIND);
  const scale = load<f64>(decoder, DecoderHead.SCALE);
  let squares: f64 = 0;
  if (kind == DecoderKind.POSIT) {
    const ones = load<u64>(decoder, PositDecoder.ONES);
    const top = load<u64>(decoder, PositDecoder.TOP);
    const leading = load<i64>(decoder, PositDecoder.LEADING);
    const align = load<u64>(decoder, PositDecoder.ALIGN);
    const entries = decoder + DecoderHead.ENTRIES;
    for (let i: usize = 0; i < n; i++) {
      squares += keep(positValue(codeAt(codes, i, bytes), ones, top, leading, align, entries), scale, as, out, i);
    }
  } else if (kind == DecoderKind.FLOAT) {
    const signBit = load<u64>(decoder, FloatDecoder.SIGN_BIT);
    const shift = load<u64>(decoder, FloatDecoder.SHIFT);
    const factor = load<f64>(decoder, FloatDecoder.FACTOR);
    const largest = load<u64>(decoder, FloatDecoder.LARGEST);
    const infinite = load<u64>(decoder, FloatDecoder.INFINITE);
    const nan = load<u64>(decoder, FloatDecoder.NAN_CODE);
    for (let i: usize = 0; i < n; i++) {
      squares += keep(floatValue(codeAt(codes, i, bytes), signBit, shift, factor, largest, infinite, nan), scale, as, out, i);
    }
  } else {
    const align = load<u64>(decoder, IntegerDecoder.ALIGN);
    const zeroPoint = load<i64>(decoder, IntegerDecoder.ZERO_POINT);
    const lsb = load<f64>(decoder, IntegerDecoder.LSB);
    for (let i: usize = 0; i < n; i++) {
      squares += keep(integerValue(codeAt(codes, i, bytes), align, zeroPoint, lsb), scale, as, out, i);
    }
  }
  return squares;
}

/** scale · (value − zero point) of codes [n] of `bytes` 1, 2 or 4, to float32 or float64 as `wide` is 0 or 1. */
export function decodeComputed(n: i32, codes: usize, bytes: i32, decoder: usize, wide: i32, out: usize): void {
  if (wide) decode(n, codes, bytes, decoder, FLOAT64, out);
  else decode(n, codes, bytes, decoder, FLOAT32, out);
}

/**
 * Codes [m][k] of 32 bits into panels as packFloat64 makes them, value − zero point, 0 for NaN and Inf, and the sum
 * of squares of every row, float64 [m]. m is a multiple of 4; `scratch` float64 [4][k].
 */
export function packComputedFloat64(m: i32, k: i32, codes: usize, decoder: usize, scratch: usize, out: usize, squares: usize): void {
  for (let i = 0; i < m; i += 4) {
    for (let r = 0; r < 4; r++) {
      const sum = decode(k, codes + (<usize>((i + r) * k) << 2), 4, decoder, FINITE, scratch + (<usize>(r * k) << 3));
      store<f64>(squares + (<usize>(i + r) << 3), sum);
    }
    packFloat64(4, k, scratch, out + (<usize>(i * k) << 3));
  }
}
