import type { Kernels } from '../../kernels/loader.js';

/** Operands of the kernels of accumulators that are not exact. */

/** m, n, k; n a multiple of 8. */
export const shapes = [
  [1, 8, 1],
  [3, 16, 5],
  [2, 24, 150],
  [5, 8, 25],
  [1, 8, 3000],
  [0, 8, 4],
  [2, 8, 0],
] as const;

/** [n][k] in panels of 8, [n/8][k][8]. */
export function panels<T>(values: readonly T[], n: number, k: number): T[] {
  const out: T[] = [];
  for (let j = 0; j < n; j += 8) {
    for (let p = 0; p < k; p++) for (let lane = 0; lane < 8; lane++) out.push(values[(j + lane) * k + p]!);
  }
  return out;
}

export const many = <T>(length: number, one: () => T): T[] => Array.from({ length }, one);

/** Offsets and counts of rows [m][k] that keep their zeros. */
export function placeOffsets(
  kernels: Kernels,
  m: number,
  k: number,
  entryBytes: number,
): [offsets: number, counts: number] {
  const [offsets, counts] = [kernels.allocate(m * k * 4), kernels.allocate(m * 4)] as const;
  kernels.i32(offsets, m * k).set(many(m * k, () => 0).map((_, at) => (at % k) * entryBytes * 8));
  kernels.i32(counts, m).fill(k);
  return [offsets, counts];
}

export function placeNumbers(kernels: Kernels, values: readonly number[]): number {
  const pointer = kernels.allocate(values.length * 8);
  kernels.f64(pointer, values.length).set(values);
  return pointer;
}
