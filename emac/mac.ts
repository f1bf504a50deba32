/** Makes the multiply-accumulate of a layer, as its accumulator asks. */
import type { Kernels } from '../kernels/loader.js';
import { AccumulatorMac } from './accumulators/mac.js';
import { CertifiedMac } from './certified/mac.js';
import type { Mac } from './codes/block.js';
import type { CodeWindows } from './codes/windows.js';
import type { MacLayer } from './layer/layer.js';

/**
 * The multiply-accumulate of a layer, for blocks of up to `maxRows` rows. `windows`, where the layer's rows are the
 * windows of an image: its `reads` then says whether it takes them as they lie in the image, or laid out as rows.
 * Throws UserError where the layer's formats cannot have its accumulator.
 */
export function createMac(kernels: Kernels, layer: MacLayer, maxRows: number, windows?: CodeWindows): Mac {
  if (layer.choices.accumulator.kind !== 'exact') return new AccumulatorMac(kernels, layer, maxRows);
  const isTabled = layer.weights.format.bits <= 8 && layer.activations.format.bits <= 8;
  return new CertifiedMac(kernels, layer, maxRows, isTabled ? windows : undefined);
}
