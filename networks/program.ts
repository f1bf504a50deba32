/**
 * What every dataflow runs: a network lowered to a handful of primitives over numbered edges. Batch-norm is
 * folded into the layer before it, dropout and flatten are gone, an activation that is the only reader of a mac
 * or add is fused into it, so is a pad into the mac that alone reads it, a final softmax is dropped (it does not change the argmax).
 */
import type { Activation } from '../emac/layer/layer.js';
import type { Window } from '../emac/layer/window.js';
import type { Encoding } from '../quantizers/encoding.js';
import type { Shape } from './tensor.js';

export interface Edge {
  /** Name of the node that makes it (the activation's, where one was fused), or `input`. */
  readonly name: string;
  readonly shape: Shape;
  /** Elements per image. */
  readonly size: number;
}

/** y[pixel, out] = act( Σ_k weights[out, k] · window[pixel, k] + bias[out] ), k over (kh, kw, in). */
export interface MacStep {
  readonly kind: 'mac';
  readonly name: string;
  readonly inputs: readonly [number];
  readonly output: number;
  readonly window: Window;
  readonly groups: number;
  readonly outChannels: number;
  /** kernelHeight · kernelWidth · inChannels / groups: the length of each dot product. */
  readonly k: number;
  /** [outChannels, k], row-major. */
  readonly weights: Float32Array;
  /** As they were before a batch-norm was folded in: weights [outChannels, k] and the gain that each channel was multiplied by. */
  readonly unfolded?: { readonly weights: Float32Array; readonly gain: Float32Array } | undefined;
  /** [outChannels]; all zeros where the layer has no bias. */
  readonly bias: Float32Array;
  readonly activation: Activation;
}

export interface PoolStep {
  readonly kind: 'pool';
  readonly name: string;
  readonly pooling: 'max' | 'average';
  readonly inputs: readonly [number];
  readonly output: number;
  readonly window: Window;
}

/** The sum of two or more inputs of one shape. */
export interface AddStep {
  readonly kind: 'add';
  readonly name: string;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly activation: Activation;
}

export interface ActivationStep {
  readonly kind: 'activation';
  readonly name: string;
  readonly inputs: readonly [number];
  readonly output: number;
  readonly activation: Activation;
}

/** Of every pixel the channels of each input, one input after another. */
export interface ConcatStep {
  readonly kind: 'concat';
  readonly name: string;
  readonly inputs: readonly number[];
  readonly output: number;
  /** Of an image; 1 of a flat tensor. */
  readonly pixels: number;
  /** By input. */
  readonly channels: readonly number[];
}

/** An image [height, width, channels], and how many pixels of zeros stand on each of its sides. */
export interface Frame {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface PadStep {
  readonly kind: 'pad';
  readonly name: string;
  readonly inputs: readonly [number];
  readonly output: number;
  readonly frame: Frame;
}

export type Step = MacStep | PoolStep | AddStep | ActivationStep | ConcatStep | PadStep;

export interface Program {
  readonly network: string;
  readonly classes: number;
  readonly edges: readonly Edge[];
  readonly steps: readonly Step[];
  /** Index of the edge the images enter on; always 0. */
  readonly input: number;
  /** Index of the edge of the logits. */
  readonly output: number;
}

/** Encodings of every edge and of every mac's weights, by name: what a quantized dataflow runs on. */
export interface EncodingTable {
  readonly edges: ReadonlyMap<string, Encoding>;
  readonly weights: ReadonlyMap<string, Encoding>;
}
