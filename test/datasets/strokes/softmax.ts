/** Multinomial logistic regression, the linear classifier the built-in set must be too hard for. */
import { exp } from '../../../arithmetic/elementary.js';
import { Stream } from '../../../arithmetic/philox.js';
import { type Dataset, imageSize, normalizedImages, type Split } from '../../../datasets/dataset.js';

const BATCH = 50;

function images(dataset: Dataset, split: Split): Float32Array {
  const out = new Float32Array(split.count * imageSize(dataset));
  normalizedImages(
    dataset,
    split,
    Uint32Array.from({ length: split.count }, (_, i) => i),
    out,
  );
  return out;
}

/** logits[c] = bias[c] + Σ weights[c, j] · x[at + j], `size` even, in two sums for speed. */
function logitsOf(
  weights: Float64Array,
  x: Float32Array,
  at: number,
  size: number,
  logits: Float64Array,
): void {
  for (let c = 0; c < logits.length; c++) {
    const row = c * (size + 1);
    let [even, odd] = [weights[row + size]!, 0];
    for (let j = 0; j < size; j += 2) {
      even += weights[row + j]! * x[at + j]!;
      odd += weights[row + j + 1]! * x[at + j + 1]!;
    }
    logits[c] = even + odd;
  }
}

function accuracy(
  weights: Float64Array,
  x: Float32Array,
  labels: Uint8Array,
  size: number,
  classes: number,
): number {
  const logits = new Float64Array(classes);
  let correct = 0;
  labels.forEach((label, i) => {
    logitsOf(weights, x, i * size, size, logits);
    if (logits.indexOf(Math.max(...logits)) === label) correct++;
  });
  return correct / labels.length;
}

/**
 * Best test accuracy over `epochs` epochs of SGD with momentum 0.9, a rate falling linearly to 0 and weight
 * decay: taking the best epoch by the test images favours the linear classifier, so a bound on it is safe.
 */
export function bestLinearAccuracy(dataset: Dataset, epochs: number, rate: number, decay: number): number {
  const size = imageSize(dataset);
  const classes = dataset.classes.length;
  const x = images(dataset, dataset.train);
  const tests = images(dataset, dataset.test);
  const { labels, count } = dataset.train;
  const weights = new Float64Array(classes * (size + 1));
  const velocity = new Float64Array(weights.length);
  const gradient = new Float64Array(weights.length);
  const logits = new Float64Array(classes);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const steps = epochs * Math.floor(count / BATCH);
  let step = 0;
  let best = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    new Stream(0, 'shuffle', epoch).shuffle(order);
    for (let from = 0; from + BATCH <= count; from += BATCH) {
      gradient.fill(0);
      for (const index of order.subarray(from, from + BATCH)) {
        logitsOf(weights, x, index * size, size, logits);
        const top = Math.max(...logits);
        let total = 0;
        for (let c = 0; c < classes; c++) total += logits[c] = exp(logits[c]! - top);
        for (let c = 0; c < classes; c++) {
          const error = (logits[c]! / total - (labels[index] === c ? 1 : 0)) / BATCH;
          const row = c * (size + 1);
          for (let j = 0; j < size; j++) gradient[row + j]! += error * x[index * size + j]!;
          gradient[row + size]! += error;
        }
      }
      const now = rate * (1 - step++ / steps);
      for (let i = 0; i < weights.length; i++) {
        velocity[i] = 0.9 * velocity[i]! - now * (gradient[i]! + decay * weights[i]!);
        weights[i]! += velocity[i]!;
      }
    }
    best = Math.max(best, accuracy(weights, tests, dataset.test.labels, size, classes));
  }
  return best;
}
