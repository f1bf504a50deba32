/** Which float32 kernels suit the shape of a layer that multiplies. */
import type { Window } from '../../emac/layer/window.js';
import type { Kernels } from '../../kernels/loader.js';
import { DepthwiseWeights } from './depthwise.js';
import { MacWeights } from './mac.js';
import type { PackedWeights } from './product.js';

/** `trained`: with what the way back needs. */
export function packedWeights(
  kernels: Kernels,
  window: Window,
  groups: number,
  outChannels: number,
  training: 'trained' | 'inference',
): PackedWeights {
  const isDepthwise = groups > 1 && groups === window.inChannels && groups === outChannels;
  return isDepthwise
    ? new DepthwiseWeights(kernels, window, training)
    : new MacWeights(kernels, window, groups, outChannels, training);
}
