/** What a spec names, had: its network, weights and data, and the recipe of its training. */
import type { TrainingOptions } from '../networks/training/options.js';
import { checkPlan } from './check.js';
import type { SweepPlan } from './plan.js';
import { loadSource, type Source } from './source.js';
import type { SweepSpec } from './spec.js';

/** Network, weights and data of a sweep: as many training and test images as its spec says. */
export function sweepSource(
  spec: SweepSpec,
  directory: string | undefined,
  tell: (line: string) => void,
): Promise<Source> {
  const train = spec.training?.trainImages ?? 'all';
  return loadSource({
    network: spec.network,
    weights: spec.weights,
    dataset: spec.dataset,
    table: spec.table,
    directory,
    load: {
      ...(train === 'all' ? {} : { train }),
      ...(spec.testImages === 'all' ? {} : { test: spec.testImages }),
      tell,
    },
  });
}

/** What a run would start from. Throws UserError, as it would, for data, a network, weights or prices that cannot be had. */
export async function checkFiles(
  spec: SweepSpec,
  plan: SweepPlan,
  directory: string | undefined,
  tell: (line: string) => void,
): Promise<Source> {
  const source = await sweepSource(spec, directory, tell);
  checkPlan(plan, spec, source.network);
  return source;
}

/** The recipe without its axis (the seed) and what the data set is told. */
export function recipeOf({ training }: SweepSpec): Partial<TrainingOptions> {
  const { trainImages: _trainImages, ...recipe } = training!;
  return Object.fromEntries(Object.entries(recipe).filter(([, value]) => value !== undefined));
}
