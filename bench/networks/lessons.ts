/** The trainings whose speed is asked for, and how long their epochs are. */
import type { Dataset } from '../../dist/datasets/dataset.js';
import { holdOut } from '../../dist/datasets/validation.js';
import type { Lesson } from '../../dist/networks/training/learner.js';
import { resolveTraining, type TrainingOptions } from '../../dist/networks/training/options.js';
import { getNetwork } from '../../dist/networks/zoo/registry.js';

export interface Training {
  readonly network: string;
  readonly images: 'mnist' | 'cifar-10';
  readonly options: Partial<TrainingOptions>;
}

/** As small pictures in colour are usually trained. */
const MOVED = { crop: 4, flip: 'horizontal' } as const;

export const TRAININGS: readonly Training[] = [
  { network: 'lenet5', images: 'mnist', options: {} },
  { network: 'dcnn-large', images: 'cifar-10', options: { ...MOVED, rate: 0.01 } },
  { network: 'resnet8', images: 'cifar-10', options: MOVED },
];

/** Training images of the published sets, to whose epochs is scaled. */
export const SIZES = { mnist: 60_000, 'cifar-10': 50_000 } as const;

export function lessonOf({ network, options }: Training, dataset: Dataset): Lesson {
  const resolved = resolveTraining({ epochs: 1, ...options });
  return {
    network: getNetwork(network, dataset.shape, dataset.classes.length),
    dataset,
    options: resolved,
    trained: holdOut(dataset.train.count, resolved.seed).others.sort(),
  };
}
