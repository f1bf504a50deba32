/** The way in: images to the codes of the input edge (docs/numerics.md §3). */
import type { LayerChoices } from '../../emac/layer/choices.js';
import type { Kernels } from '../../kernels/loader.js';
import { encodeTensor } from '../../quantizers/encoder.js';
import { HeapEncoder } from '../../quantizers/heap-encoder.js';
import type { CodeTensor } from './emac-tensor.js';

export class InputEncoder {
  readonly #encoder: HeapEncoder;
  readonly #staging: number;
  readonly #values: Float32Array;

  constructor(
    kernels: Kernels,
    private readonly input: CodeTensor,
    private readonly choices: LayerChoices,
  ) {
    const { batch, edge, encoding } = input;
    const key = { seed: choices.seed, tensor: 0 };
    this.#encoder = new HeapEncoder(kernels, encoding, key, edge.size, batch);
    this.#staging = kernels.allocate(batch * edge.size * 4);
    this.#values = kernels.f32(this.#staging, batch * edge.size);
  }

  /** Encodes `count` images; NaN and Inf pixels as the encoding says, with an error that names the element. */
  run(images: Float32Array, count: number, firstImage: number): void {
    const { input } = this;
    const { size } = input.edge;
    const n = count * size;
    this.#values.set(images.length === n ? images : images.subarray(0, n));
    if (this.#encoder.encode(count, this.#staging, input.pointer, firstImage) === 'done') return;
    const codes = input.codes(count);
    for (let image = 0; image < count; image++) {
      const pixels = images.subarray(image * size, (image + 1) * size);
      const name = `input image ${firstImage + image}`;
      const { seed } = this.choices;
      codes.set(
        encodeTensor(pixels, input.encoding, {
          name,
          randomKey: { seed, tensor: 0, image: firstImage + image },
        }),
        image * size,
      );
    }
  }
}
