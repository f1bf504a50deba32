/** What a dataflow makes of every edge of a network when it runs: its values against those of float32, errors adding up from layer to layer. */
import { log10 } from '../arithmetic/elementary.js';
import type { ImageBatch } from './calibration.js';
import type { Plan } from './plan.js';

export interface RunError {
  /** Name of the edge. */
  readonly tensor: string;
  /** 10·log10(Σx² / Σ(x − run)²); Infinity where nothing is lost, NaN for an edge of zeros. */
  readonly sqnr: number;
  /** max |x − run|, in the edge's own unit. */
  readonly maxError: number;
}

/** One entry an edge, in the program's order; both plans are of one program and hold a batch. Sums run in the order of images. */
export function runErrors(float: Plan, ran: Plan, batches: Iterable<ImageBatch>): RunError[] {
  const { edges } = float.program;
  const sums = edges.map(() => ({ signal: 0, noise: 0, maxError: 0 }));
  for (const { images, count } of batches) {
    float.run(images, count);
    ran.run(images, count);
    for (const [edge, sum] of sums.entries()) {
      const values = float.edgeValues(edge, count);
      const others = ran.edgeValues(edge, count);
      for (let i = 0; i < values.length; i++) {
        const error = Math.abs(values[i]! - others[i]!);
        sum.signal += values[i]! * values[i]!;
        sum.noise += error * error;
        if (error > sum.maxError) sum.maxError = error;
      }
    }
  }
  return sums.map(({ signal, noise, maxError }, edge) => ({
    tensor: edges[edge]!.name,
    sqnr: signal === 0 ? Number.NaN : 10 * log10(signal / noise),
    maxError,
  }));
}
