/** Counts products with a zero operand in a multiply-accumulate layer, by what is really there: images, weights, padding. */
import type { LoopTurns } from '../emac/cost/skipping.js';
import type { MacStep } from './program.js';

/** Whether an operand is zero, for one form of operands: 1 or 0 a value. */
export interface ZeroMasks {
  /** Of one image of the layer's input. */
  readonly activations: Uint8Array;
  /** [outChannels, k] */
  readonly weights: Uint8Array;
  /** Of an operand that lies in the padding. */
  readonly padding: 0 | 1;
}

/** Zero operands of one layer over the images it was given. */
export class ZeroOperands {
  /** By group of channels and turn of the loop over k: windows whose operands of that turn are all zero. */
  readonly #zeroTurns: Float64Array;
  readonly #turnsOfK: number;
  readonly #groupIn: number;
  #windows = 0;
  #padding = 0;
  #weights: Uint8Array | undefined;

  /** `lanes`: how many of the k products of an output a turn takes, in their order; the last turn takes what is left. */
  constructor(
    private readonly step: MacStep,
    private readonly lanes: number,
  ) {
    this.#turnsOfK = Math.ceil(step.k / lanes);
    this.#groupIn = step.window.inChannels / step.groups;
    this.#zeroTurns = new Float64Array(step.groups * this.#turnsOfK);
  }

  /** One image more; weights are those of every image. */
  take({ activations, weights, padding }: ZeroMasks): void {
    this.#weights = weights;
    const { window: w, groups, k } = this.step;
    const zeros = new Uint8Array(k);
    for (let oy = 0; oy < w.outHeight; oy++) {
      for (let ox = 0; ox < w.outWidth; ox++) {
        this.#windows++;
        for (let group = 0; group < groups; group++) {
          this.#gather(oy, ox, group, activations, padding, zeros);
          this.#countTurns(group, zeros);
        }
      }
    }
  }

  /** The operands of a window's group in the order of k: 1 where one is zero. */
  #gather(
    oy: number,
    ox: number,
    group: number,
    activations: Uint8Array,
    padding: number,
    zeros: Uint8Array,
  ): void {
    const { window: w } = this.step;
    const deep = this.#groupIn;
    let at = 0;
    for (let ky = 0; ky < w.kernelHeight; ky++) {
      const y = oy * w.strideY - w.padTop + ky * w.dilationY;
      for (let kx = 0; kx < w.kernelWidth; kx++, at += deep) {
        const x = ox * w.strideX - w.padLeft + kx * w.dilationX;
        if (y < 0 || y >= w.inHeight || x < 0 || x >= w.inWidth) {
          zeros.fill(padding, at, at + deep);
          this.#padding += deep;
          continue;
        }
        const from = (y * w.inWidth + x) * w.inChannels + group * deep;
        zeros.set(activations.subarray(from, from + deep), at);
      }
    }
  }

  #countTurns(group: number, zeros: Uint8Array): void {
    const base = group * this.#turnsOfK;
    for (let turn = 0; turn < this.#turnsOfK; turn++) {
      if (allZero(zeros, turn * this.lanes, this.lanes)) this.#zeroTurns[base + turn]!++;
    }
  }

  /** Of all images taken, every output channel on its own. */
  turns(): LoopTurns {
    const { outChannels, groups, k } = this.step;
    const perGroup = outChannels / groups;
    let [zeroActivations, zeroWeights] = [0, 0];
    for (let channel = 0; channel < outChannels; channel++) {
      const base = Math.floor(channel / perGroup) * this.#turnsOfK;
      const row = this.#weights?.subarray(channel * k, (channel + 1) * k);
      for (let turn = 0; turn < this.#turnsOfK; turn++) {
        const zero = this.#zeroTurns[base + turn]!;
        zeroActivations += zero;
        if (row && allZero(row, turn * this.lanes, this.lanes)) zeroWeights += this.#windows - zero;
      }
    }
    return { turns: this.#windows * outChannels * this.#turnsOfK, zeroActivations, zeroWeights };
  }

  /** Products of all images, and those of them whose activation is padding. */
  products(): { readonly all: number; readonly padding: number } {
    const { outChannels, groups, k } = this.step;
    return { all: this.#windows * outChannels * k, padding: this.#padding * (outChannels / groups) };
  }
}

function allZero(zeros: Uint8Array, from: number, lanes: number): boolean {
  const end = Math.min(from + lanes, zeros.length);
  for (let i = from; i < end; i++) if (zeros[i] === 0) return false;
  return true;
}

/** How a tensor's reals are stored: code = real / scale + zero point, each a whole number. */
export interface Stored {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Which of a tensor's reals are zero (−0 too; NaN is not), or have the code 0. Writes 1 or 0 a value into `mask`. */
export function markZeros(
  values: Float32Array | Float64Array,
  form: 'reals' | Stored,
  mask: Uint8Array,
): void {
  if (form === 'reals') {
    for (let i = 0; i < mask.length; i++) mask[i] = values[i] === 0 ? 1 : 0;
    return;
  }
  const { scale, zeroPoint } = form;
  for (let i = 0; i < mask.length; i++) mask[i] = Math.round(values[i]! / scale) === -zeroPoint ? 1 : 0;
}
