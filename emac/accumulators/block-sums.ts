/** The sums that kernels compute of a whole block of operands under an accumulator that is not exact. */
import type { HeapArray } from '../codes/heap-array.js';
import type { OperandRows } from './operands.js';

/** Sums of a block, in units of scale_w · scale_x. */
export interface VectorSums {
  readonly rows: OperandRows;
  /** Channels whose weights the kernel cannot hold. */
  readonly outsideChannels: readonly number[];
  /** [rows][stride], after `run`. */
  readonly sums: HeapArray<Float64Array>;
  readonly stride: number;
  /** Whether sums are lattice units or numbers. */
  readonly unit: 'lattice' | 'numbers';
  /** Adds that overflowed, float64 [rows], after `run`; undefined for accumulators that do not count any. */
  readonly overflows: Float64Array | undefined;
  /** The sums in lattice units where a float64 cannot hold them all: then `sums` are the nearest. */
  readonly latticeUnits: BigInt64Array | undefined;
  /** Sums the operands of `rows`. */
  run(count: number): void;
}
