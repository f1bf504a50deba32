/** What `compile` gives: buffers sized for a batch, weights put into the dataflow's own form once. */
import type { Program } from './program.js';

export interface Outcome {
  /** Class of the largest logit, lowest index first; −1 where every logit is NaN. [batch] */
  readonly predictions: Int32Array;
  /** Images of the last run whose largest logit is shared by two or more classes. */
  ties: number;
  /** NaN logits of the last run. */
  nanLogits: number;
}

export interface Plan {
  readonly dataflow: 'float' | 'simulated' | 'emac';
  readonly program: Program;
  /** Most images a run may have. */
  readonly batch: number;
  /**
   * `images`: count × input size, float32, channels last. `firstImage` is the index of the first one in its set,
   * which stochastic draws are keyed by. The outcome is overwritten by the next run.
   */
  run(images: Float32Array, count: number, firstImage?: number): Outcome;
  /**
   * The reals on an edge after the last run, count × edge size (decoded, where the dataflow holds codes). For
   * calibration and per-layer tables; it may allocate.
   */
  edgeValues(edge: number, count: number): Float64Array | Float32Array;
}
