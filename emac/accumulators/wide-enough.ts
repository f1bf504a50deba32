/** Whether a wrapping or saturating accumulator ever does either. */

import type { MacLayer } from '../layer/layer.js';
import type { Readers } from './reference.js';

/**
 * True where no sum, of any activations, can leave the accumulator's N bits on the way: |b| + Σ|w| · max|x| < 2^(N−1).
 * Then the sums are the exact ones. Activations of formats wider than 16 bits are bounded by their largest value.
 */
export function neverOverflows(layer: MacLayer, readers: Readers): boolean {
  const { accumulator } = layer.choices;
  if (accumulator.kind !== 'wrap' && accumulator.kind !== 'saturate') return false;
  const { k, outChannels, weightCodes, activations } = layer;
  const { levels } = activations.format;
  const magnitude = (value: unknown) => (typeof value === 'bigint' ? (value < 0n ? -value : value) : 0n);
  const ends = [levels.code(0), levels.code(levels.count - 1)];
  const top = 1n << BigInt(accumulator.bits - 1);
  for (let channel = 0; channel < outChannels; channel++) {
    let sum = 0n;
    for (let p = 0; p < k; p++) sum += magnitude(readers.weights.operand(weightCodes[channel * k + p]!));
    const bias = magnitude(layer.bias[channel]);
    if (ends.some((code) => bias + sum * magnitude(readers.activations.operand(code)) >= top)) return false;
  }
  return true;
}
