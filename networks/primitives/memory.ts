/** Float32 buffers in kernel memory. */
import type { Kernels } from '../../kernels/loader.js';

/** Buffers are read and written in whole vectors: bytes behind the last element. */
const SLACK = 64;

/** Room for `count` float32 values and the slack behind them. */
export function allocateFloats(kernels: Kernels, count: number): number {
  return kernels.allocate(count * 4 + SLACK);
}
