import fc from 'fast-check';
import type { NumberFormat } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { calibrate, type TensorRole } from '../../quantizers/calibrate.js';
import { Histogram } from '../../quantizers/histogram.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';

/** Small tensors of many sizes. */
export const tensors = fc
  .tuple(
    fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 6 }),
    fc.constantFrom(2 ** -20, 0.01, 1, 300, 2 ** 30),
  )
  .map(([values, size]) => Float32Array.from(values, (value) => value * size));

/** The scale of the whole tensor under a quantizer by its name. */
export function scaleOf(
  values: Float32Array,
  format: NumberFormat | string,
  quantizer: string,
  role: TensorRole = 'activations',
): number {
  const found = typeof format === 'string' ? getFormat(format) : format;
  return calibrate(Histogram.of('t', values), found, role, parseQuantizer(quantizer)).scales[0]!;
}
