// The round stage of float64 sums for outputs of up to 8 bits, by the thresholds of round-bytes.ts.
import { Float32Buckets, FloatColumn } from '../layouts';
import { codesOfSixteen, sixteenBits, sixteenMask } from './round-binades';
import { keepEight, levelAt, OUTWARD32, RELATIVE32 } from './round-bytes';

/**
 * y = factor[j] · (c + bias[j]), |y − exact| ≤ factor[j] · weightNorm[j] · norm[i] +
 * relative · (|factor · c| + |factor · bias| + |y|) + least[j]. c float64 [m][stride], in vectors where stride is a multiple of 4; rows:
 * norm float64 [m]; columns: (factor, bias, weightNorm, least) [n][4]. A code is certain when y ± e stay between its thresholds, which
 * NaN and infinite bounds never do. Indices of the others go to `undecided`; returns how many. relative ≤ 2^-50;
 * `scratch` of 24 bytes for each of n channels rounded up to 8.
 */
export function roundBytesCertifiedFloat64(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, scratch: usize,
  out: usize, undecided: usize,
): i32 {
  if (load<u32>(float32Buckets, Float32Buckets.BINADES << 2) && (stride & 3) == 0) {
    return roundBinadesFloat64(
      m, n, stride, c, rows, columns, relative,
      thresholds, buckets, lowest, size, codes, float32Buckets, scratch, out, undecided,
    );
  }
  let count = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const index = i * n + j;
      const level = certifiedLevel(
        c + (<usize>(i * stride + j) << 3), rows + (<usize>i << 3), columns + (<usize>j << 5), relative,
        thresholds, buckets, lowest, size,
      );
      store<u8>(out + <usize>index, load<u8>(codes + <usize>(level ^ (level >> 31))));
      store<i32>(undecided + (<usize>count << 2), index);
      count += level >>> 31;
    }
  }
  return count;
}

/** The level of a sum in float64, or where it is not certain ~level. */
@inline function certifiedLevel(
  sumAt: usize, normAt: usize, column: usize, relative: f64, thresholds: usize, buckets: usize, lowest: i32, size: i32,
): i32 {
  const factor = load<f64>(column, FloatColumn.FACTOR << 3);
  const sum = load<f64>(sumAt);
  const bias = load<f64>(column, FloatColumn.BIAS << 3);
  const y = factor * (sum + bias);
  const e =
    factor * load<f64>(column, FloatColumn.WEIGHT_NORM << 3) * load<f64>(normAt) +
    relative * (factor * (abs(sum) + abs(bias)) + abs(y)) +
    load<f64>(column, FloatColumn.LEAST << 3);
  const level = levelAt(y, thresholds, buckets, lowest, size);
  const at = thresholds + (level << 3);
  const inside = <i32>(y - e >= load<f64>(at)) & <i32>(y + e < load<f64>(at, 8));
  return <i32>level ^ (inside - 1);
}

/** 2^-110: more than all underflow in a bound, less than any boundary. */
const LEAST32: f64 = 7.703719777548943e-34;

/** A factor of a bound in float32, none that vanishes; 0 stays 0, for products of two that barely do not take long. */
@inline function roundedUp(x: f64): f32 {
  return x == 0 ? 0 : <f32>(x * OUTWARD32 + LEAST32);
}

/**
 * Four channels' factors and biases in float64 and, in float32, what their bounds are made of: y is off by weightNorm ·
 * norm + rest + 2^-49 · |y| at most, for |factor · c| ≤ |y| + |factor · bias|. [n/4] of 96 bytes.
 */
function prepareColumns(n: i32, columns: usize, relative: f64, scratch: usize): void {
  memory.fill(scratch, 0, <usize>((n + 7) & ~7) * 24);
  for (let j = 0; j < n; j++) {
    const column = columns + (<usize>j << 5);
    const to = scratch + <usize>(j >> 2) * 96;
    const lane = <usize>(j & 3);
    const factor = load<f64>(column, FloatColumn.FACTOR << 3);
    const bias = load<f64>(column, FloatColumn.BIAS << 3);
    store<f64>(to + (lane << 3), factor);
    store<f64>(to + (lane << 3), bias, 32);
    const rest = load<f64>(column, FloatColumn.LEAST << 3) + 2 * relative * abs(factor * bias);
    store<f32>(to + (lane << 2), roundedUp(factor * load<f64>(column, FloatColumn.WEIGHT_NORM << 3)), 64);
    store<f32>(to + (lane << 2), <f32>(rest * OUTWARD32 + LEAST32), 80);
  }
}

