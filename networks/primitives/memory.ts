/** Float32 buffers in kernel memory. */
import type { Kernels } from '../../kernels/loader.js';

/** Buffers are read and written in whole vectors: bytes behind the last element. */
const SLACK = 64;

const roomOf = (count: number): number => Math.ceil((count * 4 + SLACK) / 64) * 64;

/** Room for `count` float32 values and the slack behind them. */
export function allocateFloats(kernels: Kernels, count: number): number {
  return kernels.allocate(count * 4 + SLACK);
}

/**
 * Room that many layers use one after another, each for one call: as much as the one that needs most. It is asked for
 * while layers are built and placed when all are, so a layer takes the pointer anew in every call.
 */
export class Scratch {
  /** By the use: what each needs at most, in bytes. */
  readonly #bytes: number[] = [];
  #at = 0;

  /** `use` tells apart what one layer needs at once, from 0. */
  need(use: number, floats: number): void {
    this.#bytes[use] = Math.max(this.#bytes[use] ?? 0, roomOf(floats));
  }

  get bytes(): number {
    return this.#bytes.reduce((sum, bytes = 0) => sum + bytes, 0);
  }

  place(pointer: number): void {
    this.#at = pointer;
  }

  pointer(use: number): number {
    let at = this.#at;
    for (let before = 0; before < use; before++) at += this.#bytes[before] ?? 0;
    return at;
  }
}
