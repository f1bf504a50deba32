/**
 * The last stage of a layer: act and encode_y together, as one list of thresholds or as computed codes. ReLU and ReLU6
 * clamp a real before it is rounded; rounding is monotone, so they clamp levels, and the list simply ends there.
 */
import { floorToNumber, powerOfTwo, toRational } from '../../../arithmetic/float64.js';
import type { Rational } from '../../../arithmetic/rational.js';
import { type Codec, codecOf } from '../../../formats/rounding/codec.js';
import { type Clamp, codecRecord, placeRecord } from '../../../formats/rounding/codec-record.js';
import { codeOf, UNDECIDED } from '../../../formats/rounding/computed.js';
import { quantizeExact } from '../../../formats/rounding/exact.js';
import { StochasticCoder } from '../../../formats/rounding/stochastic.js';
import {
  type RoundingThresholds,
  roundingThresholds,
  thresholdIndex,
} from '../../../formats/rounding/thresholds.js';
import { THRESHOLD_BUCKETS } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import type { Activation } from '../../layer/layer.js';
import { activate, encodeExact } from '../../layer/reference.js';
import { placeFloat32Buckets } from './float32-buckets.js';

/** Thresholds in the kernels' heap, codes of up to 16 bits (kernels/assembly/round.ts). */
export interface WordThresholds {
  readonly thresholds: number;
  readonly buckets: number;
  readonly codes: number;
  /** 1 where codes take 16 bits. */
  readonly wide: 0 | 1;
  /** Level of −0. */
  readonly negativeZero: number;
}

export class OutputRounder {
  /** How codes are computed at scale 1; undefined for formats known only by their `decode`. */
  readonly codec: Codec | undefined;
  readonly clamp: Clamp;
  readonly #stochastic: StochasticCoder | undefined;
  #table: RoundingThresholds | undefined;

  constructor(
    readonly output: Encoding,
    readonly activation: Activation,
    readonly cap: Rational | undefined,
  ) {
    const { format, rounding, zeroPoint, range } = output;
    const placement = { scale: 1, zeroPoint, range };
    this.codec = format.layout && codecOf(format, format.layout, rounding, placement);
    if (rounding.mode === 'stochastic' && !this.codec)
      this.#stochastic = new StochasticCoder(format, rounding, placement);
    this.clamp = {
      bottom: activation === 'identity' ? Number.NEGATIVE_INFINITY : 0,
      cap: cap === undefined ? Number.POSITIVE_INFINITY : floorToNumber(cap),
      capCode: cap === undefined || rounding.mode === 'stochastic' ? UNDECIDED : encodeExact(cap, output),
    };
  }

  /** Whether codes change at real numbers of at most 34 significant bits, the same for every output. */
  get hasFixedThresholds(): boolean {
    const { format, rounding } = this.output;
    return rounding.mode !== 'stochastic' && (this.codec !== undefined || format.bits <= 16);
  }

  /**
   * Made when first asked for. Undefined beyond 16 bits, and for stochastic rounding, whose thresholds move with the
   * random word.
   */
  get table(): RoundingThresholds | undefined {
    const { format, rounding } = this.output;
    if (rounding.mode === 'stochastic' || format.bits > 16) return undefined;
    this.#table ??= activatedThresholds(this.output, this.activation, this.cap);
    return this.#table;
  }

  /** The code of encode_y(act(y)) for a float64 y taken as exact; finite. `randomWord` for stochastic rounding. */
  code(y: number, randomWord?: number): number {
    const { bottom, cap, capCode } = this.clamp;
    if (y > cap) {
      if (capCode !== UNDECIDED) return capCode;
      return encodeExact(activate(toRational(y), this.activation, this.cap), this.output, randomWord);
    }
    return this.#place(y <= bottom ? 0 : y, randomWord);
  }

  #place(y: number, randomWord: number | undefined): number {
    const { format, rounding, zeroPoint, range } = this.output;
    if (this.codec) {
      const code = codeOf(this.codec, y, randomWord);
      if (code !== UNDECIDED) return code;
    } else if (this.#stochastic) return this.#stochastic.code(y, randomWord);
    else if (this.table) return this.table.codes[thresholdIndex(this.table, y)]!;
    return quantizeExact(format, y, rounding, { scale: 1, zeroPoint, range }, randomWord);
  }
}

