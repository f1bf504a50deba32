/** SGD with momentum, and Adam: float32 state beside each learned parameter. */
import { pow } from '../../arithmetic/elementary.js';
import type { Kernels } from '../../kernels/loader.js';
import { allocateFloats } from '../primitives/memory.js';
import type { Held } from './graph.js';
import type { TrainingOptions } from './options.js';

/** Adam's constants as Kingma and Ba (2015) recommend them. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export class Optimizer {
  /** By `<slot>/<parameter>`: the state that must be kept to go on later. */
  readonly state: ReadonlyMap<string, Float32Array>;
  readonly #learned: readonly { held: Held; slots: readonly number[] }[];

  constructor(
    private readonly kernels: Kernels,
    held: readonly Held[],
    private readonly options: Pick<TrainingOptions, 'optimizer' | 'momentum' | 'decay'>,
  ) {
    const names = options.optimizer === 'sgd' ? ['velocity'] : ['first', 'second'];
    const state = new Map<string, Float32Array>();
    this.#learned = held
      .filter(({ training }) => training === 'learned')
      .map((parameter) => {
        const slots = names.map((slot) => {
          const pointer = allocateFloats(kernels, parameter.size);
          state.set(`${slot}/${parameter.name}`, kernels.f32(pointer, parameter.size));
          return pointer;
        });
        return { held: parameter, slots };
      });
    this.state = state;
  }

  /** One update at `rate`; `step` counts them from 0. Decay applies to weights only, not to biases or norms. */
  update(rate: number, step: number): void {
    const { adamFloat32, sgdFloat32 } = this.kernels.call;
    const unbiasFirst = 1 / (1 - pow(BETA1, step + 1));
    const unbiasSecond = 1 / (1 - pow(BETA2, step + 1));
    for (const { held, slots } of this.#learned) {
      const { size, values, gradient } = held;
      const decay = held.suffix === 'weight' ? this.options.decay : 0;
      if (this.options.optimizer === 'sgd') {
        sgdFloat32(size, values, gradient, slots[0]!, rate, this.options.momentum, decay);
      } else {
        const pointers = [values, gradient, slots[0]!, slots[1]!] as const;
        const constants = [rate * unbiasFirst, unbiasSecond, BETA1, BETA2, EPSILON, rate * decay] as const;
        adamFloat32(size, ...pointers, ...constants);
      }
    }
  }
}
