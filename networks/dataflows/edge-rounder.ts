/** Fake quantization of one edge: float32 values on the heap become what their codes decode to, in place. */
import { type HeapLadder, placeLadder } from '../../emac/certified/rounder.js';
import { buildLadder } from '../../formats/ladder.js';
import type { Kernels } from '../../kernels/loader.js';
import { decodeTensor, encodeTensor, placementOf } from '../../quantizers/encoder.js';
import type { Encoding } from '../../quantizers/encoding.js';

/** Of the draws of stochastic rounding: their seed, and the edge's number. */
export interface DrawKey {
  readonly seed: number;
  readonly tensor: number;
}

interface FastPath {
  readonly ladder: HeapLadder;
  readonly codes: number;
  /** The float32 nearest to each code's real. */
  readonly reals: Float32Array;
}

export class EdgeRounder {
  readonly #fast: FastPath | undefined;

  /** For `size` values an image, up to `batch` images a run. */
  constructor(
    private readonly kernels: Kernels,
    private readonly name: string,
    private readonly encoding: Encoding,
    private readonly key: DrawKey,
    private readonly size: number,
    batch: number,
  ) {
    const { format, rounding } = encoding;
    if (format.bits > 16 || rounding.mode === 'stochastic') return;
    const bytes = format.bits > 8 ? 2 : 1;
    const every = Uint16Array.from({ length: 2 ** format.bits }, (_, code) => code);
    this.#fast = {
      ladder: placeLadder(kernels, buildLadder(format, rounding, placementOf(encoding, 0)), format.bits),
      codes: kernels.allocate(batch * size * bytes),
      reals: Float32Array.from(decodeTensor(every, encoding)),
    };
  }

  /** Rounds `count` images at `pointer`. Throws UserError naming edge, image and index for what has no code. */
  round(pointer: number, count: number, firstImage: number): void {
    const n = count * this.size;
    const values = this.kernels.f32(pointer, n);
    const fast = this.#fast;
    if (fast === undefined || !allFinite(values)) {
      this.#roundByImage(values, count, firstImage);
      return;
    }
    const { cuts, buckets, codes, negativeZero, wide } = fast.ladder;
    this.kernels.call.encodeFloat32!(n, pointer, cuts, buckets, codes, negativeZero, wide, fast.codes);
    const written = wide ? this.kernels.u16(fast.codes, n) : this.kernels.u8(fast.codes, n);
    for (let i = 0; i < n; i++) values[i] = fast.reals[written[i]!]!;
  }

  #roundByImage(values: Float32Array, count: number, firstImage: number): void {
    for (let image = 0; image < count; image++) {
      const part = values.subarray(image * this.size, (image + 1) * this.size);
      const codes = encodeTensor(part, this.encoding, {
        name: `edge '${this.name}' of image ${firstImage + image}`,
        draw: { ...this.key, image: firstImage + image },
      });
      part.set(decodeTensor(codes, this.encoding));
    }
  }
}

function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
