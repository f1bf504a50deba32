/**
 * How the weights in weights/ were trained: `cheetah train --recipe NAME --seed N` makes the same bytes again. What a recipe
 * does not say has the defaults of networks/training/options.ts.
 */
import { UserError } from '../../errors.js';
import { didYouMean } from '../../near.js';
import type { TrainingOptions } from '../training/options.js';

export interface Recipe {
  readonly network: string;
  readonly dataset: string;
  /** Those of the committed weights, the first one under the recipe's own name. */
  readonly seeds: readonly number[];
  readonly training: Partial<Omit<TrainingOptions, 'seed'>>;
}

/** Images moved by up to two pixels: digits are not mirrored. */
const DIGITS = { shift: 2 } as const;
const CLOTHES = { shift: 1, flip: 'horizontal' } as const;
const PHOTOS = { crop: 4, flip: 'horizontal' } as const;

/** Batch-norm bears a high rate; the average of the last weights takes the place of the slow end of a schedule. */
const DEEP = { optimizer: 'nesterov', rate: 0.05, warmup: 1, average: 0.999 } as const;

const FIVE = [0, 1, 2, 3, 4];
const ONE = [0];

function recipe(
  network: string,
  dataset: string,
  seeds: readonly number[],
  training: Recipe['training'],
): readonly [string, Recipe] {
  return [`${network}-${dataset}`, { network, dataset, seeds, training }];
}

const RECIPES: ReadonlyMap<string, Recipe> = new Map([
  recipe('mlp-tiny', 'iris', FIVE, { epochs: 100, batch: 16 }),
  recipe('mlp-tiny', 'breast-cancer', FIVE, { epochs: 50, batch: 16 }),
  recipe('conv1d-tiny', 'mnist-14', [0, 1, 2], { epochs: 10 }),
  recipe('lenet5', 'mnist', FIVE, { epochs: 10, ...DIGITS }),
  recipe('lenet5', 'fashion-mnist', FIVE, { epochs: 10, flip: 'horizontal' }),
  recipe('mlp4', 'mnist', FIVE, { epochs: 10 }),
  recipe('mlp4', 'fashion-mnist', FIVE, { epochs: 10 }),
  recipe('dcnn-small', 'mnist', ONE, { epochs: 12, ...DEEP, ...DIGITS }),
  recipe('dcnn-large', 'mnist', ONE, { epochs: 12, ...DEEP, ...DIGITS }),
  recipe('dcnn-small', 'fashion-mnist', ONE, { epochs: 12, ...DEEP, ...CLOTHES }),
  recipe('dcnn-large', 'fashion-mnist', ONE, { epochs: 12, ...DEEP, ...CLOTHES }),
  recipe('resnet8', 'cifar-10', ONE, { epochs: 50, ...DEEP, rate: 0.1, decay: 0.0002, ...PHOTOS }),
  recipe('dcnn-large', 'cifar-10', ONE, { epochs: 30, ...DEEP, ...PHOTOS }),
  recipe('mobilenet-tiny', 'cifar-10', ONE, { epochs: 30, ...DEEP, rate: 0.1, decay: 0.0002, ...PHOTOS }),
  recipe('densenet-tiny', 'cifar-10', ONE, { epochs: 30, ...DEEP, rate: 0.1, decay: 0.0003, ...PHOTOS }),
  recipe('convnet-cifar', 'cifar-10', ONE, { epochs: 30, ...DEEP, rate: 0.01, ...PHOTOS }),
  recipe('dcnn-small', 'cifar-10', ONE, { epochs: 30, ...DEEP, ...PHOTOS }),
]);

export function listRecipes(): readonly (readonly [string, Recipe])[] {
  return [...RECIPES];
}

/** Throws UserError naming the recipes there are. */
export function getRecipe(name: string): Recipe {
  const found = RECIPES.get(name);
  if (found !== undefined) return found;
  throw new UserError(
    `recipe '${name}' is unknown; known are ${[...RECIPES.keys()].join(', ')}${didYouMean(name, RECIPES.keys())}`,
  );
}

/** What the weights of a recipe's seed are called: the recipe for its first seed, `<recipe>-<seed>` for the others. */
export function weightsName(recipe: string, seed: number): string {
  return seed === RECIPES.get(recipe)?.seeds[0] ? recipe : `${recipe}-${seed}`;
}
