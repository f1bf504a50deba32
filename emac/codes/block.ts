/** One run of a layer: the activation codes it is given, where its output codes go, and the interface that runs it. */
import type { UseFacts } from './facts.js';

/** The random word that stochastic rounding takes for an output. */
export type RandomWordAt = (row: number, channel: number) => number;

/** Rows laid out one after another, or the windows of one image (CodeWindows of the layer). */
export interface MacBlock {
  readonly kind: 'rows' | 'windows';
  /**
   * On the heap: activation codes [rows][k], padding included, readable up to a multiple of 4 rows; or the image's
   * codes.
   */
  readonly codes: number;
  readonly rows: number;
  /** Output codes [rows][outChannels], on the heap. */
  readonly out: number;
  /** Facts of the activations' codes in this block; undefined for formats wider than 8 bits. */
  readonly facts: UseFacts | undefined;
  readonly randomWordAt: RandomWordAt | undefined;
}

/** How an output of certified sums was decided, cheapest first (docs/certified-rounding.md). */
export const TIERS = ['int16', 'float32', 'float64', 'limbs', 'reference'] as const;
export type Tier = (typeof TIERS)[number];

/** Outputs decided by each tier since the layer was made. */
export type TierCounts = Record<Tier, number>;

/** The multiply-accumulate of one layer, under whichever accumulator. */
export interface Mac {
  /** The kind of block it runs. */
  readonly reads: MacBlock['kind'];
  /** Undefined under accumulators that are not exact. */
  readonly counts: TierCounts | undefined;
  /** Adds that left the N bits of wrap or saturate since the layer was made; 0 under the others. */
  readonly overflows: number;
  /** Writes the codes of a block's outputs. Operands may be NaN, NaR or Inf. */
  run(block: MacBlock): void;
}