/** Four sums in float32. */
@inline function fourAt(sums: usize, prepared: usize): v128 {
  const low = f64x2.mul(f64x2.add(v128.load(sums), v128.load(prepared, 32)), v128.load(prepared));
  const high = f64x2.mul(f64x2.add(v128.load(sums, 16), v128.load(prepared, 48)), v128.load(prepared, 16));
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

@inline function boundOfFour(y: v128, prepared: usize, norm: v128): v128 {
  const left = f32x4.add(f32x4.mul(v128.load(prepared, 64), norm), v128.load(prepared, 80));
  return f32x4.add(f32x4.mul(f32x4.abs(y), f32x4.splat(RELATIVE32)), left);
}

function roundBinadesFloat64(
  m: i32, n: i32, stride: i32, c: usize, rows: usize, columns: usize, relative: f64,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, float32Buckets: usize, scratch: usize,
  out: usize, undecided: usize,
): i32 {
  prepareColumns(n, columns, relative, scratch);
  const binades = <usize>load<u32>(float32Buckets, Float32Buckets.BINADES << 2);
  const infinite = f32x4.splat(Infinity);
  const outside = i32x4.splat(-1 << load<i32>(float32Buckets, Float32Buckets.SHIFT << 2));
  const end = out + <usize>(m * n);
  let count = 0;
  for (let i = 0; i < m; i++) {
    const norm = f32x4.splat(roundedUp(load<f64>(rows + (<usize>i << 3))));
    for (let j = 0; j < n; j += 16) {
      // of the last eight alone the first come twice
      const second = j + 8 < n ? j + 8 : j;
      const sums = c + (<usize>(i * stride + j) << 3);
      const others = c + (<usize>(i * stride + second) << 3);
      const column = scratch + <usize>j * 24;
      const next = scratch + <usize>second * 24;
      const y0 = fourAt(sums, column);
      const y1 = fourAt(sums + (j + 4 < n ? 32 : 0), column + 96);
      const y2 = fourAt(others, next);
      const y3 = fourAt(others + (second + 4 < n ? 32 : 0), next + 96);
      const e0 = boundOfFour(y0, column, norm);
      const e1 = boundOfFour(y1, column + 96, norm);
      const e2 = boundOfFour(y2, next, norm);
      const e3 = boundOfFour(y3, next + 96, norm);
      const l0 = f32x4.sub(y0, e0), l1 = f32x4.sub(y1, e1), l2 = f32x4.sub(y2, e2), l3 = f32x4.sub(y3, e3);
      const h0 = f32x4.add(y0, e0), h1 = f32x4.add(y1, e1), h2 = f32x4.add(y2, e2), h3 = f32x4.add(y3, e3);
      const low = codesOfSixteen(binades, l0, l1, l2, l3);
      keepEight(out + <usize>(i * n + j), end, i64x2.extract_lane(low, 0));
      if (second > j) keepEight(out + <usize>(i * n + second), end, i64x2.extract_lane(low, 1));
      // of NaN and infinite bounds float32 knows nothing
      const k0 = f32x4.lt(e0, infinite), k1 = f32x4.lt(e1, infinite), k2 = f32x4.lt(e2, infinite), k3 = f32x4.lt(e3, infinite);
      // both ends in one bucket agree in sign, exponent and the fraction bits of its key
      const apart = v128.or(v128.or(v128.xor(l0, h0), v128.xor(l1, h1)), v128.or(v128.xor(l2, h2), v128.xor(l3, h3)));
      const unknown = v128.not(v128.and(v128.and(k0, k1), v128.and(k2, k3)));
      if (!v128.any_true(v128.or(v128.and(apart, outside), unknown))) continue;
      const same = i8x16.bitmask(i8x16.eq(low, codesOfSixteen(binades, h0, h1, h2, h3)));
      let doubts = ~(sixteenBits(k0, k1, k2, k3) & same) & sixteenMask(j, second > j ? second : n, n);
      while (doubts) {
        const lane = ctz(doubts);
        doubts &= doubts - 1;
        const channel = (lane < 8 ? j : second) + (lane & 7);
        const index = i * n + channel;
        const level = certifiedLevel(
          c + (<usize>(i * stride + channel) << 3), rows + (<usize>i << 3), columns + (<usize>channel << 5), relative,
          thresholds, buckets, lowest, size,
        );
        store<u8>(out + <usize>index, load<u8>(codes + <usize>(level ^ (level >> 31))));
        store<i32>(undecided + (<usize>count << 2), index);
        count += level >>> 31;
      }
    }
  }
  return count;
}
