/**
 * Codes by arithmetic instead of a search (kernels/assembly/round-binades.ts): between two powers of two the boundaries of a
 * float or a posit lie equally far apart. The constants are fitted to the buckets of a rounding and hold only if they
 * give the code of every one.
 */
import { BinadeVector } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';

/** Codes by buckets of float32 numbers, of which each sign has `size`, positives first. */
export interface BucketCodes {
  /** Fraction bits of a bucket's key, which are below its exponent. */
  readonly fraction: number;
  /** Key of the first bucket, which holds all smaller magnitudes too; the last one holds all larger. */
  readonly lowest: number;
  readonly size: number;
  readonly codes: Uint8Array;
  /** Code of 0. */
  readonly zero: number;
}

/** Keys of the arithmetic: exponent and so many fraction bits, 15 bits in all. */
const FRACTION_BITS = 7;
const FRACTIONS = 2 ** FRACTION_BITS;
/** Two vectors of bytes. */
const MOST_BINADES = 32;

/** Of a binade the code of fraction f is base + ((f · factor + offset) >> 7). */
interface Line {
  readonly factor: number;
  readonly offset: number;
  readonly base: number;
}

/** What a negative sign makes of the code of a magnitude (BinadeVector). */
interface Signs {
  readonly flip: number;
  readonly step: number;
  readonly clear: number;
  readonly mask: number;
}

export interface Binades extends Signs {
  /** Keys. */
  readonly least: number;
  readonly most: number;
  /** From the exponent of `least` on. */
  readonly lines: readonly Line[];
}

const codeOn = ({ factor, offset, base }: Line, fraction: number) =>
  base + ((fraction * factor + offset) >> FRACTION_BITS);

/** The line through the codes of a binade's first fractions; undefined where there is none. */
function lineThrough(codes: Uint8Array): Line | undefined {
  const base = codes[0]!;
  const first = codes.findIndex((code) => code !== base);
  if (first < 0) return { factor: 0, offset: 0, base };
  for (let factor = 1; factor < FRACTIONS; factor *= 2) {
    const line = { factor, offset: Math.max(FRACTIONS - first * factor, 0), base };
    if (codes.every((code, fraction) => code === codeOn(line, fraction))) return line;
  }
  return undefined;
}

/** The bucket of a key; of negatives where `sign` is 1. */
function codeIn({ fraction, lowest, size, codes }: BucketCodes, key: number, sign: 0 | 1): number {
  const bucket = (key >> (FRACTION_BITS - fraction)) - lowest;
  return codes[Math.max(0, Math.min(size - 1, bucket)) + sign * size]!;
}

/** ReLU, sign and magnitude, two's complement: how the code of a negative comes from that of its magnitude. */
function possibleSigns({ codes, size }: BucketCodes): readonly Signs[] {
  const mask = 2 ** (32 - Math.clz32(Math.max(...codes))) - 1;
  return [
    { flip: 0, step: 0, clear: mask, mask },
    { flip: codes[size - 1]! ^ codes[2 * size - 1]!, step: 0, clear: 0, mask },
    { flip: 0xff, step: 0xff, clear: 0, mask },
  ];
}

/** The first of the keys up to `last` that have its code: an end of the range cuts the last binade's line off there. */
function lastChange(buckets: BucketCodes, last: number): number {
  let key = last;
  while (key > 0 && codeIn(buckets, key - 1, 0) === codeIn(buckets, last, 0)) key--;
  return key;
}

/** Undefined where no such constants give the code of every bucket. */
export function fitBinades(buckets: BucketCodes): Binades | undefined {
  const { fraction, lowest, size } = buckets;
  if (fraction > FRACTION_BITS || lowest < 0) return undefined;
  const finer = FRACTION_BITS - fraction;
  const least = lowest << finer;
  const end = ((lowest + size) << finer) - 1;
  const most = lastChange(buckets, end);
  const first = least >> FRACTION_BITS;
  const last = most >> FRACTION_BITS;
  if (last - first >= MOST_BINADES) return undefined;
  const lines: Line[] = [];
  for (let exponent = first; exponent <= last; exponent++) {
    const from = exponent * FRACTIONS;
    const length = Math.min(FRACTIONS, most + 1 - from);
    const line = lineThrough(Uint8Array.from({ length }, (_, f) => codeIn(buckets, from + f, 0)));
    if (!line) return undefined;
    lines.push(line);
  }
  for (const signs of possibleSigns(buckets)) {
    const binades = { ...signs, least, most, lines };
    if (givesAll(binades, buckets, end)) return binades;
  }
  return undefined;
}

/** The code of all numbers that begin with a key. */
export function codeByBinades(binades: Binades, key: number, sign: 0 | 1): number {
  const { least, most, lines, flip, step, clear, mask } = binades;
  const magnitude = Math.max(least, Math.min(most, key));
  const line = lines[(magnitude >> FRACTION_BITS) - (least >> FRACTION_BITS)]!;
  const code = codeOn(line, magnitude & (FRACTIONS - 1));
  return sign === 0 ? code & mask : ((code ^ flip) - step) & (mask ^ clear);
}

function givesAll(binades: Binades, buckets: BucketCodes, last: number): boolean {
  for (let key = binades.least; key <= last; key++) {
    if (codeByBinades(binades, key, 0) !== codeIn(buckets, key, 0)) return false;
    if (codeByBinades(binades, key, 1) !== codeIn(buckets, key, 1)) return false;
  }
  return true;
}

/** Puts the constants of a rounding's binades on the heap, BinadeVectors; undefined where it has none. */
export function placeBinades(kernels: Kernels, buckets: BucketCodes): number | undefined {
  const binades = fitBinades(buckets);
  if (!binades) return undefined;
  const { least, most, flip, step, clear, mask, lines } = binades;
  const bytes = BinadeVector.LENGTH * 16;
  const pointer = kernels.allocate(bytes);
  const [u8, i16] = [kernels.u8(pointer, bytes), kernels.i16(pointer, bytes / 2)];
  const fill = (place: BinadeVector, byte: number) => u8.fill(byte, place * 16, place * 16 + 16);
  const fill16 = (place: BinadeVector, word: number) => i16.fill(word, place * 8, place * 8 + 8);
  fill16(BinadeVector.LEAST, least);
  fill16(BinadeVector.MOST, most);
  fill(BinadeVector.FIRST, least >> FRACTION_BITS);
  fill(BinadeVector.FLIP, flip);
  fill(BinadeVector.STEP, step);
  fill(BinadeVector.CLEAR, clear);
  fill(BinadeVector.MASK, mask);
  fill(BinadeVector.ZERO, buckets.zero);
  for (const [at, { factor, offset, base }] of lines.entries()) {
    u8[BinadeVector.FACTORS * 16 + at] = factor;
    u8[BinadeVector.OFFSETS * 16 + at] = offset;
    u8[BinadeVector.BASES * 16 + at] = base;
  }
  return pointer;
}
