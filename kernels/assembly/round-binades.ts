// Codes of up to 8 bits by arithmetic, sixteen at a time. Inside a binade a format's boundaries lie equally far apart, by
// a power of two, so a code is (fraction · factor + offset) >> 7 there, with a factor and an offset of the binade.
import { BinadeVector, Float32Buckets, IntegerColumn, RowNorms } from '../layouts';
import { boundOf, keepEight, levelAt, OUTWARD32, reachesAll, ULPS } from './round-bytes';

@inline function vectorAt(binades: usize, place: i32): v128 {
  return v128.load(binades + (<usize>place << 4));
}

@inline function lookUp(binades: usize, place: i32, exponents: v128, behind: v128): v128 {
  return v128.or(
    i8x16.swizzle(vectorAt(binades, place), exponents), i8x16.swizzle(vectorAt(binades, place + 1), behind),
  );
}

/** Sign, exponent and 7 fraction bits of eight float32 numbers. */
@inline export function keysOf(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** Codes of sixteen float32 numbers; right for 0 and inside of buckets, as emac/certified/round/binades.ts has made sure. */
@inline export function codesOfSixteen(binades: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  return codesOfKeys(binades, keysOf(a, b), keysOf(c, d));
}

/** The same of their keys. */
@inline export function codesOfKeys(binades: usize, low: v128, high: v128): v128 {
  const least = vectorAt(binades, BinadeVector.LEAST);
  const most = vectorAt(binades, BinadeVector.MOST);
  const magnitudes = i16x8.splat(0x7fff);
  const l = i16x8.min_s(i16x8.max_s(v128.and(low, magnitudes), least), most);
  const h = i16x8.min_s(i16x8.max_s(v128.and(high, magnitudes), least), most);
  const exponents = i8x16.sub(
    i8x16.narrow_i16x8_u(i16x8.shr_u(l, 7), i16x8.shr_u(h, 7)), vectorAt(binades, BinadeVector.FIRST),
  );
  const behind = i8x16.sub(exponents, i8x16.splat(16));
  const factors = lookUp(binades, BinadeVector.FACTORS, exponents, behind);
  const offsets = lookUp(binades, BinadeVector.OFFSETS, exponents, behind);
  const bases = lookUp(binades, BinadeVector.BASES, exponents, behind);
  const fractions = i16x8.splat(0x7f);
  const steps = i8x16.narrow_i16x8_u(
    i16x8.shr_u(i16x8.add(i16x8.mul(v128.and(l, fractions), i16x8.extend_low_i8x16_u(factors)), i16x8.extend_low_i8x16_u(offsets)), 7),
    i16x8.shr_u(i16x8.add(i16x8.mul(v128.and(h, fractions), i16x8.extend_high_i8x16_u(factors)), i16x8.extend_high_i8x16_u(offsets)), 7),
  );
  const signs = i8x16.narrow_i16x8_s(i16x8.shr_s(low, 15), i16x8.shr_s(high, 15));
  const codes = i8x16.sub(
    v128.xor(i8x16.add(steps, bases), v128.and(signs, vectorAt(binades, BinadeVector.FLIP))),
    v128.and(signs, vectorAt(binades, BinadeVector.STEP)),
  );
  const kept = v128.and(codes, v128.xor(v128.and(signs, vectorAt(binades, BinadeVector.CLEAR)), vectorAt(binades, BinadeVector.MASK)));
  const none = i16x8.splat(0);
  const zeros = i8x16.narrow_i16x8_s(i16x8.eq(low, none), i16x8.eq(high, none));
  return v128.bitselect(vectorAt(binades, BinadeVector.ZERO), kept, zeros);
}

/** Bits of lanes from channel j of the first eight on and from channel k of the second; k is n where there is no second. */
@inline export function sixteenMask(j: i32, k: i32, n: i32): i32 {
  const first = j + 8 <= n ? 0xff : (1 << (n - j)) - 1;
  const second = k + 8 <= n ? 0xff : (1 << (n - k)) - 1;
  return first | (second << 8);
}

/** Masks of 32 bits a lane as one bit a lane. */
@inline export function sixteenBits(a: v128, b: v128, c: v128, d: v128): i32 {
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

/** Codes of exact sums in float64, of lanes from channel `first` of a row on and from channel `second` of another row. */
export function decide(
  doubts: i32, row: i32, other: i32, first: i32, second: i32, n: i32, stride: i32, c: usize, factors: usize,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, out: usize,
): void {
  while (doubts) {
    const lane = ctz(doubts);
    doubts &= doubts - 1;
    const channel = <usize>((lane < 8 ? first : second) + (lane & 7));
    const at = lane < 8 ? row : other;
    const sum = load<i32>(c + ((<usize>(at * stride) + channel) << 2));
    if (sum == 0) continue;
    const exact = <f64>sum * load<f64>(factors + (channel << 3));
    store<u8>(out + <usize>(at * n) + channel, load<u8>(codes + levelAt(exact, thresholds, buckets, lowest, size)));
  }
}

/** roundBytesExact (round-bytes.ts) for outputs that have binades. */
export function roundBinadesExact(
  m: i32, n: i32, stride: i32, c: usize, factors: usize, float32Columns: usize,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, out: usize,
): void {
  const binades = <usize>load<u32>(float32Buckets, Float32Buckets.BINADES << 2);
  // where float32 does not reach a factor it knows nothing
  const reaches = reachesAll(n, float32Columns);
  const inside = i32x4.splat((1 << load<i32>(float32Buckets, Float32Buckets.SHIFT << 2)) - 1);
  const ulps = i32x4.splat(ULPS);
  const doubted = i32x4.splat(reaches ? 2 * ULPS : i32.MAX_VALUE);
  const unknown = i32x4.splat(reaches ? 0 : -1);
  const end = out + <usize>(m * n);
  let i = 0, j = 0;
  while (i < m) {
    // two times eight channels: of this row, or the last of this and the first of the next
    const row = i, first = j;
    j += 8;
    if (j >= n) {
      j = 0;
      i++;
    }
    const isPair = i < m;
    const second = isPair ? j : first;
    const sums = c + (<usize>(row * stride + first) << 2);
    const others = c + (<usize>((isPair ? i : row) * stride + second) << 2);
    const column = float32Columns + (<usize>first << 4);
    const next = float32Columns + (<usize>second << 4);
    const y0 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), v128.load(column));
    const y1 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums, 16)), v128.load(column, 64));
    const y2 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(others)), v128.load(next));
    const y3 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(others, 16)), v128.load(next, 64));
    const sixteen = codesOfSixteen(binades, y0, y1, y2, y3);
    keepEight(out + <usize>(row * n + first), end, i64x2.extract_lane(sixteen, 0));
    if (isPair) keepEight(out + <usize>(i * n + second), end, i64x2.extract_lane(sixteen, 1));
    const d0 = i32x4.lt_s(v128.and(i32x4.add(y0, ulps), inside), doubted);
    const d1 = i32x4.lt_s(v128.and(i32x4.add(y1, ulps), inside), doubted);
    const d2 = i32x4.lt_s(v128.and(i32x4.add(y2, ulps), inside), doubted);
    const d3 = i32x4.lt_s(v128.and(i32x4.add(y3, ulps), inside), doubted);
    // 0 is no approximation
    const some = v128.or(v128.or(v128.and(d0, y0), v128.and(d1, y1)), v128.or(v128.and(d2, y2), v128.and(d3, y3)));
    if (v128.any_true(v128.or(some, unknown))) {
      const doubts = sixteenBits(d0, d1, d2, d3) & sixteenMask(first, isPair ? second : n, n);
      if (doubts) decide(
        doubts, row, i, first, second, n, stride, c, factors, thresholds, buckets, lowest, size, codes, out,
      );
    }
    if (isPair) {
      j += 8;
      if (j >= n) {
        j = 0;
        i++;
      }
    }
  }
}

