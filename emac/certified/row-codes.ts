/** Where repair finds the codes of one row of a block. */
import type { Kernels } from '../../kernels/loader.js';
import type { Codes, MacLayer } from '../layer.js';
import type { MacBlock } from './block.js';
import { HeapCodes } from './code-width.js';

export class RowCodes {
  readonly #heap: HeapCodes;
  readonly #k: number;

  constructor(kernels: Kernels, layer: MacLayer) {
    this.#heap = new HeapCodes(kernels, layer.activations.format.bits);
    this.#k = layer.k;
  }

  get bytes(): 1 | 2 | 4 {
    return this.#heap.bytes;
  }

  /** Codes on the heap, the k of a row from `start` on. */
  get codes(): Codes {
    return this.#heap.codes;
  }

  /** Where in `codes` those of a row start; times `bytes` it is their pointer. */
  start(block: MacBlock, row: number): number {
    return block.codes / this.bytes + row * this.#k;
  }
}
