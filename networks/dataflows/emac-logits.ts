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
 * The exact act(s · (Σ + b)) before the rounding (`logits: accumulator`), each as its rank among its image's: equal
 * ones have one rank, NaN stays NaN.
 */
export class AccumulatorLogits {
  readonly #readers: { readonly weights: OperandReader; readonly activations: OperandReader };
  readonly #ranks: Float64Array;

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
  }

  /** Of the first `count` images; overwritten by the next call. */
  of(count: number): Float64Array {
    const { outChannels } = this.last.layers[0]!;
    const activations = this.last.input.codes(count);
    for (let image = 0; image < count; image++) {
      this.#ranks.set(ranksOf(this.#exact(activations, image)), image * outChannels);
    }
    return this.#ranks;
  }

  #exact(activations: CodeArray, image: number): Extended[] {
    const layer = this.last.layers[0]!;
    return Array.from({ length: layer.outChannels }, (_, c) => {
      const { value } = accumulate(layer, this.#readers, activations, image * layer.k, c);
      const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[c]!, value);
      return activate(scaled, layer.activation, layer.cap);
    });
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
