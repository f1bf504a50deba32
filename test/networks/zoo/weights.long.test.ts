/** Committed weights, trained again from the recipe they name. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderOfWeights } from '../../../networks/files/named-weights.js';
import { performed } from '../../cli/in-process.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-weights-'));
afterAll(() => rmSync(root, { recursive: true }));

const { CHEETAH_DATA: directory = '' } = process.env;

describe.skipIf(directory === '')('a recipe (skipped: set CHEETAH_DATA to a folder with the tables)', () => {
  it.each(['mlp-tiny-iris', 'mlp-tiny-breast-cancer'])(
    '%s gives the committed bytes again',
    async (recipe) => {
      const out = join(root, recipe);
      await performed([
        'train',
        '--recipe',
        recipe,
        '--data',
        directory,
        '--out',
        out,
        '--quiet',
        '--seed',
        '3',
      ]);
      const kept = folderOfWeights(`${recipe}-3`);
      for (const file of readdirSync(kept)) {
        expect(readFileSync(join(out, file)).equals(readFileSync(join(kept, file))), file).toBe(true);
      }
    },
  );
});
