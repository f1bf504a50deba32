import type { RelaxedCalls } from '../../../kernels/calls.js';
import type { Kernels } from '../../../kernels/loader.js';

/**
 * The int8 GEMM in plain loops, int16 wrapping where the machine's does, so that the stage's choices are tested on
 * engines without relaxed SIMD too.
 */
export function int8Twin(kernels: Kernels): RelaxedCalls {
  return {
    gemmInt8(m, n, k, steps, a, b, start, c) {
      const x = kernels.u8(a, m * k);
      const w = new Int8Array(kernels.u8(b, n * k).buffer, b, n * k);
      const lane = new Int16Array(2);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = kernels.i32(start, n)[j]!;
          for (let p = 0; p < k; p++) {
            if (p % (4 * steps) === 0) {
              sum += lane[0]! + lane[1]!;
              lane.fill(0);
            }
            const at = (p >> 2) * 4 + (p & 3);
            const left = w[(j >> 3) * 8 * k + (at >> 2) * 32 + (j & 7) * 4 + (p & 3)]!;
            const right = x[(i >> 2) * 4 * k + (at >> 2) * 16 + (i & 3) * 4 + (p & 3)]!;
            if (right > 127) throw new Error(`an operand of ${right}`);
            lane[(p >> 1) & 1]! += left * right;
          }
          kernels.i32(c, m * n)[i * n + j] = sum + lane[0]! + lane[1]!;
          lane.fill(0);
        }
      }
    },
  };
}
