/** What one run of a layer is given: rows of activation codes, and where their outputs go. */
import type { UseFacts } from './facts.js';

/** Where in the network's stochastic draws an output stands. */
export type DrawAt = (row: number, channel: number) => number;

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
  readonly draw: DrawAt | undefined;
}
