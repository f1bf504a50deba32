/** What `cheetah train` trains, on what, how, and into which directory. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Dataset, nameOf } from '../datasets/dataset.js';
import { loadDataset } from '../datasets/load.js';
import { UserError } from '../errors.js';
import { CHECKPOINT_FILE } from '../networks/files/checkpoint.js';
import { loadNetwork } from '../networks/files/description.js';
import { MODEL_FILE } from '../networks/files/model-files.js';
import type { Network } from '../networks/network.js';
import { DEFAULT_TRAINING, resolveTraining, type TrainingOptions } from '../networks/training/options.js';
import { getRecipe, type Recipe, weightsName } from '../networks/zoo/recipes.js';
import { checkNetworkName, getNetwork } from '../networks/zoo/registry.js';
import { optionName } from '../sweep/spellings.js';
import { tell } from './notes.js';
import { type TableArguments, tableChoices } from './table-options.js';

/** The options of a training, as far as they were given. */
type Given = { [Option in keyof Omit<TrainingOptions, 'seed'>]: TrainingOptions[Option] | undefined };

export interface SubjectArguments extends TableArguments, Given {
  recipe: string | undefined;
  network: string | undefined;
  dataset: string | undefined;
  data: string | undefined;
  seed: number;
  trainImages: number | undefined;
  testImages: number | undefined;
  out: string | undefined;
  fresh: boolean | undefined;
}

export interface Subject {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly out: string;
  /** The command that gives the same weights, without where the data are. */
  readonly command: string;
}

const OPTIONS = Object.keys(DEFAULT_TRAINING) as (keyof TrainingOptions)[];

/** Throws UserError for what cannot be had, before any training. */
export async function subjectOf(given: SubjectArguments): Promise<Subject> {
  const { seed } = given;
  const recipe = given.recipe === undefined ? undefined : getRecipe(given.recipe);
  const own = Object.fromEntries(
    OPTIONS.map((name) => [name, given[name]] as const).filter(([, value]) => value !== undefined),
  );
  const options = resolveTraining({ ...recipe?.training, ...own });
  const wanted = given.network ?? recipe?.network ?? 'lenet5';
  const described = wanted.endsWith('.json') ? await loadNetwork(wanted) : undefined;
  if (described === undefined) checkNetworkName(wanted);
  const dataset = await loadDataset(given.dataset ?? recipe?.dataset ?? 'strokes', given.data, {
    seed,
    table: tableChoices(given),
    tell,
    ...(given.trainImages === undefined ? {} : { train: given.trainImages }),
    ...(given.testImages === undefined ? {} : { test: given.testImages }),
  });
  const network = described ?? getNetwork(wanted, dataset.shape, dataset.classes.length);
  const isRecipe = recipe !== undefined && isAsItStands(given, recipe, options, dataset);
  const name = isRecipe
    ? weightsName(given.recipe!, seed)
    : `${network.name}-${basename(dataset.name)}-${seed}`;
  const out = given.out ?? join('models', name);
  if (!given.fresh && existsSync(join(out, MODEL_FILE)) && !existsSync(join(out, CHECKPOINT_FILE))) {
    throw new UserError(
      `${out} holds a model without the checkpoint of its training; --fresh replaces it, another --out keeps it`,
    );
  }
  const command = isRecipe
    ? `cheetah train --recipe ${given.recipe} --seed ${seed}`
    : wholeCommand(given, options, nameOf(dataset), wanted);
  return { network, dataset, options, out, command };
}

/** Whether a recipe is followed in everything that decides the weights. */
function isAsItStands(
  given: SubjectArguments,
  { network, dataset, training }: Recipe,
  options: TrainingOptions,
  { origin }: Dataset,
): boolean {
  const meant = resolveTraining({ ...training, seed: given.seed });
  return (
    (given.network ?? network) === network &&
    origin?.dataset === dataset &&
    given.trainImages === undefined &&
    OPTIONS.every((name) => options[name] === meant[name])
  );
}

function wholeCommand(
  { trainImages, network }: SubjectArguments,
  options: TrainingOptions,
  dataset: string,
  wanted: string,
): string {
  const words = [`--network ${network === undefined ? wanted : basename(network)}`, `--dataset ${dataset}`];
  if (trainImages !== undefined) words.push(`--train-images ${trainImages}`);
  for (const name of OPTIONS) {
    if (options[name] !== DEFAULT_TRAINING[name] || name === 'seed' || name === 'epochs') {
      words.push(`--${optionName(name)} ${options[name]}`);
    }
  }
  return `cheetah train ${words.join(' ')}`;
}
