/** An edge of the emac dataflow: codes on the kernels' heap, and what is counted of them. */

import { dyadic } from '../../arithmetic/rational.js';
import { codeBytes, codeView } from '../../emac/certified/code-width.js';
import { type CodeTable, codeTable, type UseFacts, useFacts } from '../../emac/certified/facts.js';
import type { Codes } from '../../emac/layer.js';
import { encodeExact } from '../../emac/reference.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { Edge } from '../program.js';

/** Codes that stand out, summed over every run (docs/numerics.md §4). */
export interface CodeCounts {
  /** Codes of the largest and of the smallest value in use. */
  atMax: number;
  /** Posit codes of ±minpos, where a posit puts what others flush to 0. */
  atMin: number;
  /** Codes of ±0, or of the zero point. */
  zeros: number;
  /** All codes. */
  total: number;
}

export class CodeTensor {
  readonly pointer: number;
  /** The code of real 0: what padding is. */
  readonly zero: number;
  readonly counts: CodeCounts = { atMax: 0, atMin: 0, zeros: 0, total: 0 };
  /** Facts of the codes of the last run; undefined for formats wider than 8 bits. */
  facts: UseFacts | undefined;
  readonly #table: CodeTable | undefined;
  /** On the heap: counts of the codes of a run u32 [256], and the kernel's scratch. */
  readonly #histogram: number;
  readonly #used = new Uint8Array(256);
  readonly #watched: {
    readonly atMax: readonly number[];
    readonly atMin: readonly number[];
    readonly zeros: readonly number[];
  };

  constructor(
    private readonly kernels: Kernels,
    readonly edge: Edge,
    readonly encoding: Encoding,
    readonly batch: number,
  ) {
    // readable up to a multiple of 4 images, as the GEMM's panels want
    const images = Math.ceil(batch / 4) * 4;
    this.pointer = kernels.allocate(images * edge.size * codeBytes(encoding.format.bits));
    this.zero = encodeExact(dyadic(0n, 0), encoding, 0);
    this.#table = encoding.format.bits <= 8 ? codeTable(encoding) : undefined;
    this.#histogram = this.#table ? kernels.allocate(5 * 1024) : 0;
    this.#watched = watchedCodes(encoding, this.zero);
  }

  /** The codes of `count` images. */
  codes(count: number): Codes {
    return codeView(this.kernels, this.encoding.format.bits, this.pointer, count * this.edge.size);
  }

  /** Counts the codes of a run, and takes the facts the next layer's GEMM is chosen by. */
  observe(count: number): void {
    const codes = this.codes(count);
    const { atMax, atMin, zeros } = this.#watched;
    this.counts.total += codes.length;
    if (!this.#table) {
      for (const code of codes) {
        if (atMax.includes(code)) this.counts.atMax++;
        else if (atMin.includes(code)) this.counts.atMin++;
        else if (zeros.includes(code)) this.counts.zeros++;
      }
      return;
    }
    const histogram = this.kernels.u32(this.#histogram, 256).fill(0);
    this.kernels.call.countBytes!(codes.length, this.pointer, this.#histogram + 1024, this.#histogram);
    for (const code of atMax) this.counts.atMax += histogram[code]!;
    for (const code of atMin) this.counts.atMin += histogram[code]!;
    for (const code of zeros) this.counts.zeros += histogram[code]!;
    histogram[this.zero]!++; // padding may add it
    for (let code = 0; code < 256; code++) this.#used[code] = histogram[code] === 0 ? 0 : 1;
    this.facts = useFacts(this.#table, this.#used.subarray(0, 2 ** this.encoding.format.bits));
  }
}

function watchedCodes(
  encoding: Encoding,
  zero: number,
): { atMax: number[]; atMin: number[]; zeros: number[] } {
  const { format, range } = encoding;
  const { levels, negativeZero, facts } = format;
  const narrow = range === 'narrow' ? format.narrowRange : undefined;
  const ends = narrow
    ? [format.encode(narrow.min), format.encode(narrow.max)]
    : [levels.code(0), levels.code(levels.count - 1)];
  const minpos =
    format.family === 'posit' ? [format.encode(facts.minPositive), format.encode(-facts.minPositive)] : [];
  // in a posit of 2 bits ±minpos is ±maxpos
  const atMin = minpos.filter((code) => !ends.includes(code));
  const zeros = [zero, ...(negativeZero === undefined ? [] : [negativeZero])].filter(
    (code) => !ends.includes(code),
  );
  return { atMax: ends, atMin, zeros };
}
