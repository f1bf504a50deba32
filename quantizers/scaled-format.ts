/** What a free scale makes of a format. */
import type { NumberFormat } from '../formats/format.js';
import { getFormat } from '../formats/registry.js';
import type { Quantizer } from './quantizer.js';

/**
 * The format whose codes a tensor gets: under linear fixed<n>q<q> is fixed<n>q0, for its scale takes the place of q;
 * any other is itself.
 */
export function scaledFormat(format: NumberFormat, quantizer: Quantizer): NumberFormat {
  if (quantizer.kind === 'rounding' || format.family !== 'fixed') return format;
  return getFormat(`fixed${format.bits}q0`);
}
