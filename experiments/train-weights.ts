/**
 * Trains what weights/ lacks, one recipe and seed after another: `npm run weights -- --data DIR [RECIPE …]`, all recipes
 * where none is named. It goes on where it was stopped; `cheetah train --recipe NAME --seed N` does one of them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MODEL_FILE, WEIGHTS_FILE } from '../networks/files/model-files.js';
import { getRecipe, listRecipes, weightsName } from '../networks/zoo/recipes.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What is kept of a training; the checkpoint is not. */
const KEPT = [WEIGHTS_FILE, 'curve.csv', MODEL_FILE];

const { values, positionals } = parseArgs({
  options: { data: { type: 'string' } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : listRecipes().map(([name]) => name);
const wanted = names.flatMap((recipe) => getRecipe(recipe).seeds.map((seed) => ({ recipe, seed })));
for (const { recipe, seed } of wanted) {
  const name = weightsName(recipe, seed);
  const folder = join(root, 'weights', name);
  // the description is copied last, so a folder that has it is whole
  if (existsSync(join(folder, MODEL_FILE))) continue;
  const out = join(root, 'models', name);
  const words = ['train', '--recipe', recipe, '--seed', String(seed), '--out', out];
  if (values.data !== undefined) words.push('--data', values.data);
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...words], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(folder, { recursive: true });
  for (const file of KEPT) copyFileSync(join(out, file), join(folder, file));
}
