export { gemmFloat32, gemmFloat64, gemmInt16 } from './gemm';
export { im2colBytes } from './im2col';
export { packFloat64, packInt16, sumTables } from './pack';
export { encodeFloat32, roundCertifiedFloat64, roundCertifiedInt32, roundExact } from './round';
export { adamFloat32, addFloat32, clampBackwardFloat32, clampFloat32, copyBytes, multiplyFloat32 } from './elementwise32';
export { sgdFloat32, zeroBytes } from './elementwise32';
export { columnSumsFloat32, gemmOuterFloat32, gemmRowsFloat32, packPanelsFloat32 } from './float32';
export { averagePoolBackwardFloat32, averagePoolFloat32, maxPoolBackwardFloat32, maxPoolFloat32 } from './image32';
export { col2imFloat32, copyLines, im2colFloat32 } from './image32';
