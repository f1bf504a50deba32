/** From the codes of the last edge to predictions: lowest index first, ties and NaN logits counted. */
import { compare, multiply } from '../../arithmetic/rational.js';
import { accumulate } from '../../emac/accumulators.js';
import { OperandReader } from '../../emac/lattice.js';
import { activate, type Extended } from '../../emac/reference.js';
import type { Outcome } from '../plan.js';
import type { EmacMac } from './emac-mac.js';
import type { CodeTensor } from './emac-tensor.js';

/** Compares decoded logits; scales are positive, so values alone decide. */
export function predictFromCodes(logits: CodeTensor, count: number, classes: number, outcome: Outcome): void {
  const codes = logits.codes(count);
  const { format } = logits.encoding;
  outcome.ties = 0;
  outcome.nanLogits = 0;
  for (let image = 0; image < count; image++) {
    let best = -1;
    let largest = Number.NaN;
    let tied = false;
    for (let c = 0; c < classes; c++) {
      const value = format.toNumber(codes[image * classes + c]!);
      if (Number.isNaN(value)) outcome.nanLogits++;
      else if (best < 0 || value > largest) {
        best = c;
        largest = value;
        tied = false;
      } else if (value === largest) tied = true;
    }
    outcome.predictions[image] = best;
    if (tied) outcome.ties++;
  }
}

/** Compares act(s · (Σ + b)) before the rounding, exactly (`logits: accumulator`). */
export class AccumulatorLogits {
  readonly #readers: { readonly weights: OperandReader; readonly activations: OperandReader };

  constructor(private readonly last: EmacMac) {
    const layer = last.layers[0]!;
    this.#readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
  }

  predict(count: number, outcome: Outcome): void {
    const layer = this.last.layers[0]!;
    const activations = this.last.input.codes(count);
    outcome.ties = 0;
    outcome.nanLogits = 0;
    for (let image = 0; image < count; image++) {
      let best = -1;
      let largest: Exclude<Extended, 'nan'> | undefined;
      let tied = false;
      for (let c = 0; c < layer.outChannels; c++) {
        const { value } = accumulate(layer, this.#readers, activations, image * layer.k, c);
        const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[c]!, value);
        const logit = activate(scaled, layer.activation, layer.cap);
        if (logit === 'nan') outcome.nanLogits++;
        else {
          const order = largest === undefined ? 1 : compareExtended(logit, largest);
          if (order > 0) {
            best = c;
            largest = logit;
            tied = false;
          } else if (order === 0) tied = true;
        }
      }
      outcome.predictions[image] = best;
      if (tied) outcome.ties++;
    }
  }
}

function compareExtended(a: Exclude<Extended, 'nan'>, b: Exclude<Extended, 'nan'>): number {
  if (typeof a !== 'string' && typeof b !== 'string') return compare(a, b);
  const rank = (value: Exclude<Extended, 'nan'>) =>
    value === '+infinity' ? 1 : value === '-infinity' ? -1 : 0;
  return rank(a) - rank(b);
}
