/**
 * The last stage of a layer: act and encode_y together, as one ladder of cuts. ReLU and ReLU6 clamp a real
 * before it is rounded; rounding is monotone, so they clamp levels, and the ladder simply ends there.
 */
import { floorToNumber, toRational } from '../../arithmetic/float64.js';
import type { Rational } from '../../arithmetic/rational.js';
import { encodePlaced } from '../../formats/bracket.js';
import { buildLadder, type Ladder, ladderIndex } from '../../formats/ladder.js';
import { StochasticCoder } from '../../formats/stochastic.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { Activation } from '../layer.js';
import { activate, encodeExact } from '../reference.js';

/** A ladder in the kernels' heap (kernels/assembly/round.ts). */
export interface HeapLadder {
  readonly cuts: number;
  readonly buckets: number;
  readonly codes: number;
  /** 1 where codes take 16 bits. */
  readonly wide: 0 | 1;
  /** Level of −0. */
  readonly negativeZero: number;
}

/** Sign, exponent and 8 fraction bits of a float64, ordered by value. */
const BUCKETS = 1 << 20;

export class OutputRounder {
  /** Undefined for stochastic rounding, whose cuts move with the draw, and for formats wider than 16 bits. */
  readonly ladder: Ladder | undefined;
  readonly #capNumber: number;
  readonly #stochastic: StochasticCoder | undefined;

  constructor(
    readonly output: Encoding,
    readonly activation: Activation,
    readonly cap: Rational | undefined,
  ) {
    const { format, rounding } = output;
    this.ladder =
      rounding.mode === 'stochastic' || format.bits > 16 ? undefined : foldedLadder(output, activation, cap);
    if (rounding.mode === 'stochastic') {
      const { zeroPoint, range } = output;
      this.#stochastic = new StochasticCoder(format, rounding, { scale: 1, zeroPoint, range });
    }
    this.#capNumber = cap === undefined ? Number.POSITIVE_INFINITY : floorToNumber(cap);
  }

  /** The code of encode_y(act(y)) for a float64 y taken as exact; finite. `draw` for stochastic rounding. */
  code(y: number, draw?: number): number {
    if (this.ladder) return this.ladder.codes[ladderIndex(this.ladder, y)]!;
    if (this.activation !== 'identity' && y <= 0) return this.#place(0, draw);
    if (y <= this.#capNumber) return this.#place(y, draw);
    return encodeExact(activate(toRational(y), this.activation, this.cap), this.output, draw);
  }

  #place(y: number, draw: number | undefined): number {
    const { format, rounding, zeroPoint, range } = this.output;
    if (this.#stochastic) return this.#stochastic.code(y, draw);
    return encodePlaced(format, y, rounding, { scale: 1, zeroPoint, range }, draw);
  }
}

function foldedLadder(output: Encoding, activation: Activation, cap: Rational | undefined): Ladder {
  const ladder = buildLadder(output.format, output.rounding, {
    scale: 1,
    zeroPoint: output.zeroPoint,
    range: output.range,
  });
  if (activation === 'identity') return ladder;
  const first = ladderIndex(ladder, 0);
  const last =
    cap === undefined ? ladder.codes.length - 1 : ladder.codes.lastIndexOf(encodeExact(cap, output));
  const cuts = ladder.cuts.slice(first, last + 1);
  cuts[0] = Number.NEGATIVE_INFINITY;
  return { codes: ladder.codes.slice(first, last + 1), cuts };
}

const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);

/** The first bucket whose smallest number is not below x. */
function firstBucketFrom(x: number): number {
  if (x === 0) return BUCKETS / 2;
  doubles[0] = x;
  const low = words[0]!;
  const high = words[1]!;
  const key = high >>> 12;
  const rest = (high & 0xfff) !== 0 || low !== 0;
  if (key & 0x80000) {
    // among negatives the smallest number of a bucket has all its lower bits set
    const ordered = ~key & 0xfffff;
    return (high & 0xfff) === 0xfff && low === 0xffffffff ? ordered : ordered + 1;
  }
  return (key | 0x80000) + (rest ? 1 : 0);
}

