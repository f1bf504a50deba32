/** The mean of integer codes as TensorFlow Lite's reference kernels take it. */
import type { IntegerTensor } from './graph.js';

/** sum / count in integers: half away from 0 of signed codes, half up of unsigned ones. */
export function averageOf(sum: number, count: number, type: IntegerTensor['type']): number {
  const half = Math.floor(count / 2);
  if (type === 'float32') return sum / count;
  return sum > 0 || type === 'uint8' ? Math.floor((sum + half) / count) : Math.ceil((sum - half) / count);
}
