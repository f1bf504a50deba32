/** A layer's float32 weights as the kernels read them, forwards and backwards. */
import type { Kernels } from '../../kernels/loader.js';
import { allocateFloats } from './memory.js';

/** Panels are eight columns wide. */
export const up8 = (n: number): number => Math.ceil(n / 8) * 8;

/** Panels of weights [out, k], group after group; packed anew whenever the weights change. */
export class MacWeights {
  /** Of each group: what gives its outputs. */
  readonly panels: number;
  /** Of each group: what takes gradients of outputs back to those of windows; 0 where nothing is trained. */
  readonly transposed: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly groups: number,
    private readonly groupOut: number,
    private readonly k: number,
    private readonly training: 'trained' | 'inference',
  ) {
    this.panels = allocateFloats(kernels, groups * up8(groupOut) * k);
    this.transposed = training === 'trained' ? allocateFloats(kernels, groups * groupOut * up8(k)) : 0;
  }

  pack(weights: number): void {
    const { packPanelsFloat32 } = this.kernels.call;
    const row = this.k * 4;
    for (let g = 0; g < this.groups; g++) {
      const from = weights + g * this.groupOut * row;
      packPanelsFloat32(this.groupOut, this.k, from, row, 4, this.panelsOf(g));
      if (this.training === 'trained') {
        packPanelsFloat32(this.k, this.groupOut, from, 4, row, this.transposedOf(g));
      }
    }
  }

  panelsOf(group: number): number {
    return this.panels + group * up8(this.groupOut) * this.k * 4;
  }

  transposedOf(group: number): number {
    return this.transposed + group * this.groupOut * up8(this.k) * 4;
  }
}
