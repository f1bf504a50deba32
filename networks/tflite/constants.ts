/** Constants of a file as numbers: weights in floats, axes and paddings in integers. */
import { fromFloat16 } from '../../arithmetic/half-floats.js';
import type { TfliteTensor } from './model.js';

/** float32 or float16 elements; undefined where the tensor is computed, of another type, or has other than its shape's. */
export function constantFloats({ data, type, shape }: TfliteTensor): Float32Array | undefined {
  if (data === undefined) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const length = shape.reduce((product, extent) => product * extent, 1);
  switch (type) {
    case 'float32':
      if (data.length !== 4 * length) return undefined;
      return Float32Array.from({ length }, (_, i) => view.getFloat32(4 * i, true));
    case 'float16':
      if (data.length !== 2 * length) return undefined;
      return fromFloat16(Uint16Array.from({ length }, (_, i) => view.getUint16(2 * i, true)));
    default:
      return undefined;
  }
}

/** int32 elements; undefined likewise. */
export function constantIntegers({ data, type, shape }: TfliteTensor): readonly number[] | undefined {
  const length = shape.reduce((product, extent) => product * extent, 1);
  if (type !== 'int32' || data?.length !== 4 * length) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length }, (_, i) => view.getInt32(4 * i, true));
}
