/** The way in: images to the codes of the input edge (docs/numerics.md §3). */
import { type HeapLadder, placeLadder } from '../../emac/certified/rounder.js';
import type { LayerChoices } from '../../emac/choices.js';
import { buildLadder } from '../../formats/ladder.js';
import type { Kernels } from '../../kernels/loader.js';
import { encodeTensor } from '../../quantizers/encoder.js';
import type { CodeTensor } from './emac-tensor.js';

export class InputEncoder {
  readonly #ladder: HeapLadder | undefined;
  readonly #staging: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly input: CodeTensor,
    private readonly choices: LayerChoices,
  ) {
    const { format, rounding, scales, zeroPoint, range } = input.encoding;
    const fast = format.bits <= 16 && rounding.mode !== 'stochastic';
    const placement = { scale: scales[0]!, zeroPoint, range };
    this.#ladder = fast
      ? placeLadder(kernels, buildLadder(format, rounding, placement), format.bits)
      : undefined;
    this.#staging = fast ? kernels.allocate(input.batch * input.edge.size * 4) : 0;
  }

  /** Encodes `count` images; NaN and Inf pixels as the encoding says, with an error that names the element. */
  run(images: Float32Array, count: number, firstImage: number): void {
    const { input, kernels } = this;
    const { size } = input.edge;
    const n = count * size;
    const ladder = this.#ladder;
    if (ladder && allFinite(images, n)) {
      kernels.f32(this.#staging, n).set(images.subarray(0, n));
      const { cuts, buckets, codes, negativeZero, wide } = ladder;
      kernels.call.encodeFloat32!(n, this.#staging, cuts, buckets, codes, negativeZero, wide, input.pointer);
      return;
    }
    const codes = input.codes(count);
    for (let image = 0; image < count; image++) {
      const pixels = images.subarray(image * size, (image + 1) * size);
      const name = `input image ${firstImage + image}`;
      const { seed } = this.choices;
      codes.set(
        encodeTensor(pixels, input.encoding, { name, draw: { seed, tensor: 0, image: firstImage + image } }),
        image * size,
      );
    }
  }
}

function allFinite(values: Float32Array, n: number): boolean {
  for (let i = 0; i < n; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
