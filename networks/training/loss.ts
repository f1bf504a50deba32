/** Cross entropy of softmax, from logits. */
import { log } from '../../arithmetic/elementary.js';
import { softmaxOf } from '../operators/softmax.js';

export interface Loss {
  /** Sum over the images of −log p(label), in nats. */
  readonly sum: number;
  /** Images whose largest logit (lowest index first) is their label's. */
  readonly correct: number;
}

/**
 * The loss of `count` images and, into `gradients`, that of its mean with respect to the logits:
 * (p − one-hot) / count. Softmax and sums are float64; p below 2^-1022 counts as 2^-1022. NaN logits give NaN.
 */
export function crossEntropy(
  logits: Float32Array,
  labels: Uint8Array,
  count: number,
  classes: number,
  gradients: Float32Array,
): Loss {
  const p = new Float64Array(classes);
  let sum = 0;
  let correct = 0;
  for (let image = 0; image < count; image++) {
    const row = image * classes;
    softmaxOf(logits, row, classes, p, 0);
    const label = labels[image]!;
    let best = 0;
    for (let c = 0; c < classes; c++) {
      if (logits[row + c]! > logits[row + best]!) best = c;
      gradients[row + c] = (p[c]! - (c === label ? 1 : 0)) / count;
    }
    if (best === label) correct++;
    const chosen = p[label]!;
    sum -= Number.isNaN(chosen) ? chosen : log(Math.max(chosen, 2.2250738585072014e-308));
  }
  return { sum, correct };
}