function activatedThresholds(
  output: Encoding,
  activation: Activation,
  cap: Rational | undefined,
): RoundingThresholds {
  const table = roundingThresholds(output.format, output.rounding, {
    scale: 1,
    zeroPoint: output.zeroPoint,
    range: output.range,
  });
  if (activation === 'identity') return table;
  const first = thresholdIndex(table, 0);
  const last = cap === undefined ? table.codes.length - 1 : table.codes.lastIndexOf(encodeExact(cap, output));
  const thresholds = table.thresholds.slice(first, last + 1);
  thresholds[0] = Number.NEGATIVE_INFINITY;
  return { codes: table.codes.slice(first, last + 1), thresholds };
}

const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);

/** The first bucket whose smallest number is not below x. */
function firstBucketFrom(x: number): number {
  if (x === 0) return THRESHOLD_BUCKETS / 2;
  doubles[0] = x;
  const low = words[0]!;
  const high = words[1]!;
  const key = high >>> 12;
  const hasLowerBits = (high & 0xfff) !== 0 || low !== 0;
  if (key & (THRESHOLD_BUCKETS / 2)) {
    // among negatives the smallest number of a bucket has all its lower bits set
    const ordered = ~key & (THRESHOLD_BUCKETS - 1);
    return (high & 0xfff) === 0xfff && low === 0xffffffff ? ordered : ordered + 1;
  }
  return (key | (THRESHOLD_BUCKETS / 2)) + (hasLowerBits ? 1 : 0);
}

/** Level of the smallest number of every bucket, and one entry more for the end. */
export function bucketLevels(thresholds: Float64Array): Uint16Array {
  const levels = new Uint16Array(THRESHOLD_BUCKETS + 1);
  let from = 0;
  for (let level = 1; level < thresholds.length; level++) {
    const until = Math.min(firstBucketFrom(thresholds[level]!), THRESHOLD_BUCKETS);
    levels.fill(level - 1, from, until);
    from = Math.max(from, until);
  }
  levels.fill(thresholds.length - 1, from);
  levels[THRESHOLD_BUCKETS] = thresholds.length - 1;
  return levels;
}

/** Integer codes of up to 8 bits, nearest with ties to even, as kernels/assembly/round-shift.ts rounds to them. */
export interface IntegerLevels {
  readonly lsbExponent: number;
  readonly zeroPoint: number;
  readonly lowest: number;
  readonly highest: number;
  readonly mask: number;
}

function integerLevels({ output, table }: OutputRounder): IntegerLevels | undefined {
  const { format, rounding, zeroPoint } = output;
  const { bits, layout } = format;
  if (layout?.kind !== 'integer' || rounding.mode !== 'nearest-even' || !table) return undefined;
  const integer = (code: number) => format.toNumber(code) / powerOfTwo(layout.lsbExponent);
  const [lowest, highest] = [table.codes.at(0)!, table.codes.at(-1)!].map(integer) as [number, number];
  return { lsbExponent: layout.lsbExponent, zeroPoint, lowest, highest, mask: 2 ** bits - 1 };
}

/** How a layer's outputs are rounded: by bytes, by computed codes, by words, or without thresholds, one by one. */
export type PlacedRounding =
  | (ByteThresholds & { readonly kind: 'bytes'; readonly integers: IntegerLevels | undefined })
  | { readonly kind: 'computed'; readonly codec: number }
  | (WordThresholds & { readonly kind: 'words' })
  | { readonly kind: 'none' };

/** The fastest form the rounding of a layer's outputs can have. */
export function placeRounding(kernels: Kernels, rounder: OutputRounder): PlacedRounding {
  const { codec, clamp, output } = rounder;
  const { bits } = output.format;
  const bytes = bits <= 8 && rounder.table ? placeByteThresholds(kernels, rounder.table) : undefined;
  if (bytes) return { kind: 'bytes', ...bytes, integers: integerLevels(rounder) };
  if (codec) return { kind: 'computed', codec: placeRecord(kernels, codecRecord(codec, clamp)) };
  if (!rounder.table) return { kind: 'none' };
  return { kind: 'words', ...placeWordThresholds(kernels, rounder.table, bits) };
}

