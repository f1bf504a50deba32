/**
 * Rounding thresholds of up to 256 levels as tables over buckets of float32 numbers (kernels/assembly/round-bytes.ts). A bucket is
 * a sign, an exponent and some fraction bits.
 * Intervals are open, so that a threshold at a bucket's end, where those of dyadic formats are, is not inside of it.
 */
import { nextDown, nextUp } from '../../../arithmetic/float64.js';
import { type RoundingThresholds, thresholdIndex } from '../../../formats/rounding/thresholds.js';
import { Float32Buckets } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import { heapInt32 } from '../../codes/heap-array.js';
import { LARGEST, SMALLEST } from '../float32-columns.js';
import { type BucketCodes, placeBinades } from './binades.js';

/** Boundaries of formats of up to 8 bits have at most 9 significant bits (511/2, between integers and a zero point). */
const MOST_FRACTION_BITS = 8;
/** Keys of both signs must fit the positive int16. */
const MOST_BUCKETS = 2 ** 14;

const floats = new Float32Array(1);
const words = new Int32Array(floats.buffer);

/** Exponent and `fraction` bits of |x| as float32. */
function keyOf(x: number, fraction: number): number {
  floats[0] = Math.abs(x);
  return words[0]! >>> (23 - fraction);
}

function smallestOf(key: number, fraction: number): number {
  words[0] = key << (23 - fraction);
  return floats[0]!;
}

/** Undefined where a threshold lies inside a bucket. */
function bucketsOf(
  table: RoundingThresholds,
  magnitudes: readonly number[],
  fraction: number,
): BucketCodes | undefined {
  const lowest = magnitudes.length === 0 ? 0 : keyOf(Math.min(...magnitudes), fraction) - 1;
  const size = magnitudes.length === 0 ? 2 : keyOf(Math.max(...magnitudes), fraction) - lowest + 2;
  if (size > MOST_BUCKETS) return undefined;
  const codes = new Uint8Array(2 * size);
  for (let i = 0; i < size; i++) {
    const near = nextUp(i === 0 ? 0 : smallestOf(lowest + i, fraction));
    const far = nextDown(i === size - 1 ? Number.POSITIVE_INFINITY : smallestOf(lowest + i + 1, fraction));
    const positive = thresholdIndex(table, near);
    const negative = thresholdIndex(table, -near);
    if (thresholdIndex(table, far) !== positive || thresholdIndex(table, -far) !== negative) return undefined;
    codes[i] = table.codes[positive]!;
    codes[size + i] = table.codes[negative]!;
  }
  return { fraction, lowest, size, codes, zero: table.codes[thresholdIndex(table, 0)]! };
}

/** Whether numbers at the ends of buckets have the code that is on both sides, or of two codes the even one. */
function tiesAreEven(table: RoundingThresholds, { fraction, lowest, size, codes }: BucketCodes): boolean {
  for (const sign of [0, 1]) {
    for (let i = 1; i < size; i++) {
      const [below, above] = [codes[sign * size + i - 1]!, codes[sign * size + i]!];
      const end = smallestOf(lowest + i, fraction);
      const code = table.codes[thresholdIndex(table, sign === 0 ? end : -end)]!;
      if (code !== (above % 2 === 0 ? above : below)) return false;
    }
  }
  return true;
}

/** With as few fraction bits as leave no threshold inside a bucket. */
function chooseBuckets(table: RoundingThresholds): BucketCodes | undefined {
  // one code at both ends, NaN, would make all between them certain
  if (new Set(table.codes).size < table.codes.length) return undefined;
  const magnitudes = [...table.thresholds].map(Math.abs).filter((x) => Number.isFinite(x) && x > 1e-300);
  if (!magnitudes.every((x) => x >= SMALLEST && x <= LARGEST)) return undefined;
  for (let fraction = 0; fraction <= MOST_FRACTION_BITS; fraction++) {
    const buckets = bucketsOf(table, magnitudes, fraction);
    if (buckets) return buckets;
  }
  return undefined;
}

/**
 * Puts the table of a rounding to codes of up to 8 bits on the heap; returns the pointer of what describes it,
 * undefined where float32 or its buckets cannot tell the levels apart.
 */
export function placeFloat32Buckets(kernels: Kernels, thresholds: RoundingThresholds): number | undefined {
  const buckets = chooseBuckets(thresholds);
  if (!buckets) return undefined;
  const { fraction, lowest, size, codes } = buckets;
  const table = kernels.allocate(codes.length);
  kernels.u8(table, codes.length).set(codes);
  const described = heapInt32(kernels, Float32Buckets.LENGTH);
  described.values[Float32Buckets.CODES] = table;
  described.values[Float32Buckets.SHIFT] = 23 - fraction;
  described.values[Float32Buckets.LOWEST] = lowest;
  described.values[Float32Buckets.SIZE] = size;
  described.values[Float32Buckets.BINADES] = placeBinades(kernels, buckets) ?? 0;
  described.values[Float32Buckets.TIES] = tiesAreEven(thresholds, buckets) ? 1 : 0;
  return described.pointer;
}
