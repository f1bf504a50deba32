/** Codes in memory: a byte, two or four each, by the width of their format. */
import type { CodeArray } from '../../formats/code-array.js';
import type { Kernels } from '../../kernels/loader.js';

/** Rows of codes as a typed array of the format's code width. */
export function codeView(kernels: Kernels, bits: number, pointer: number, length: number): CodeArray {
  if (bits <= 8) return kernels.u8(pointer, length);
  return bits <= 16 ? kernels.u16(pointer, length) : kernels.u32(pointer, length);
}

/** Bytes a code of a format takes in memory. */
export function codeBytes(bits: number): 1 | 2 | 4 {
  return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}

/**
 * Codes of one width anywhere on the heap, by their place in it: pointer / bytes. The view is made again only when
 * the heap has grown, so that a run which touches new buffers allocates nothing.
 */
export class HeapCodes {
  readonly bytes: 1 | 2 | 4;
  #codes: CodeArray;

  constructor(
    private readonly kernels: Kernels,
    private readonly bits: number,
  ) {
    this.bytes = codeBytes(bits);
    this.#codes = codeView(kernels, bits, 0, 0);
  }

  get codes(): CodeArray {
    const length = this.kernels.used / this.bytes;
    if (this.#codes.length < length) this.#codes = codeView(this.kernels, this.bits, 0, length);
    return this.#codes;
  }
}
