/** From the gradients of all shards to new weights: SGD with momentum, Nesterov's, Adam; and the average of weights. */
import { pow } from '../../arithmetic/elementary.js';
import type { Kernels } from '../../kernels/loader.js';
import { allocateFloats } from '../primitives/memory.js';
import type { Held } from './graph.js';
import { AVERAGE, slotNames, type TrainingOptions } from './options.js';

/** Adam's constants as Kingma and Ba (2015) recommend them. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** So many values are summed and updated while they are in the cache. */
const BLOCK = 4096;

interface Updated {
  readonly held: Held;
  /** Where the optimizer's state of it stands; none where it is tracked. */
  readonly slots: readonly number[];
  /** Where its average stands. */
  readonly average: number | undefined;
}

export class Optimizer {
  /** By `<slot>/<parameter>`: the state that must be kept to go on later. */
  readonly state: ReadonlyMap<string, Float32Array>;
  readonly #updated: readonly Updated[];

  constructor(
    private readonly kernels: Kernels,
    held: readonly Held[],
    private readonly options: Pick<TrainingOptions, 'optimizer' | 'momentum' | 'decay' | 'average'>,
  ) {
    const state = new Map<string, Float32Array>();
    const place = (slot: string, { name, size }: Held): number => {
      const pointer = allocateFloats(kernels, size);
      state.set(`${slot}/${name}`, kernels.f32(pointer, size));
      return pointer;
    };
    const names = slotNames(options.optimizer);
    this.#updated = held.map((parameter) => ({
      held: parameter,
      slots: parameter.training === 'learned' ? names.map((slot) => place(slot, parameter)) : [],
      average: options.average > 0 ? place(AVERAGE, parameter) : undefined,
    }));
    this.state = state;
  }

  /** The average begins as the first weights. */
  begin(): void {
    for (const { held, average } of this.#updated) {
      if (average !== undefined) this.kernels.call.copyBytes(held.values, average, held.size * 4);
    }
  }

  /**
   * One update at `rate`, of the `lane`-th of `lanes` parts of every parameter; `step` counts updates from 0. Decay applies
   * to weights only, not to biases or norms. The average's decay is min(average, (1 + step) / (10 + step)), so that the
   * first weights are soon forgotten.
   */
  update(rate: number, step: number, lane: number, lanes: number): void {
    const { sumShardsFloat32, averageFloat32 } = this.kernels.call;
    const kept = Math.min(this.options.average, (1 + step) / (10 + step));
    for (const { held, slots, average } of this.#updated) {
      const { size, values, gradient, gradients, apart, training } = held;
      const blocks = Math.ceil(size / BLOCK);
      const end = Math.floor(((lane + 1) * blocks) / lanes);
      for (let block = Math.floor((lane * blocks) / lanes); block < end; block++) {
        const n = Math.min(BLOCK, size - block * BLOCK);
        const at = block * BLOCK * 4;
        if (training === 'learned') {
          sumShardsFloat32(n, gradients + at, apart, gradient + at);
          this.#apply(held, at, n, slots, rate, step);
        }
        if (average !== undefined) averageFloat32(n, average + at, values + at, 1 - kept);
      }
    }
  }

  #apply(held: Held, at: number, n: number, slots: readonly number[], rate: number, step: number): void {
    const { adamFloat32, nesterovFloat32, sgdFloat32 } = this.kernels.call;
    const decay = held.suffix === 'weight' ? this.options.decay : 0;
    const [w, g] = [held.values + at, held.gradient + at];
    const { optimizer, momentum } = this.options;
    switch (optimizer) {
      case 'sgd':
        sgdFloat32(n, w, g, slots[0]! + at, rate, momentum, decay);
        return;
      case 'nesterov':
        nesterovFloat32(n, w, g, slots[0]! + at, rate, momentum, decay);
        return;
      case 'adam': {
        const unbiasFirst = 1 / (1 - pow(BETA1, step + 1));
        const unbiasSecond = 1 / (1 - pow(BETA2, step + 1));
        const constants = [rate * unbiasFirst, unbiasSecond, BETA1, BETA2, EPSILON, rate * decay] as const;
        adamFloat32(n, w, g, slots[0]! + at, slots[1]! + at, ...constants);
        return;
      }
      default:
        throw new Error(`no optimizer ${optimizer satisfies never}`);
    }
  }
}
