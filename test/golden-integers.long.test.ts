/** Golden vectors of every network in every scheme and requantization, recomputed by the independent program. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { REQUANTIZATIONS } from '../emac/layer/choices.js';
import { expectRecomputed, MODELS, makeModels } from './golden-integer-vectors.js';

let folder = '';

beforeAll(async () => {
  folder = await makeModels();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCHEMES = ['tflite', 'jacob', 'yao5', 'yao8', 'yao16'] as const;

describe('golden vectors of integers', () => {
  it.each(
    MODELS.flatMap((model) =>
      SCHEMES.flatMap((scheme) => {
        const modes = scheme.startsWith('yao') ? [undefined] : REQUANTIZATIONS;
        return modes.map((mode) => [model, scheme, mode] as const);
      }),
    ),
  )('of %s in the scheme %s, requantized %s, are recomputed', async (model, scheme, mode) => {
    await expectRecomputed(folder, model, scheme, mode);
  });
});
