/** Encodes float32 values that lie on a plan's heap, by the fastest form its encoding has. */
import { powerOfTwo } from '../arithmetic/float64.js';
import { PURPOSES } from '../arithmetic/philox.js';
import type { CodeArray } from '../formats/code-array.js';
import { NOT_FINITE } from '../formats/rounding/bulk-heap.js';
import { type ByteTable, byteTable } from '../formats/rounding/byte-table.js';
import { type Codec, codecOf } from '../formats/rounding/codec.js';
import { codecRecord, placeRecord } from '../formats/rounding/codec-record.js';
import { quantizeExact } from '../formats/rounding/exact.js';
import { roundingThresholds } from '../formats/rounding/thresholds.js';
import type { Kernels } from '../kernels/loader.js';
import { placementOf, type RandomKey } from './encoder.js';
import type { Encoding } from './encoding.js';

type Form =
  | { readonly kind: 'table'; readonly table: ByteTable; readonly entries: number }
  | {
      readonly kind: 'integers';
      /** scale · 2^lsbExponent */
      readonly lsb: number;
      readonly exact: 0 | 1;
      readonly limit: number;
      readonly codec: Codec;
      readonly undecided: number;
    }
  | {
      readonly kind: 'computed';
      readonly codec: number;
      readonly undecided: number;
      readonly randomWords: number;
    }
  | { readonly kind: 'none' };

export class HeapEncoder {
  readonly bytes: 1 | 2 | 4;
  readonly #form: Form;

  /** For an encoding with one scale, images of `size` values, `batch` of them at most. */
  constructor(
    private readonly kernels: Kernels,
    private readonly encoding: Encoding,
    private readonly key: RandomKey,
    private readonly size: number,
    batch: number,
  ) {
    const { bits } = encoding.format;
    this.bytes = bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
    this.#form = this.#tableForm() ??
      this.#integersForm(size * batch) ??
      this.#computedForm(size * batch) ?? { kind: 'none' };
  }

  #tableForm(): Form | undefined {
    const { format, rounding } = this.encoding;
    if (format.bits > 8 || rounding.mode === 'stochastic') return undefined;
    const table = byteTable(roundingThresholds(format, rounding, placementOf(this.encoding, 0)));
    if (!table) return undefined;
    const entries = this.kernels.allocate(table.entries.byteLength);
    this.kernels.u32(entries, table.entries.length).set(table.entries);
    return { kind: 'table', table, entries };
  }

  #integersForm(capacity: number): Form | undefined {
    const { format, rounding } = this.encoding;
    const { bits, layout } = format;
    if (layout?.kind !== 'integer' || this.bytes !== 2 || rounding.mode !== 'nearest-even') return undefined;
    const codec = codecOf(format, layout, rounding, placementOf(this.encoding, 0));
    return {
      kind: 'integers',
      lsb: codec.scale * powerOfTwo(layout.lsbExponent),
      exact: codec.division === 'rounded' ? 0 : 1,
      // beyond both ends from every zero point
      limit: 2 ** (bits + 1),
      codec,
      undecided: this.kernels.allocate((capacity + 1) * 4),
    };
  }

  #computedForm(capacity: number): Form | undefined {
    const { kernels } = this;
    const { format, rounding } = this.encoding;
    if (!format.layout) return undefined;
    const codec = codecOf(format, format.layout, rounding, placementOf(this.encoding, 0));
    return {
      kind: 'computed',
      codec: placeRecord(kernels, codecRecord(codec)),
      undecided: kernels.allocate((capacity + 1) * 4),
      randomWords: codec.stochastic ? kernels.allocate(capacity * 4) : 0,
    };
  }

  /**
   * Codes of `count` images of values at `values` to `out`, both on the heap and there readable and writable up to a
   * multiple of 16 values. 'refused' where a value is NaN or ±∞, or the format is known only by its `decode`: then
   * `out` holds nothing of use, and the values are for encodeTensor.
   */
  encode(count: number, values: number, out: number, firstImage: number): 'done' | 'refused' {
    const form = this.#form;
    const n = count * this.size;
    const { call } = this.kernels;
    switch (form.kind) {
      case 'table': {
        const { lowest, highest, shift, size } = form.table;
        const largest = call.encodeBytesFloat32(n, values, form.entries, lowest, highest, shift, size, out);
        return largest < NOT_FINITE ? 'done' : 'refused';
      }
      case 'integers': {
        const { lsb, exact, limit, undecided } = form;
        const { zeroPoint, lowest, highest, bits } = form.codec;
        // biome-ignore format: values and their division, codes
        const left = call.encodeIntegers(
          n, values, lsb, exact, limit,
          zeroPoint, lowest, highest, 2 ** bits - 1, out, undecided,
        );
        return left === 0 ? 'done' : this.#decide(undecided, 0, left, values, out, n);
      }
      case 'computed': {
        if (form.randomWords !== 0) this.#fillRandomWords(count, form.randomWords, firstImage);
        const left = call.encodeComputed(
          n,
          values,
          0,
          form.codec,
          form.randomWords,
          this.bytes,
          out,
          form.undecided,
        );
        return left === 0 ? 'done' : this.#decide(form.undecided, form.randomWords, left, values, out, n);
      }
      case 'none':
        return 'refused';
      default:
        return form satisfies never;
    }
  }

  #fillRandomWords(count: number, at: number, firstImage: number): void {
    const { seed, tensor } = this.key;
    for (let image = 0; image < count; image++) {
      const to = at + image * this.size * 4;
      this.kernels.call.randomWords(this.size, seed, PURPOSES.rounding, tensor, firstImage + image, 0, to);
    }
  }

  /** Values whose codes the exact rule has to say. */
  #decide(undecided: number, wordsAt: number, left: number, at: number, out: number, n: number) {
    const { kernels, encoding } = this;
    const values = kernels.f32(at, n);
    const codes = this.#codes(out, n);
    const randomWords = wordsAt === 0 ? undefined : kernels.u32(wordsAt, n);
    for (const i of kernels.i32(undecided, left)) {
      if (!Number.isFinite(values[i]!)) return 'refused';
      codes[i] = quantizeExact(
        encoding.format,
        values[i]!,
        encoding.rounding,
        placementOf(encoding, 0),
        randomWords?.[i],
      );
    }
    return 'done';
  }

  #codes(pointer: number, n: number): CodeArray {
    if (this.bytes === 1) return this.kernels.u8(pointer, n);
    return this.bytes === 2 ? this.kernels.u16(pointer, n) : this.kernels.u32(pointer, n);
  }
}
