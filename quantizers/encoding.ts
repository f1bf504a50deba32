/**
 * An encoding says how the reals of one tensor become codes: code of clamp(zeroPoint + round(x / scale)), the
 * quotient rounded exactly (docs/numerics.md §3). It is what calibration makes, what every quantized dataflow,
 * exporter and cost model reads.
 */
import type { NumberFormat, Rounding } from '../formats/format.js';

/** Over what one scale is shared. `channel`: output channels of weights; `group`: reserved for block formats. */
export type Granularity =
  | { readonly kind: 'tensor' }
  | { readonly kind: 'channel' }
  | { readonly kind: 'group'; readonly size: number };

export interface Encoding {
  readonly format: NumberFormat;
  readonly rounding: Rounding;
  readonly granularity: Granularity;
  /** One positive, finite scale (`tensor`) or one a channel (`channel`). */
  readonly scales: Float64Array;
  /** An integer of the range in use; 0 for all but affine. One for all channels. */
  readonly zeroPoint: number;
  /** Which codes of an affine format are used: all, or the narrow range of weights (Jacob). */
  readonly range: 'full' | 'narrow';
}
