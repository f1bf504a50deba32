export { gemmFloat32, gemmFloat64, gemmInt16 } from './gemm';
export { im2colBytes } from './im2col';
export { packFloat64, packInt16, sumTables } from './pack';
export { encodeFloat32, roundCertifiedFloat64, roundCertifiedInt32, roundExact } from './round';
