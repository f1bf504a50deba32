import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSpec } from '../../sweep/spec.js';
import { performed } from '../cli/in-process.js';
import { temporaryFolder } from '../datasets/made.js';

const SPEC = `name: paths
dataset: flowers.csv
network: mlp4
training: { epochs: 1 }
format: [posit8es1]
calibrationImages: 20
cost: [library45, prices/mine.json]
`;

describe('paths in a spec', () => {
  it('are of its own folder where the files are there, else of the working folder', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'prices'));
    const spec = join(folder, 'spec.yaml');
    writeFileSync(spec, SPEC);
    expect(readSpec(spec)).toMatchObject({ dataset: 'flowers.csv', cost: ['library45', 'prices/mine.json'] });
    writeFileSync(join(folder, 'flowers.csv'), '');
    writeFileSync(join(folder, 'prices', 'mine.json'), '{}');
    expect(readSpec(spec)).toMatchObject({
      dataset: join(folder, 'flowers.csv'),
      network: 'mlp4',
      cost: ['library45', join(folder, 'prices', 'mine.json')],
    });
  });

  it('are looked at by --plan as by a run: the data, then the prices', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'spec.yaml'), SPEC);
    const plan = () => performed(['sweep', join(folder, 'spec.yaml'), '--plan']);
    expect(await plan()).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^cheetah: flowers\.csv does not exist/),
    });
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${i % 2}`);
    writeFileSync(join(folder, 'flowers.csv'), rows.join('\n'));
    expect(await plan()).toMatchObject({ code: 1, err: expect.stringMatching(/mine\.json does not exist/) });
    writeFileSync(join(folder, 'spec.yaml'), SPEC.replace(', prices/mine.json', ''));
    expect(await plan()).toMatchObject({ code: 0, out: expect.stringMatching(/^paths: /) });
  });
});
