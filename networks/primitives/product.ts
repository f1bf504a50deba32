/** The float32 product of a layer that multiplies, and the weights it multiplies by. */
import type { Scratch } from './memory.js';

/** Pointers to images, outputs and gradients of a batch, one image after another. */
export interface FloatProduct {
  /**
   * y[pixel, out] = bias[out] + Σ_k weights[out, k] · window[pixel, k] by the weights last packed, for `count` images: k ascending over
   * (kh, kw, in), every product and sum rounded. `bias` has as many values as there are outputs.
   */
  forward(count: number, images: number, bias: number, y: number): void;
  /**
   * By the weights last packed: adds to the gradients of weights and bias and, unless `imageGradients` is undefined, overwrites
   * those of the images. Sums over images, then pixels, ascending.
   */
  backward(
    count: number,
    images: number,
    yGradient: number,
    weightGradient: number,
    biasGradient: number,
    imageGradients: number | undefined,
  ): void;
}

/** Weights as the kernels read them. */
export interface PackedWeights {
  /** Packs the weights [out, k] at pointer `weights`; call again whenever they change. */
  pack(weights: number): void;
  /** A product by these weights, with room of its own for an image; `scratch` is used in common, or own where left out. */
  product(scratch?: Scratch): FloatProduct;
}
