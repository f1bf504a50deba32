/** Cross entropy of softmax, from logits. */
import { log } from '../../arithmetic/elementary.js';
import { softmaxOf } from '../operators/softmax.js';

export interface Loss {
  /** Sum over the images of −Σ t·log p, in nats, t the target's probabilities. */
  readonly sum: number;
  /** Images whose largest logit (lowest index first) is their label's. */
  readonly correct: number;
}

/**
 * The loss of the images that `labels` are of and, into `gradients`, that of the mean over a batch of `batch` images with respect to the
 * logits: (p − t) / batch. The target t is 1 − smoothing at the label and smoothing/classes added everywhere (Szegedy et al. 2016).
 * Softmax and sums are float64; p below 2^-1022 counts as 2^-1022. NaN logits give NaN.
 */
export function crossEntropy(
  logits: Float32Array,
  labels: Uint8Array,
  { batch, classes, smoothing }: { batch: number; classes: number; smoothing: number },
  gradients: Float32Array,
): Loss {
  const p = new Float64Array(classes);
  const spread = smoothing / classes;
  let sum = 0;
  let correct = 0;
  for (let image = 0; image < labels.length; image++) {
    const row = image * classes;
    softmaxOf(logits, row, classes, p, 0);
    const label = labels[image]!;
    let best = 0;
    for (let c = 0; c < classes; c++) {
      if (logits[row + c]! > logits[row + best]!) best = c;
      const target = c === label ? 1 - smoothing + spread : spread;
      gradients[row + c] = (p[c]! - target) / batch;
      if (target > 0) sum -= target * logOf(p[c]!);
    }
    if (best === label) correct++;
  }
  return { sum, correct };
}

function logOf(p: number): number {
  return Number.isNaN(p) ? p : log(Math.max(p, 2.2250738585072014e-308));
}
