/** Bulk encode of float32 values: the yardstick of the round stage, and a contestant of the codec table. */

import { DEFAULT_CHOICES } from '../../dist/emac/choices.js';
import { createKernels } from '../../dist/kernels/loader.js';
import { InputEncoder } from '../../dist/networks/dataflows/emac-input.js';
import { CodeTensor } from '../../dist/networks/dataflows/emac-tensor.js';
import type { Encoding } from '../../dist/quantizers/encoding.js';
import type { Contestant } from '../race.js';

/** As a plan encodes its images: one batch of `values`. */
export function bulkEncoder(encoding: Encoding, values: Float32Array): Contestant {
  const kernels = createKernels();
  const edge = { name: 'values', shape: [values.length], size: values.length };
  const tensor = new CodeTensor(kernels, edge, encoding, 1);
  const encoder = new InputEncoder(kernels, tensor, DEFAULT_CHOICES);
  return { name: 'bulk encode', run: () => encoder.run(values, 1, 0) };
}
