/**
 * One integer-count histogram of a tensor over the upper 16 bits of float32, with the exact minimum and
 * maximum: all a calibrator is told (docs/numerics.md §3). Counts and extremes do not depend on the order or the
 * batches in which values came. It lives in one buffer, which the workers of a sweep share.
 */
import { UserError } from '../errors.js';
import { countByKernel, countPlainly, WORTH_KERNEL } from './count-floats.js';

export const BINS = 0x10000;
/** Bins of one sign; a pattern's lower 15 bits number its magnitude bin. */
export const MAGNITUDE_BINS = 0x8000;

const MIN = 0;
const MAX = 1;
const TOTAL = 2;
const HEAD = 3;

const oneWord = new Uint32Array(1);
const oneFloat = new Float32Array(oneWord.buffer);

/** Where a bin stands: 0 for 0x0000 and 0x8000, else the float32 whose lower 16 bits are 0x8000. */
export function binValue(pattern: number): number {
  if ((pattern & 0x7fff) === 0) return 0;
  oneWord[0] = (pattern << 16) | 0x8000;
  return oneFloat[0]!;
}

/** Bins with counts in descending order of value, without those that stand at 0. */
export interface OccupiedBins {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** What a histogram is across threads and in files of a run: its tensor's name and its buffer. */
export interface HistogramData {
  readonly tensor: string;
  readonly buffer: ArrayBufferLike;
}

/** Zeroed; pages of a browser that may not share memory have no SharedArrayBuffer, and no workers to share it with. */
function emptyBuffer(): ArrayBufferLike {
  const bytes = (HEAD + BINS) * Float64Array.BYTES_PER_ELEMENT;
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}

export class Histogram {
  /** Count of each bin, by the upper 16 bits of the float32; integers up to 2^53. */
  readonly counts: Float64Array;
  readonly #head: Float64Array;
  #occupied: OccupiedBins | undefined;

  /** `tensor` names the tensor in errors. With a buffer of `data` the histogram is a view of that one. */
  constructor(
    readonly tensor: string,
    private readonly buffer = emptyBuffer(),
  ) {
    this.#head = new Float64Array(buffer, 0, HEAD);
    this.counts = new Float64Array(buffer, HEAD * Float64Array.BYTES_PER_ELEMENT, BINS);
  }

  static of(tensor: string, values: Float32Array): Histogram {
    const histogram = new Histogram(tensor);
    histogram.add(values);
    return histogram;
  }

  static from(data: HistogramData): Histogram {
    return new Histogram(data.tensor, data.buffer);
  }

  /** The buffer itself, not a copy. */
  get data(): HistogramData {
    return { tensor: this.tensor, buffer: this.buffer };
  }

  /** Exact smallest value; 0 when empty. −0 counts as 0. */
  get min(): number {
    return this.#head[MIN]!;
  }

  /** Exact largest value; 0 when empty. */
  get max(): number {
    return this.#head[MAX]!;
  }

  /** How many values were counted. */
  get total(): number {
    return this.#head[TOTAL]!;
  }

  /** Exact max |x|; 0 when empty. */
  get maxMagnitude(): number {
    return Math.max(-this.min, this.max);
  }

  /**
   * Counts every value. Throws UserError naming the tensor and the index of the first NaN or ±Inf, before
   * anything is counted.
   */
  add(values: Float32Array): void {
    if (values.length === 0) return;
    const found =
      values.length < WORTH_KERNEL ? countPlainly(values, this.counts) : countByKernel(values, this.counts);
    if (found.kind === 'not finite') {
      const { index } = found;
      throw new UserError(
        `tensor '${this.tensor}' has ${values[index]} at index ${index}; calibration needs finite values: check the training or the data`,
      );
    }
    this.#widen(found.low, found.high, values.length);
  }

  /** Adds all that the other has counted. */
  merge(other: Histogram): void {
    if (other.total === 0) return;
    for (let bin = 0; bin < BINS; bin++) this.counts[bin]! += other.counts[bin]!;
    this.#widen(other.min, other.max, other.total);
  }

  /** Count of the magnitude bin, both signs. */
  magnitudeCount(bin: number): number {
    return this.counts[bin]! + this.counts[bin | MAGNITUDE_BINS]!;
  }

  occupied(): OccupiedBins {
    this.#occupied ??= listOccupied(this.counts);
    return this.#occupied;
  }

  #widen(low: number, high: number, count: number): void {
    const head = this.#head;
    const first = head[TOTAL] === 0;
    head[MIN] = first ? low : Math.min(head[MIN]!, low);
    head[MAX] = first ? high : Math.max(head[MAX]!, high);
    head[TOTAL]! += count;
    this.#occupied = undefined;
  }
}

function listOccupied(counts: Float64Array): OccupiedBins {
  const patterns: number[] = [];
  for (let bin = MAGNITUDE_BINS - 1; bin > 0; bin--) if (counts[bin] !== 0) patterns.push(bin);
  for (let bin = MAGNITUDE_BINS + 1; bin < BINS; bin++) if (counts[bin] !== 0) patterns.push(bin);
  return {
    values: Float64Array.from(patterns, binValue),
    counts: Float64Array.from(patterns, (bin) => counts[bin]!),
  };
}
