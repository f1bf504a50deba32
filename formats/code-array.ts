/** Arrays of codes. */
import type { NumberFormat } from './format.js';

export type CodeArray = Uint8Array | Uint16Array | Uint32Array;

/** An array for n codes of the format, of the narrowest element that holds them. */
export function codeArray(format: NumberFormat, n: number): CodeArray {
  if (format.bits <= 8) return new Uint8Array(n);
  return format.bits <= 16 ? new Uint16Array(n) : new Uint32Array(n);
}
