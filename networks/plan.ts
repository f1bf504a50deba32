/** What `compile` gives: buffers sized for a batch, weights put into the dataflow's own form once. */
import type { MacFacts } from '../emac/cost/facts.js';
import type { LayerChoices, LogitRule } from '../emac/layer/choices.js';
import type { MacLayer } from '../emac/layer/layer.js';
import { UserError } from '../errors.js';
import type { Encoding } from '../quantizers/encoding.js';
import type { IntegerGraph } from './integer/graph.js';
import type { Program } from './program.js';
import type { StoredTensor } from './tensor.js';

export interface Outcome {
  /** Class of the largest logit, lowest index first; −1 where every logit is NaN. [batch] */
  readonly predictions: Int32Array;
  /** Images of the last run whose largest logit is shared by two or more classes. */
  ties: number;
  /** NaN logits of the last run. */
  nanLogits: number;
}

export interface Plan {
  /** Name of the dataflow that made it. */
  readonly dataflow: string;
  readonly program: Program;
  /** Most images a run may have. */
  readonly batch: number;
  /**
   * `images`: count × input size, float32, channels last. `firstImage` is the index of the first one in its set,
   * which stochastic draws are keyed by. The outcome is overwritten by the next run. Throws UserError for more images
   * than `batch`, or fewer values than so many images have.
   */
  run(images: Float32Array, count: number, firstImage?: number): Outcome;
  /**
   * The reals on an edge after the last run, count × edge size (decoded, where the dataflow holds codes). For
   * calibration and per-layer tables; it may allocate.
   */
  edgeValues(edge: number, count: number): Float64Array | Float32Array;

  // what some dataflows can tell beyond that

  /** Which logits are compared, where that is a choice: `rounded` whatever was asked for, where no sum is at the end. */
  readonly logits?: LogitRule;
  /** What was counted since it was compiled. */
  readonly tally?: () => CodeTally;
  /** What the cost model is told, one entry a mac layer. */
  readonly macFacts?: () => MacFacts[];
  /** Why there are none, where other choices of the same dataflow have some: in words, for the row. */
  readonly unpriced?: string;
  /** The network in integers, where that is what runs. */
  readonly graph?: IntegerGraph;
  /** Codes of weights by layer, [outChannels, k] with the zero point 0, of a dataflow that has others than the table's. */
  readonly weightCodes?: ReadonlyMap<string, Int32Array>;
  /** The network in codes, where exact or other sums of their products are what runs. */
  readonly inCodes?: () => CodeNetwork;
  /** All that another program needs to compute the codes of the last run's first `count` images again. */
  readonly golden?: (count: number) => GoldenPlan;
}

/** What a network in codes is made of beside its program. */
export interface CodeNetwork {
  readonly choices: LayerChoices;
  /** By edge. */
  readonly encodings: readonly Encoding[];
  /** By the name of the mac step; the groups of its channels one after another. */
  readonly layers: ReadonlyMap<string, readonly MacLayer[]>;
}

/** Codes that stand out, summed over every run; a code counts for the first of them it is (docs/numerics.md §4). */
export interface CodeCounts {
  /** Codes of ±0, or of the zero point. */
  zeros: number;
  /** Codes of the largest and of the smallest value in use. */
  atMax: number;
  /** Posit codes of ±minpos, where a posit puts what others flush to 0. */
  atMin: number;
  /** All codes. */
  total: number;
}

export interface CodeTally {
  /** Adds that overflowed wrapping or saturating accumulators. */
  readonly overflows: number;
  /** By edge, in the program's order. */
  readonly edges: readonly (readonly [string, CodeCounts])[];
  /** Outputs decided by each tier, over all layers; empty where there are no tiers. */
  readonly tiers: Readonly<Record<string, number>>;
}

/** Numbers in it are exact: integers, and n/d or n*2^k as text. */
export interface GoldenPlan {
  /** Codes by `edge/<name>` and `weights/<layer>`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** One an edge and one a step, in the program's order. */
  readonly edges: readonly object[];
  readonly steps: readonly object[];
}

/** Throws UserError unless `images` holds `count` images of `program`, and a run may have as many. */
export function checkRun(
  { program, batch }: Pick<Plan, 'program' | 'batch'>,
  images: Float32Array,
  count: number,
): void {
  const { size } = program.edges[program.input]!;
  if (count > batch) {
    throw new UserError(
      `a run of ${count} images was asked of a plan for ${batch}; compile it with a larger batch`,
    );
  }
  if (images.length < count * size) {
    throw new UserError(
      `${count} images of ${size} values were asked for, with ${images.length} values given; give ${count * size}`,
    );
  }
}