/** Copies thresholds into the heap. */
export function placeWordThresholds(
  kernels: Kernels,
  table: RoundingThresholds,
  bits: number,
): WordThresholds {
  const { thresholds, codes } = table;
  const pointer = {
    thresholds: kernels.allocate(thresholds.length * 8),
    buckets: kernels.allocate((THRESHOLD_BUCKETS + 1) * 2),
    codes: kernels.allocate(codes.length * 2),
  };
  kernels.f64(pointer.thresholds, thresholds.length).set(thresholds);
  kernels.u16(pointer.buckets, THRESHOLD_BUCKETS + 1).set(bucketLevels(thresholds));
  kernels.u16(pointer.codes, codes.length).set(codes);
  return { ...pointer, wide: bits > 8 ? 1 : 0, negativeZero: thresholdIndex(table, -0) };
}

/** Thresholds of up to 256 levels for the byte kernels (kernels/assembly/round-bytes.ts). */
export interface ByteThresholds {
  readonly thresholds: number;
  readonly buckets: number;
  /** Key (exponent and 7 fraction bits) of the first bucket, and buckets of each sign. */
  readonly lowest: number;
  readonly size: number;
  readonly codes: number;
  /** The same over buckets of float32 numbers (float32-buckets.ts). */
  readonly float32Buckets: number;
}

/** Exponent and 7 fraction bits of |x|. */
function magnitudeKey(x: number): number {
  doubles[0] = x;
  return (words[1]! & 0x7fffffff) >>> 13;
}

/** The largest number of a bucket of magnitudes. */
function largestOfKey(key: number): number {
  words[1] = (key << 13) | 0x1fff;
  words[0] = 0xffffffff;
  return doubles[0]!;
}

function smallestOfKey(key: number): number {
  words[1] = key << 13;
  words[0] = 0;
  return doubles[0]!;
}

/**
 * Copies thresholds of a format of up to 8 bits into the heap in the byte kernels' form; undefined where two of them
 * would share a bucket, or float32 cannot tell them apart.
 */
export function placeByteThresholds(kernels: Kernels, table: RoundingThresholds): ByteThresholds | undefined {
  const float32Buckets = placeFloat32Buckets(kernels, table);
  if (float32Buckets === undefined) return undefined;
  const { thresholds, codes } = table;
  const magnitudes = [...thresholds].filter((x) => Number.isFinite(x) && Math.abs(x) > 1e-300).map(Math.abs);
  const lowest = magnitudes.length === 0 ? 0x1ff80 : magnitudeKey(Math.min(...magnitudes)) - 1;
  const size = magnitudes.length === 0 ? 2 : magnitudeKey(Math.max(...magnitudes)) - lowest + 2;
  const buckets = new Uint8Array(2 * size);
  for (let sign = 0; sign < 2; sign++) {
    for (let i = 0; i < size; i++) {
      const near = i === 0 ? 0 : smallestOfKey(lowest + i);
      const far = i === size - 1 ? Number.POSITIVE_INFINITY : largestOfKey(lowest + i);
      const [low, high] = sign === 0 ? [near, far] : [-far, -near];
      const first = thresholdIndex(table, low);
      if (thresholdIndex(table, high) > first + 1) return undefined;
      buckets[sign * size + i] = first;
    }
  }
  const pointer = {
    thresholds: kernels.allocate((thresholds.length + 1) * 8),
    buckets: kernels.allocate(buckets.length),
    codes: kernels.allocate(256),
  };
  kernels.f64(pointer.thresholds, thresholds.length).set(thresholds);
  kernels.f64(pointer.thresholds, thresholds.length + 1)[thresholds.length] = Number.POSITIVE_INFINITY;
  kernels.u8(pointer.buckets, buckets.length).set(buckets);
  kernels.u8(pointer.codes, codes.length).set(codes);
  return { ...pointer, lowest, size, float32Buckets };
}
