/** Formats of every kind of layout and width whose codes and values the kernels compute. */
export const COMPUTED_FORMATS = [
  'posit8es1',
  'float8e4m3',
  'posit16es1',
  'float16',
  'affine16s',
  'posit32es2',
  'float32',
  'fixed32q16',
  'posit2es1',
  'posit32es4',
  'float20e5m14fn',
  'float17e8m8fnuz',
  'affine32',
  'pow2int32',
];
