/** What a step makes of one code or of a pair of codes, kept once it was asked for: at most 65,536 answers. */
import { type HeapArray, heapUint16 } from '../../emac/codes/heap-array.js';
import { UNKNOWN_ENTRY } from '../../kernels/layouts.js';
import type { Kernels } from '../../kernels/loader.js';
import type { CodeTensor } from './emac-tensor.js';

/** Codes of at most so many bits lie in a byte, and a pair of them in an index of 16 bits. */
const MOST_BITS = 8;

/** The code of the output where the inputs have these, one of each. */
export type CodeOf = (operands: Uint32Array) => number;

export class KnownCodes {
  /** By code, or by pair: first · 2^(bits of the second) + second. */
  readonly #table: HeapArray<Uint16Array>;
  readonly #operands: Uint32Array;
  /** Bits of the second input's codes. */
  readonly #shift: number;

  /**
   * Undefined where a table cannot hold the step: codes of more than 8 bits, more than two inputs, or stochastic rounding,
   * whose codes are no function of codes alone.
   */
  static of(
    kernels: Kernels,
    inputs: readonly CodeTensor[],
    output: CodeTensor,
    codeOf: CodeOf,
  ): KnownCodes | undefined {
    const widest = Math.max(...[...inputs, output].map(({ encoding }) => encoding.format.bits));
    if (widest > MOST_BITS || inputs.length > 2) return undefined;
    if (output.encoding.rounding.mode === 'stochastic') return undefined;
    return new KnownCodes(kernels, inputs, output, codeOf);
  }

  private constructor(
    private readonly kernels: Kernels,
    private readonly inputs: readonly CodeTensor[],
    private readonly output: CodeTensor,
    private readonly codeOf: CodeOf,
  ) {
    const [first, second] = inputs.map(({ encoding }) => encoding.format.bits);
    this.#shift = second ?? 0;
    this.#table = heapUint16(kernels, 2 ** (first! + this.#shift));
    this.#table.values.fill(UNKNOWN_ENTRY);
    this.#operands = new Uint32Array(inputs.length);
  }

  /** Writes the output's codes of `count` images. Whatever `codeOf` throws of codes that occur is thrown. */
  run(count: number): void {
    const n = count * this.output.edge.size;
    for (let at = this.#lookUp(0, n); at < n; at = this.#lookUp(at, n)) this.#learn(count, at);
  }

  /** From place `from` on; the first place whose entry is missing, or n. */
  #lookUp(from: number, n: number): number {
    const { call } = this.kernels;
    const [first, second] = this.inputs;
    const table = this.#table.pointer;
    const out = this.output.pointer;
    return second
      ? call.lookUpKnownPairs(from, n, first!.pointer, second.pointer, this.#shift, table, out)
      : call.lookUpKnown(from, n, first!.pointer, table, out);
  }

  /** Fills the entry of the codes at place `at`. */
  #learn(count: number, at: number): void {
    let index = 0;
    for (let t = 0; t < this.inputs.length; t++) {
      const code = this.inputs[t]!.codes(count)[at]!;
      this.#operands[t] = code;
      index = index * 2 ** this.#shift + code;
    }
    this.#table.values[index] = this.codeOf(this.#operands);
  }
}
