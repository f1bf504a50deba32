/** Counting float32 values by their upper 16 bits: many by a kernel, few by a loop; the same counts and extremes. */
import { createKernels, type Kernels } from '../kernels/loader.js';

/** The extremes of what was counted, −0 as 0, or the first value that is NaN or ±Inf; then nothing was counted. */
export type Counted =
  | { readonly kind: 'counted'; readonly low: number; readonly high: number }
  | { readonly kind: 'not finite'; readonly index: number };

const BINS = 0x10000;
/** Below this the 2^16 sums after the kernel cost more than it saves. */
export const WORTH_KERNEL = 0x10000;
/** Values the kernel is given at a time. */
const CHUNK = 0x10000;

interface Heap {
  readonly kernels: Kernels;
  readonly values: number;
  readonly counts: number;
  readonly extremes: number;
}

let heap: Heap | undefined;

function makeHeap(): Heap {
  const kernels = createKernels();
  return {
    kernels,
    values: kernels.allocate(CHUNK * 4),
    counts: kernels.allocate(BINS * 4),
    extremes: kernels.allocate(8),
  };
}

/** Adds the values to `counts` [65536]. */
export function countByKernel(values: Float32Array, counts: Float64Array): Counted {
  heap ??= makeHeap();
  const { kernels } = heap;
  const sums = kernels.u32(heap.counts, BINS).fill(0);
  const extremes = kernels.f32(heap.extremes, 2);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < values.length; from += CHUNK) {
    const some = values.subarray(from, from + CHUNK);
    kernels.f32(heap.values, some.length).set(some);
    const wrong = kernels.call.countFloat32(some.length, heap.values, heap.counts, heap.extremes);
    if (wrong >= 0) return { kind: 'not finite', index: from + wrong };
    low = Math.min(low, extremes[0]!);
    high = Math.max(high, extremes[1]!);
  }
  for (let bin = 0; bin < BINS; bin++) counts[bin]! += sums[bin]!;
  return { kind: 'counted', low, high };
}

/** The same, a value at a time. */
export function countPlainly(values: Float32Array, counts: Float64Array): Counted {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    if ((bits[index]! & 0x7f800000) === 0x7f800000) return { kind: 'not finite', index };
    const value = values[index]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  for (let index = 0; index < bits.length; index++) counts[bits[index]! >>> 16]!++;
  // −0 + 0 is 0: which of the two zeros was met first leaves no trace
  return { kind: 'counted', low: low + 0, high: high + 0 };
}
