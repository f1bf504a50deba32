/** The logits of an emac plan as numbers that compare as they do. */

import { compare, multiply } from '../../arithmetic/rational.js';
import { accumulate } from '../../emac/accumulators/reference.js';
import { OperandReader } from '../../emac/layer/lattice.js';
import { activate, type Extended } from '../../emac/layer/reference.js';
import type { CodeArray } from '../../formats/code-array.js';
import type { EmacMac } from './emac-mac.js';
import type { CodeTensor } from './emac-tensor.js';

/** The values of the codes; scales are positive, so values alone decide. */
export class RoundedLogits {
  readonly #values: Float64Array;

  constructor(
    private readonly edge: CodeTensor,
    batch: number,
  ) {
    this.#values = new Float64Array(batch * edge.edge.size);
  }

  /** Of the first `count` images; overwritten by the next call. */
  of(count: number): Float64Array {
    const codes = this.edge.codes(count);
    const { format } = this.edge.encoding;
    for (let i = 0; i < codes.length; i++) this.#values[i] = format.toNumber(codes[i]!);
    return this.#values;
  }
}

/**
 * The exact act(s · (Σ + b)) before the rounding (`logits: accumulator`), as numbers that compare as they do among those
 * that can be the largest; what cannot be is 0, below them all. NaN stays NaN.
 *
 * A rounding keeps the order of what it rounds, so the largest exact logit is among those whose code is the largest: only
 * these are summed again, exactly. Where the order may be lost (random words) or is not there (a NaN code) all are.
 */
export class AccumulatorLogits {
  readonly #readers: { readonly weights: OperandReader; readonly activations: OperandReader };
  readonly #ranks: Float64Array;
  readonly #keepsOrder: boolean;

  constructor(
    private readonly last: EmacMac,
    batch: number,
  ) {
    const layer = last.layers[0]!;
    this.#readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    this.#ranks = new Float64Array(batch * layer.outChannels);
    this.#keepsOrder = last.output.encoding.rounding.mode !== 'stochastic';
  }

  /** Of the first `count` images; overwritten by the next call. */
  of(count: number): Float64Array {
    const { outChannels: classes } = this.last.layers[0]!;
    const activations = this.last.input.codes(count);
    const codes = this.last.output.codes(count);
    this.#ranks.fill(0, 0, count * classes);
    for (let image = 0; image < count; image++) {
      const only = this.#onlyLargest(codes, image * classes, classes);
      if (only >= 0) this.#ranks[image * classes + only] = 1;
      else this.#rankExactly(activations, codes, image);
    }
    return this.#ranks;
  }

  /** The class whose code alone is the largest; −1 where there are several, a NaN, or no order to go by. */
  #onlyLargest(codes: CodeArray, first: number, classes: number): number {
    if (!this.#keepsOrder) return -1;
    const { format } = this.last.output.encoding;
    let best = -1;
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      const value = format.toNumber(codes[first + c]!);
      if (Number.isNaN(value)) return -1;
      if (c > 0 && value === largest) best = -1;
      else if (c === 0 || value > largest) {
        best = c;
        largest = value;
      }
    }
    return best;
  }

  #rankExactly(activations: CodeArray, codes: CodeArray, image: number): void {
    const { outChannels: classes } = this.last.layers[0]!;
    const first = image * classes;
    const possible = this.#possible(codes.subarray(first, first + classes));
    const ranks = ranksOf(possible.map((c) => this.#exact(activations, image, c)));
    for (const [i, c] of possible.entries()) this.#ranks[first + c] = ranks[i]! + 1;
  }

  /** The classes whose exact logit can be the largest, by the codes of an image's logits; all where one is NaN. */
  #possible(codes: CodeArray): number[] {
    const { format } = this.last.output.encoding;
    const values = Array.from(codes, (code) => format.toNumber(code));
    const all = values.map((_, c) => c);
    if (!this.#keepsOrder || values.some(Number.isNaN)) return all;
    const largest = values.reduce((most, value) => Math.max(most, value));
    // -0 equals 0, as it should: both zeros are contenders
    return all.filter((c) => values[c] === largest);
  }

  #exact(activations: CodeArray, image: number, channel: number): Extended {
    const layer = this.last.layers[0]!;
    const { value } = accumulate(layer, this.#readers, activations, image * layer.k, channel);
    const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[channel]!, value);
    return activate(scaled, layer.activation, layer.cap);
  }
}

type Ordered = Exclude<Extended, 'nan'>;

function ranksOf(logits: readonly Extended[]): number[] {
  const ordered = logits.filter((logit): logit is Ordered => logit !== 'nan').sort(compareExtended);
  const below = (logit: Ordered): number => ordered.findIndex((other) => compareExtended(other, logit) === 0);
  return logits.map((logit) => (logit === 'nan' ? Number.NaN : below(logit)));
}

function compareExtended(a: Ordered, b: Ordered): number {
  if (typeof a !== 'string' && typeof b !== 'string') return compare(a, b);
  const rank = (value: Ordered) => (value === '+infinity' ? 1 : value === '-infinity' ? -1 : 0);
  return rank(a) - rank(b);
}
