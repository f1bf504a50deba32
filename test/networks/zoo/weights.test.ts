/** The weights that come with the package, and the recipes they were trained by; some are trained again in weights.long.test.ts. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validationCount } from '../../../datasets/validation.js';
import { loadModel } from '../../../networks/files/model.js';
import { folderOfWeights, namedWeights } from '../../../networks/files/named-weights.js';
import { resolveTraining } from '../../../networks/training/options.js';
import { getRecipe, listRecipes, weightsName } from '../../../networks/zoo/recipes.js';
import { getNetwork } from '../../../networks/zoo/registry.js';

const MEANT = new Map(
  listRecipes().flatMap(([recipe, { seeds }]) =>
    seeds.map((seed) => [weightsName(recipe, seed), { recipe, seed }] as const),
  ),
);

describe('recipes', () => {
  it('are named by network and data set, and their weights by the seed too', () => {
    for (const [name, { network, dataset }] of listRecipes()) expect(name).toBe(`${network}-${dataset}`);
    expect(weightsName('lenet5-mnist', 0)).toBe('lenet5-mnist');
    expect(weightsName('lenet5-mnist', 3)).toBe('lenet5-mnist-3');
    expect(() => getRecipe('lenet5-minst')).toThrow(
      /recipe 'lenet5-minst' is unknown.*did you mean lenet5-mnist/,
    );
  });
});

describe('committed weights', () => {
  it('take at most 40 MB in all', () => {
    const folder = folderOfWeights('');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
    expect(bytes).toBeLessThan(40e6);
    expect(namedWeights().length).toBeGreaterThan(9);
  });

  it.each(namedWeights())('%s are what their recipe says, and their card tells all of it', async (name) => {
    const meant = MEANT.get(name)!;
    const { network: wanted, dataset, training } = getRecipe(meant.recipe);
    const { network, notes, data } = await loadModel(name);
    const { seed } = meant;
    const { input, classes } = network;
    expect(network).toEqual(getNetwork(wanted, input, classes));
    expect(data).toMatchObject({ dataset, heldOut: { seed, images: validationCount(data!.train) } });
    expect(data!.classes).toHaveLength(classes);
    expect(notes).toMatchObject({
      command: `cheetah train --recipe ${meant.recipe} --seed ${seed}`,
      dataset,
      ...resolveTraining({ ...training, seed }),
    });
    const { testCorrect, testCount, accuracy, accuracyLow, accuracyHigh } = notes as Record<string, number>;
    expect(accuracy).toBe(testCorrect! / testCount!);
    expect(accuracyLow!).toBeLessThan(accuracy!);
    expect(accuracyHigh!).toBeGreaterThan(accuracy!);
    const curve = readFileSync(join(folderOfWeights(name), 'curve.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(curve).toHaveLength(1 + (notes.epochs as number));
    expect(Number(curve.at(-1)!.split(',')[4])).toBe(
      (notes.validationCorrect as number) / (notes.validationCount as number),
    );
  });
});
