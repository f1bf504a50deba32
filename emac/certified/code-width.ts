/** Codes in memory: a byte, two or four each, by the width of their format. */
import type { Kernels } from '../../kernels/loader.js';
import type { Codes } from '../layer.js';

/** Rows of codes as a typed array of the format's code width. */
export function codeView(kernels: Kernels, bits: number, pointer: number, length: number): Codes {
  if (bits <= 8) return kernels.u8(pointer, length);
  return bits <= 16 ? kernels.u16(pointer, length) : kernels.u32(pointer, length);
}

/** Bytes a code of a format takes in memory. */
export function codeBytes(bits: number): 1 | 2 | 4 {
  return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}
