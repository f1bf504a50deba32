/**
 * Codes of single outputs from their float64 dot products, in the kernels. It only ever certifies; what its bound
 * leaves undecided is decided one by one (outputs.ts).
 */
import { powerOfTwo } from '../../../arithmetic/float64.js';
import { DotColumn } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import { type HeapArray, heapFloat64, heapInt32 } from '../../codes/heap-array.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import { gamma, OUTWARD, underflowBound } from '../bounds.js';
import type { PlacedRounding } from '../round/output.js';

/** The roundings of y and of y ± e, 4u. */
const RELATIVE = powerOfTwo(-51) * (1 + powerOfTwo(-40));

export class RoundDots {
  /** Places in the last list of the outputs left undecided. */
  readonly left: HeapArray<Int32Array>;
  /** DotColumn [outChannels] */
  readonly #columns: HeapArray<Float64Array>;
  #least = 0;

  /** `weightNorms` ≥ ‖w‖ by channel; `capacity` outputs at most in a list. */
  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    numbers: LayerNumbers,
    private readonly placed: PlacedRounding,
    weightNorms: Float64Array,
    capacity: number,
  ) {
    const n = layer.outChannels;
    // the kernels write one place past the last
    this.left = heapInt32(kernels, capacity + 1);
    this.#columns = heapFloat64(kernels, n * DotColumn.LENGTH);
    const share = (gamma(layer.k + 2) + powerOfTwo(-51)) * OUTWARD * OUTWARD;
    for (let channel = 0; channel < n; channel++) {
      const s = numbers.multipliers[channel]!;
      const columns = this.#columns.values;
      const at = channel * DotColumn.LENGTH;
      columns[at + DotColumn.FACTOR] = s;
      columns[at + DotColumn.BIAS] = numbers.bias[channel]!;
      columns[at + DotColumn.WEIGHT_NORM] = weightNorms[channel]!;
      columns[at + DotColumn.SPREAD] = s * share;
      this.#least = Math.max(this.#least, underflowBound(s, layer.latticeExponent));
    }
  }

  /**
   * Codes to `out` of `count` outputs whose indices stand at `indices`, and (w · x, ‖x‖) float64 at `pairs`, both
   * pointers; returns how many `left` lists: all of them where an output's rounding takes random words or has no thresholds.
   */
  run(count: number, indices: number, pairs: number, out: number): number {
    const { kernels, placed, layer } = this;
    const n = layer.outChannels;
    const columns = this.#columns.pointer;
    const least = this.#least;
    const left = this.left.pointer;
    if (placed.kind === 'bytes') {
      const { thresholds, buckets, lowest, size, codes } = placed;
      // biome-ignore format: one call, one line of sums, one of the thresholds
      return kernels.call.roundDotsBytes(
        count, indices, n, pairs, columns, RELATIVE, least,
        thresholds, buckets, lowest, size, codes, out, left,
      );
    }
    if (placed.kind === 'computed' && layer.output.rounding.mode !== 'stochastic') {
      const { bits } = layer.output.format;
      const bytes = bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
      // biome-ignore format: one call, one line of sums, one of the codec
      return kernels.call.roundDotsComputed(
        count, indices, n, pairs, columns, RELATIVE, least,
        placed.codec, bytes, out, left,
      );
    }
    for (let i = 0; i < count; i++) this.left.values[i] = i;
    return count;
  }
}
