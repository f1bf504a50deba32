/** relu and relu6 in float32: a clamp to 0..∞ or 0..6; NaN passes on, −0 gives +0. The slope at a bound is 0. */
import type { Activation } from '../../emac/layer/layer.js';
import type { Kernels } from '../../kernels/loader.js';

/** The interval an activation clamps to. */
function clampBounds(activation: Activation): readonly [low: number, high: number] {
  switch (activation) {
    case 'identity':
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    case 'relu':
      return [0, Number.POSITIVE_INFINITY];
    case 'relu6':
      return [0, 6];
    default:
      throw new Error(`no bounds for ${activation satisfies never}`);
  }
}

export class FloatActivation {
  readonly #low: number;
  readonly #high: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly activation: Activation,
  ) {
    [this.#low, this.#high] = clampBounds(activation);
  }

  /** `values` in all; `from` and `to` may be one. */
  forward(values: number, from: number, to: number): void {
    if (this.activation === 'identity' && from === to) return;
    this.kernels.call.clampFloat32(values, from, this.#low, this.#high, to);
  }

  backward(values: number, from: number, gradient: number, inputGradient: number): void {
    this.kernels.call.clampBackwardFloat32(values, from, gradient, this.#low, this.#high, inputGradient);
  }
}
