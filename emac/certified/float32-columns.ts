/** The constants of a bound that covers arithmetic in float32 (kernels/assembly/round-bytes.ts). */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { IntegerColumn } from '../../kernels/layouts.js';

/** Every boundary and every factor lies between these, so that nothing in float32 over- or underflows unnoticed. */
export const SMALLEST = powerOfTwo(-100);
export const LARGEST = powerOfTwo(100);
/** int32 sums times factors stay below LARGEST. */
const LARGEST_FACTOR = powerOfTwo(68);
/** More than all underflow in a bound, less than any boundary. */
const LEAST = powerOfTwo(-110);
/** Covers the rounding of a constant to float32, and that of sums and products of constants. */
const OUTWARD32 = 1 + powerOfTwo(-19);

/**
 * IntegerColumn [n] as float32 vectors [n/4][4][4], bounds rounded up. A factor that float32 does not reach gets an infinite
 * bound: float64 decides its channel.
 */
export function fillFloat32Columns(columns: Float64Array, channels: number, out: Float32Array): void {
  for (let channel = 0; channel < channels; channel++) {
    const factor = columns[channel * IntegerColumn.LENGTH + IntegerColumn.FACTOR]!;
    const reached = factor >= SMALLEST && factor <= LARGEST_FACTOR;
    const at = (channel >> 2) * 16 + (channel & 3);
    out[at] = reached ? factor : 0;
    for (let bound = IntegerColumn.WEIGHT_NORM; bound <= IntegerColumn.BIAS_RESIDUAL; bound++) {
      const least = bound === IntegerColumn.BIAS_RESIDUAL ? LEAST : 0;
      out[at + 4 * bound] = reached
        ? columns[channel * IntegerColumn.LENGTH + bound]! * OUTWARD32 + least
        : 0;
    }
    if (!reached) out[at + 4 * IntegerColumn.BIAS_RESIDUAL] = Number.POSITIVE_INFINITY;
  }
}
