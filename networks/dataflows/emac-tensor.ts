/** An edge of the emac dataflow: codes on the kernels' heap, and what is counted of them. */

import { dyadic } from '../../arithmetic/rational.js';
import { type CodeTable, codeTable, type UseFacts, useFacts } from '../../emac/codes/facts.js';
import { type HeapArray, heapInt32 } from '../../emac/codes/heap-array.js';
import { codeBytes, codeView } from '../../emac/codes/width.js';
import { encodeExact } from '../../emac/layer/reference.js';
import type { CodeArray } from '../../formats/code-array.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { CodeCounts } from '../plan.js';
import type { Edge } from '../program.js';

/** A bit for each of 256 codes. */
const SET_WORDS = 8;

export class CodeTensor {
  readonly pointer: number;
  /** The code of real 0: what padding is. */
  readonly zero: number;
  readonly counts: CodeCounts = { zeros: 0, atMax: 0, atMin: 0, total: 0 };
  /** Facts of the codes of the last run; undefined for formats wider than 8 bits. */
  facts: UseFacts | undefined;
  readonly #table: CodeTable | undefined;
  /** A byte per code of up to 8 bits, non-zero where it occurred in the last run, or padding may add it. */
  readonly used: Uint8Array;
  /** The same of the last run alone, as a set of bits (usedBytes), and that of the run which `facts` are of. */
  readonly #set: HeapArray<Int32Array> | undefined;
  readonly #known = new Int32Array(SET_WORDS);
  readonly #bytes: 1 | 2 | 4;
  readonly #watched: Watched;
  #view: CodeArray | undefined;

  constructor(
    private readonly kernels: Kernels,
    readonly edge: Edge,
    readonly encoding: Encoding,
    readonly batch: number,
  ) {
    this.#bytes = codeBytes(encoding.format.bits);
    // the GEMM reads four images at a time, and pooling writes 16 bytes at a time
    const images = Math.ceil(batch / 4) * 4;
    this.pointer = kernels.allocate(images * edge.size * this.#bytes + 16);
    this.zero = encodeExact(dyadic(0n, 0), encoding, 0);
    this.#table = encoding.format.bits <= 8 ? codeTable(encoding) : undefined;
    this.#set = this.#table && heapInt32(kernels, SET_WORDS);
    this.used = new Uint8Array(this.#table ? 2 ** encoding.format.bits : 0);
    this.#watched = watchedCodes(encoding, this.zero);
  }

  /** The codes of `count` images; the same view for the same count, so that a run allocates none. */
  codes(count: number): CodeArray {
    const length = count * this.edge.size;
    if (this.#view?.length !== length)
      this.#view = codeView(this.kernels, this.encoding.format.bits, this.pointer, length);
    return this.#view;
  }

  /** Counts the codes of a run, and takes the facts the next layer's GEMM is chosen by. */
  observe(count: number): void {
    const { zeros, atMax, atMin } = this.#watched;
    const codes = count * this.edge.size;
    if (this.#set) this.#takeFacts(codes, this.#set);
    this.counts.total += codes;
    this.counts.zeros += this.#occurrences(zeros, codes);
    this.counts.atMax += this.#occurrences(atMax, codes);
    this.counts.atMin += this.#occurrences(atMin, codes);
  }

  #takeFacts(codes: number, { pointer, values }: HeapArray<Int32Array>): void {
    const { used, zero } = this;
    this.kernels.call.usedBytes(codes, this.pointer, pointer);
    if (this.facts !== undefined && this.#isKnown(values)) return;
    for (let code = 0; code < used.length; code++) {
      const bit = ((code & 3) << 3) + ((code >> 4) & 7);
      const word = values[((code & 15) >> 2) + ((code >> 7) << 2)]!;
      used[code] = code === zero ? 1 : (word >>> bit) & 1;
    }
    this.facts = useFacts(this.#table!, used);
  }

  /** Whether the set is that of the last run, as it mostly is; it is then. */
  #isKnown(set: Int32Array): boolean {
    let isKnown = true;
    for (let i = 0; i < SET_WORDS; i++) {
      if (this.#known[i] === set[i]) continue;
      this.#known[i] = set[i]!;
      isKnown = false;
    }
    return isKnown;
  }

  /** How many of the first `codes` codes are in `wanted`. */
  #occurrences(wanted: readonly number[], codes: number): number {
    let sum = 0;
    for (let i = 0; i < wanted.length; i++) {
      const code = wanted[i]!;
      if (this.#set && this.used[code] === 0) continue;
      sum += this.kernels.call.countCode(codes, this.pointer, this.#bytes, code);
    }
    return sum;
  }
}

/** The codes that are counted. A code is in one of the lists only, and once. */
interface Watched {
  readonly zeros: readonly number[];
  readonly atMax: readonly number[];
  readonly atMin: readonly number[];
}

/**
 * A code that is both 0 and an end of the range counts as zero: behind a ReLU an unsigned range ends at real 0,
 * where nothing was out of range.
 */
function watchedCodes(encoding: Encoding, zero: number): Watched {
  const { format, range } = encoding;
  const { levels, negativeZero, facts } = format;
  const narrow = range === 'narrow' ? format.narrowRange : undefined;
  const zeros = new Set(negativeZero === undefined ? [zero] : [zero, negativeZero]);
  const ends = new Set(
    narrow
      ? [format.encode(narrow.min), format.encode(narrow.max)]
      : [levels.code(0), levels.code(levels.count - 1)],
  );
  const minpos = new Set(
    format.family === 'posit' ? [format.encode(facts.minPositive), format.encode(-facts.minPositive)] : [],
  );
  return {
    zeros: [...zeros],
    atMax: [...ends].filter((code) => !zeros.has(code)),
    // in a posit of 2 bits ±minpos is ±maxpos
    atMin: [...minpos].filter((code) => !zeros.has(code) && !ends.has(code)),
  };
}
