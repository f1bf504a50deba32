/** Where repair finds the codes of one row of a block. */
import type { CodeArray } from '../../formats/code-array.js';
import type { Kernels } from '../../kernels/loader.js';
import type { MacLayer } from '../layer/layer.js';
import type { MacBlock } from './block.js';
import { HeapCodes } from './width.js';
import { CodeWindows } from './windows.js';

export class RowCodes {
  readonly #heap: HeapCodes;
  readonly #k: number;
  /** Room for the codes of one window. */
  readonly #gathered: number;

  constructor(
    kernels: Kernels,
    layer: MacLayer,
    private readonly windows?: CodeWindows,
  ) {
    this.#heap = new HeapCodes(kernels, layer.activations.format.bits);
    this.#k = layer.k;
    this.#gathered = windows ? kernels.allocate(layer.k * this.bytes + CodeWindows.SLACK) : 0;
  }

  get bytes(): 1 | 2 | 4 {
    return this.#heap.bytes;
  }

  /** Codes on the heap, the k of a row from `start` on. */
  get codes(): CodeArray {
    return this.#heap.codes;
  }

  /** Index in `codes` of a row's first code; valid until the next call. Times `bytes` it is a pointer. */
  start(block: MacBlock, row: number): number {
    if (block.kind === 'windows') {
      this.windows!.gather(block.codes, row, this.#gathered);
      return this.#gathered / this.bytes;
    }
    return block.codes / this.bytes + row * this.#k;
  }
}
