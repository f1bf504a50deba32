/** Golden vectors of an untrained LeNet-5, made by the command line in this process, and recomputed. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { saveModel } from '../networks/files/model.js';
import { initialParameters } from '../networks/parameters.js';
import { getNetwork } from '../networks/zoo/registry.js';
import { performed } from './cli/in-process.js';
import { checkVectors } from './golden-program.js';

/** A new folder with a model in it. Weights need not be trained to be computed with: He's first values. */
export async function makeFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cheetah-golden-'));
  const network = getNetwork('lenet5', [28, 28, 1], 10);
  const parameters = initialParameters(network, 7);
  for (const [name, { data }] of parameters) {
    if (name.endsWith('.bias')) for (let i = 0; i < data.length; i++) data[i] = ((i % 5) - 2) / 16;
  }
  await saveModel(join(folder, 'model'), { network, parameters });
  return folder;
}

/** The vectors of two of the built-in images; the model of the folder unless `options` name another. */
export async function makeVectors(folder: string, name: string, options: readonly string[]): Promise<string> {
  const out = join(folder, name);
  const model = options.includes('--weights') ? [] : ['--weights', join(folder, 'model')];
  const words = ['evaluate', ...options, ...model];
  const images = ['--test-images', '2', '--calibration-images', '64'];
  const { complaint } = await performed([...words, '--vectors', out, ...images]);
  expect(complaint).toBeUndefined();
  return out;
}

export function placeOf(folder: string, format: string, quantizer: string): string {
  return join(folder, `${format}-${quantizer.replace(':', '-')}`);
}

/** Makes them, and expects that the independent program finds the same codes. */
export async function expectRecomputed(folder: string, format: string, quantizer: string): Promise<void> {
  const name = `${format}-${quantizer.replace(':', '-')}`;
  const { compared, mismatches } = checkVectors(
    await makeVectors(folder, name, [format, '--quantizer', quantizer]),
    join(folder, 'model'),
  );
  expect(mismatches.slice(0, 5)).toEqual([]);
  // two images through every edge of LeNet-5, and two predictions
  expect(compared).toBeGreaterThan(2 * 784 + 2 * 4704);
}
