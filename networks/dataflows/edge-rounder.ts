/** Fake quantization of one edge: float32 values on the heap become what their codes decode to, in place. */
import { decoderRecord } from '../../formats/decoding/decoder.js';
import { placeRecord } from '../../formats/rounding/codec-record.js';
import type { Kernels } from '../../kernels/loader.js';
import { decodeTensor, encodeTensor, placementOf, type RandomKey } from '../../quantizers/encoder.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { HeapEncoder } from '../../quantizers/heap-encoder.js';

/** From codes to float32: by a table of the reals nearest to each code's, or computed. */
type Decoder =
  | { readonly kind: 'table'; readonly reals: number }
  | { readonly kind: 'computed'; readonly record: number }
  | { readonly kind: 'none' };

export class EdgeRounder {
  readonly #encoder: HeapEncoder;
  readonly #decoder: Decoder;
  readonly #codes: number;

  /** For `size` values an image, up to `batch` images a run. */
  constructor(
    private readonly kernels: Kernels,
    private readonly name: string,
    private readonly encoding: Encoding,
    private readonly key: RandomKey,
    private readonly size: number,
    batch: number,
  ) {
    this.#encoder = new HeapEncoder(kernels, encoding, key, size, batch);
    this.#codes = kernels.allocate(batch * size * this.#encoder.bytes);
    this.#decoder = this.#makeDecoder();
  }

  #makeDecoder(): Decoder {
    const { kernels, encoding } = this;
    const { bits, layout } = encoding.format;
    if (bits <= 16) {
      const every = Uint16Array.from({ length: 2 ** bits }, (_, code) => code);
      const reals = kernels.allocate(every.length * 4);
      kernels.f32(reals, every.length).set(decodeTensor(every, encoding));
      return { kind: 'table', reals };
    }
    if (!layout) return { kind: 'none' };
    const record = decoderRecord(encoding.format, layout, placementOf(encoding, 0));
    return { kind: 'computed', record: placeRecord(kernels, record) };
  }

  /** Rounds `count` images at `pointer`. Throws UserError naming edge, image and index for what has no code. */
  round(pointer: number, count: number, firstImage: number): void {
    const decoder = this.#decoder;
    const n = count * this.size;
    const { call } = this.kernels;
    if (
      decoder.kind === 'none' ||
      this.#encoder.encode(count, pointer, this.#codes, firstImage) === 'refused'
    ) {
      this.#roundByImage(this.kernels.f32(pointer, n), count, firstImage);
      return;
    }
    const { bytes } = this.#encoder;
    if (decoder.kind === 'table') call.lookUp32(n, this.#codes, bytes, decoder.reals, pointer);
    else call.decodeComputed(n, this.#codes, bytes, decoder.record, 0, pointer);
  }

  #roundByImage(values: Float32Array, count: number, firstImage: number): void {
    for (let image = 0; image < count; image++) {
      const part = values.subarray(image * this.size, (image + 1) * this.size);
      const codes = encodeTensor(part, this.encoding, {
        name: `edge '${this.name}' of image ${firstImage + image}`,
        randomKey: { ...this.key, image: firstImage + image },
      });
      part.set(decodeTensor(codes, this.encoding));
    }
  }
}
