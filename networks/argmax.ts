/** From logits to classes. */
import type { Outcome } from './plan.js';

/**
 * The class of the largest logit of each image, lowest index first; a NaN never wins and is counted, all NaN
 * give −1; images whose largest logit is shared are counted as ties. `logits`: count × classes.
 */
export function classify(
  logits: Float32Array | Float64Array,
  count: number,
  classes: number,
  outcome: Outcome,
): Outcome {
  outcome.ties = 0;
  outcome.nanLogits = 0;
  for (let image = 0; image < count; image++) {
    let best = -1;
    let value = 0;
    let shared = 0;
    for (let c = 0; c < classes; c++) {
      const logit = logits[image * classes + c]!;
      if (Number.isNaN(logit)) outcome.nanLogits++;
      else if (best < 0 || logit > value) {
        best = c;
        value = logit;
        shared = 1;
      } else if (logit === value) shared++;
    }
    outcome.predictions[image] = best;
    if (shared > 1) outcome.ties++;
  }
  return outcome;
}
