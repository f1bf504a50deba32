/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a counter-based
 * generator, so that a word depends on what it is for and on nothing else. Multipliers and Weyl constants are
 * the paper's.
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** What random words are for; part of the key, so that two uses of one seed never share a word. */
export const PURPOSES = {
  rounding: 1,
  weights: 2,
  shuffle: 3,
  dropout: 4,
  dataset: 5,
  calibration: 6,
  augmentation: 7,
  resampling: 8,
  costs: 9,
} as const;
export type Purpose = keyof typeof PURPOSES;

/** High 32 bits of the 64-bit product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** Ten rounds of Philox4x32 on `counter` under `key`, four unsigned 32-bit words, into `out`. */
export function philox(
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
  out: Uint32Array,
): Uint32Array {
  let [k0, k1] = key;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0 >>> 0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2 >>> 0);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

const block = new Uint32Array(4);

/**
 * The 32-bit random word of stochastic rounding: word 0 for key (seed, purpose) and counter (tensor, image, element
 * low, element high), docs/numerics.md §2.
 */
export function randomWord(
  seed: number,
  purpose: Purpose,
  tensor: number,
  image: number,
  element: number,
): number {
  const low = element >>> 0;
  const high = Math.floor(element / 0x100000000) >>> 0;
  return philox([seed >>> 0, PURPOSES[purpose]], [tensor >>> 0, image >>> 0, low, high], block)[0]!;
}

/**
 * A sequence of random words for one use: `stream` and, within it, `part` tell apart sequences of the same seed and purpose. Each word of
 * each block is used once, in order.
 */
export class Stream {
  readonly #words = new Uint32Array(4);
  #next = 4;
  #blocks = 0;

  constructor(
    private readonly seed: number,
    private readonly purpose: Purpose,
    private readonly stream = 0,
    private readonly part = 0,
  ) {}

  /** A uniform 32-bit word. */
  word(): number {
    if (this.#next === 4) {
      const high = Math.floor(this.#blocks / 0x100000000);
      philox(
        [this.seed >>> 0, PURPOSES[this.purpose]],
        [this.stream >>> 0, this.part >>> 0, this.#blocks >>> 0, high],
        this.#words,
      );
      this.#blocks++;
      this.#next = 0;
    }
    return this.#words[this.#next++]!;
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.word() / 0x100000000;
  }

  /** Uniform integer in 0 .. bound − 1 (bound ≤ 2^32), unbiased by rejection. */
  below(bound: number): number {
    const limit = 0x100000000 - (0x100000000 % bound);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % bound;
    }
  }

  /** Fisher–Yates shuffle in place. */
  shuffle(items: Uint32Array): Uint32Array {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = items[i]!;
      items[i] = items[j]!;
      items[j] = kept;
    }
    return items;
  }
}
