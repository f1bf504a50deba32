// How the packed matrix products C = A · Bᵀ walk through memory. All use tiles of 4 rows of A by two vectors of B:
// 8 accumulators, 6 loaded vectors and a product are the 15 registers that x86 leaves (the engine loads a step's
// operands before it multiplies), and 8 products a step keep its two multipliers busy. Loops over k end at an
// address of B, for the front end, not the multipliers, is the next limit. Blocking k as well costs more than it
// saves up to k = 65536: panels are read in a straight line.

/** Half of a small second-level cache: a block of A stays there while every panel of B passes by. */
const BLOCK_BYTES = 262144;

/** Rows of A, a multiple of 4, that a block holds when each takes `bytes`. */
@inline export function blockRows(bytes: usize): i32 {
  return max(4, <i32>(<usize>BLOCK_BYTES / max(1, bytes)) & ~3);
}
