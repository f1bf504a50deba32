// The second module, for engines with relaxed SIMD (Node ≥ 22): kernels/relaxed.ts loads it where it computes right.
export { gemmInt8 } from './gemm-int8';
