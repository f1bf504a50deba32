/** Max-pool on codes: the first NaN of a window, else the first code of the largest value (docs/numerics.md §4). */

import { type HeapArray, heapUint32 } from '../../emac/codes/heap-array.js';
import { codeBytes } from '../../emac/codes/width.js';
import type { Kernels } from '../../kernels/loader.js';
import type { PoolStep } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';
import { describePool } from './golden.js';
import { WindowTaps } from './window-taps.js';

export class EmacMaxPool {
  /** Order of every code of up to 16 bits: −Inf below all, NaN above all, ±0 alike. */
  readonly #ranks: HeapArray<Uint32Array> | undefined;
  /** One line of the input, for codes of 8 bits. */
  readonly #line: number;
  /** XOR with it turns the order of two's complement codes into that of unsigned numbers. */
  readonly #signBit: number;
  readonly #taps: WindowTaps;

  constructor(
    private readonly kernels: Kernels,
    readonly step: PoolStep,
    readonly input: CodeTensor,
    readonly output: CodeTensor,
  ) {
    const { bits } = input.encoding.format;
    this.#taps = new WindowTaps(step.window);
    this.#signBit = 2 ** (bits - 1);
    this.#ranks = bits <= 16 ? heapUint32(kernels, 2 ** bits) : undefined;
    this.#ranks?.values.forEach((_, code, ranks) => {
      ranks[code] = this.#rankOf(code);
    });
    this.#line = bits <= 8 ? kernels.allocate(step.window.inWidth * step.window.inChannels + 16) : 0;
  }

  run(count: number): void {
    const { kernels, input, output } = this;
    const { window: w } = this.step;
    const ranks = this.#ranks;
    if (!ranks) {
      this.#runWide(count);
      return;
    }
    const flip = this.#order(ranks.values);
    if (flip === 'none') {
      const bytes = codeBytes(input.encoding.format.bits);
      // biome-ignore format: codes, image, window, outputs
      kernels.call.maxPoolRanks(
        count, input.pointer, output.pointer, ranks.pointer, bytes, w.inHeight, w.inWidth, w.inChannels,
        w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft, w.dilationY, w.dilationX,
        w.outHeight, w.outWidth,
      );
      return;
    }
    // biome-ignore format: codes, image, window, outputs
    kernels.call.maxPoolOrdered(
      count, input.pointer, output.pointer, this.#line, flip, w.inHeight, w.inWidth, w.inChannels,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft, w.dilationY, w.dilationX,
      w.outHeight, w.outWidth,
    );
  }

  describe(): object {
    return describePool(this, 'none');
  }

  /**
   * What the codes must be XORed with so that the bytes in use are in order of value; `none` where nothing does it,
   * or codes are wider than 8 bits.
   */
  #order(ranks: Uint32Array): number | 'none' {
    if (this.#line === 0) return 'none';
    if (this.#isOrder(ranks, 0)) return 0;
    return this.#isOrder(ranks, this.#signBit) ? this.#signBit : 'none';
  }

  #isOrder(ranks: Uint32Array, flip: number): boolean {
    const { used } = this.input;
    let last = -1;
    for (let i = 0; i < used.length; i++) {
      const code = i ^ flip;
      if (used[code] === 0) continue;
      if (ranks[code]! <= last) return false;
      last = ranks[code]!;
    }
    return true;
  }

  #rankOf(code: number): number {
    const { format } = this.input.encoding;
    const exact = format.decode(code);
    const { count } = format.levels;
    if (exact.kind === 'nan') return count + 2;
    if (exact.kind === 'infinity') return exact.sign > 0 ? count + 1 : 0;
    return format.levels.index(code) + 1;
  }

  /** Codes wider than 16 bits, one by one. */
  #runWide(count: number): void {
    const { input, output } = this;
    const from = input.codes(count);
    const to = output.codes(count);
    const taps = this.#taps;
    for (let image = 0; image < count; image++) {
      const base = image * input.edge.size;
      for (let at = 0; at < output.edge.size; at++) {
        const number = taps.of(at);
        let best = from[base + taps.offsets[0]!]!;
        let rank = this.#rankOf(best);
        for (let t = 1; t < number; t++) {
          const code = from[base + taps.offsets[t]!]!;
          const other = this.#rankOf(code);
          if (other > rank) {
            best = code;
            rank = other;
          }
        }
        to[image * output.edge.size + at] = best;
      }
    }
  }
}