/** A row's norm or residual in float32, rounded up. */
@inline function normAt(rows: usize, row: i32, place: i32): v128 {
  return f32x4.splat(<f32>(load<f64>(rows + (<usize>(row * RowNorms.LENGTH + place) << 3)) * OUTWARD32));
}

/** The level of an integer sum in float64, or where it is not certain ~level. */
@inline function certifiedLevel(
  sum: usize, rows: usize, column: usize, relative: f64, thresholds: usize, buckets: usize, lowest: i32, size: i32,
): i32 {
  const y = <f64>load<i32>(sum) * load<f64>(column, IntegerColumn.FACTOR << 3);
  const e = load<f64>(column, IntegerColumn.WEIGHT_NORM << 3) * load<f64>(rows, RowNorms.RESIDUAL << 3) + load<f64>(column, IntegerColumn.WEIGHT_RESIDUAL << 3) * load<f64>(rows, RowNorms.NORM << 3) + load<f64>(column, IntegerColumn.BIAS_RESIDUAL << 3) + relative * abs(y);
  const level = levelAt(y, thresholds, buckets, lowest, size);
  const at = thresholds + (level << 3);
  return y - e >= load<f64>(at) && y + e < load<f64>(at, 8) ? <i32>level : ~(<i32>level);
}

/** roundBytesCertified (round-bytes.ts) for outputs that have binades. */
export function roundBinadesCertified(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, float32Columns: usize, relative: f64,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, out: usize, undecided: usize,
): i32 {
  const binades = <usize>load<u32>(float32Buckets, Float32Buckets.BINADES << 2);
  const outside = i32x4.splat(-1 << load<i32>(float32Buckets, Float32Buckets.SHIFT << 2));
  const end = out + <usize>(m * n);
  let count = 0;
  let known = -1;
  let norm = f32x4.splat(0), residual = norm;
  let i = 0, j = 0;
  while (i < m) {
    const row = i, first = j;
    j += 8;
    if (j >= n) {
      j = 0;
      i++;
    }
    const isPair = i < m;
    const second = isPair ? j : first;
    const other = isPair ? i : row;
    const sums = c + (<usize>(row * stride + first) << 2);
    const others = c + (<usize>(other * stride + second) << 2);
    const column = float32Columns + (<usize>first << 4);
    const next = float32Columns + (<usize>second << 4);
    const y0 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), v128.load(column));
    const y1 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums, 16)), v128.load(column, 64));
    const y2 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(others)), v128.load(next));
    const y3 = f32x4.mul(f32x4.convert_i32x4_s(v128.load(others, 16)), v128.load(next, 64));
    if (row != known) {
      norm = normAt(rows, row, RowNorms.NORM);
      residual = normAt(rows, row, RowNorms.RESIDUAL);
      known = row;
    }
    const otherNorm = other == row ? norm : normAt(rows, other, RowNorms.NORM);
    const otherResidual = other == row ? residual : normAt(rows, other, RowNorms.RESIDUAL);
    const e0 = boundOf(y0, column, norm, residual);
    const e1 = boundOf(y1, column + 64, norm, residual);
    const e2 = boundOf(y2, next, otherNorm, otherResidual);
    const e3 = boundOf(y3, next + 64, otherNorm, otherResidual);
    const l0 = f32x4.sub(y0, e0), l1 = f32x4.sub(y1, e1), l2 = f32x4.sub(y2, e2), l3 = f32x4.sub(y3, e3);
    const h0 = f32x4.add(y0, e0), h1 = f32x4.add(y1, e1), h2 = f32x4.add(y2, e2), h3 = f32x4.add(y3, e3);
    const sixteen = codesOfSixteen(binades, l0, l1, l2, l3);
    keepEight(out + <usize>(row * n + first), end, i64x2.extract_lane(sixteen, 0));
    if (isPair) keepEight(out + <usize>(i * n + second), end, i64x2.extract_lane(sixteen, 1));
    // both ends in one bucket agree in sign, exponent and the fraction bits of its key
    const apart = v128.or(v128.or(v128.xor(l0, h0), v128.xor(l1, h1)), v128.or(v128.xor(l2, h2), v128.xor(l3, h3)));
    if (v128.any_true(v128.and(apart, outside))) {
      const differ = i8x16.bitmask(i8x16.ne(sixteen, codesOfSixteen(binades, h0, h1, h2, h3)));
      let doubts = differ & sixteenMask(first, isPair ? second : n, n);
      while (doubts) {
        const lane = ctz(doubts);
        doubts &= doubts - 1;
        const channel = (lane < 8 ? first : second) + (lane & 7);
        const at = lane < 8 ? row : i;
        const level = certifiedLevel(
          c + (<usize>(at * stride + channel) << 2), rows + (<usize>at << 4), columns + (<usize>channel << 5), relative,
          thresholds, buckets, lowest, size,
        );
        const index = at * n + channel;
        store<u8>(out + <usize>index, load<u8>(codes + <usize>(level ^ (level >> 31))));
        store<i32>(undecided + (<usize>count << 2), index);
        count += <i32>(level < 0);
      }
    }
    if (isPair) {
      j += 8;
      if (j >= n) {
        j = 0;
        i++;
      }
    }
  }
  return count;
}