/** Level of the smallest number of every bucket, and one entry more for the end. */
export function bucketLevels(cuts: Float64Array): Uint16Array {
  const levels = new Uint16Array(BUCKETS + 1);
  let from = 0;
  for (let level = 1; level < cuts.length; level++) {
    const until = Math.min(firstBucketFrom(cuts[level]!), BUCKETS);
    levels.fill(level - 1, from, until);
    from = Math.max(from, until);
  }
  levels.fill(cuts.length - 1, from);
  levels[BUCKETS] = cuts.length - 1;
  return levels;
}

/** How a layer's outputs are rounded: by bytes, by words, or without a ladder, one by one. */
export type OutputLadder =
  | (HeapByteLadder & { readonly kind: 'bytes' })
  | (HeapLadder & { readonly kind: 'words' })
  | { readonly kind: 'none' };

/** The fastest form the ladder of a format of so many bits can have. */
export function placeOutputLadder(kernels: Kernels, ladder: Ladder | undefined, bits: number): OutputLadder {
  if (!ladder) return { kind: 'none' };
  const bytes = bits <= 8 ? placeByteLadder(kernels, ladder) : undefined;
  return bytes ? { kind: 'bytes', ...bytes } : { kind: 'words', ...placeLadder(kernels, ladder, bits) };
}

/** Copies a ladder into the heap. */
export function placeLadder(kernels: Kernels, ladder: Ladder, bits: number): HeapLadder {
  const { cuts, codes } = ladder;
  const pointer = {
    cuts: kernels.allocate(cuts.length * 8),
    buckets: kernels.allocate((BUCKETS + 1) * 2),
    codes: kernels.allocate(codes.length * 2),
  };
  kernels.f64(pointer.cuts, cuts.length).set(cuts);
  kernels.u16(pointer.buckets, BUCKETS + 1).set(bucketLevels(cuts));
  kernels.u16(pointer.codes, codes.length).set(codes);
  return { ...pointer, wide: bits > 8 ? 1 : 0, negativeZero: ladderIndex(ladder, -0) };
}

/** A ladder of up to 256 levels for the byte kernels (kernels/assembly/round-bytes.ts). */
export interface HeapByteLadder {
  readonly cuts: number;
  readonly buckets: number;
  /** Key (exponent and 7 fraction bits) of the first bucket, and buckets of each sign. */
  readonly lowest: number;
  readonly size: number;
  readonly codes: number;
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
 * Copies a ladder of a format of up to 8 bits into the heap in the byte kernels' form; undefined where two cuts
 * would share a bucket.
 */
export function placeByteLadder(kernels: Kernels, ladder: Ladder): HeapByteLadder | undefined {
  const { cuts, codes } = ladder;
  const magnitudes = [...cuts].filter((cut) => Number.isFinite(cut) && Math.abs(cut) > 1e-300).map(Math.abs);
  const lowest = magnitudes.length === 0 ? 0x1ff80 : magnitudeKey(Math.min(...magnitudes)) - 1;
  const size = magnitudes.length === 0 ? 2 : magnitudeKey(Math.max(...magnitudes)) - lowest + 2;
  const buckets = new Uint8Array(2 * size);
  for (let sign = 0; sign < 2; sign++) {
    for (let i = 0; i < size; i++) {
      const near = i === 0 ? 0 : smallestOfKey(lowest + i);
      const far = i === size - 1 ? Number.POSITIVE_INFINITY : largestOfKey(lowest + i);
      const [low, high] = sign === 0 ? [near, far] : [-far, -near];
      const first = ladderIndex(ladder, low);
      if (ladderIndex(ladder, high) > first + 1) return undefined;
      buckets[sign * size + i] = first;
    }
  }
  const pointer = {
    cuts: kernels.allocate((cuts.length + 1) * 8),
    buckets: kernels.allocate(buckets.length),
    codes: kernels.allocate(256),
  };
  kernels.f64(pointer.cuts, cuts.length).set(cuts);
  kernels.f64(pointer.cuts, cuts.length + 1)[cuts.length] = Number.POSITIVE_INFINITY;
  kernels.u8(pointer.buckets, buckets.length).set(buckets);
  kernels.u8(pointer.codes, codes.length).set(codes);
  return { ...pointer, lowest, size };
}
