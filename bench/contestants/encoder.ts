/** Bulk encode and decode on the heap: contestants of the codec table, encode the yardstick of the round stage. */

import { createKernels } from '../../dist/kernels/loader.js';
import { decodeTensor, encodeTensor } from '../../dist/quantizers/encoder.js';
import type { Encoding } from '../../dist/quantizers/encoding.js';
import { HeapEncoder } from '../../dist/quantizers/heap-encoder.js';
import type { Contestant } from '../race.js';

/** As a plan encodes images, one batch of `values`, once they lie on its heap. */
export function bulkEncoder(encoding: Encoding, values: Float32Array): Contestant {
  const kernels = createKernels();
  const n = values.length;
  const [from, out] = [kernels.allocate(n * 4), kernels.allocate(n * 4)];
  kernels.f32(from, n).set(values);
  const encoder = new HeapEncoder(kernels, encoding, { seed: 0, tensor: 0 }, n, 1);
  return { name: 'bulk encode', run: () => void encoder.encode(1, from, out, 0) };
}

/** As simulated quantization decodes an edge of up to 16 bits to float32. */
export function bulkDecoder(encoding: Encoding, values: Float32Array): Contestant {
  const { bits } = encoding.format;
  const kernels = createKernels();
  const n = values.length;
  const bytes = bits <= 8 ? 1 : 2;
  const [codes, table, out] = [n * bytes, 4 << bits, n * 4].map((size) => kernels.allocate(size));
  const every = Uint16Array.from({ length: 2 ** bits }, (_, code) => code);
  kernels.f32(table!, every.length).set(decodeTensor(every, encoding));
  (bytes === 1 ? kernels.u8(codes!, n) : kernels.u16(codes!, n)).set(
    encodeTensor(values, encoding, { name: 'values' }),
  );
  return { name: 'bulk decode', run: () => void kernels.call.lookUp32(n, codes!, bytes, table!, out!) };
}
