import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../sweep/rows.js';
import { cheetah } from '../cli/run-cheetah.js';
import { writeSmallNetwork } from '../cli/small-network.js';

const plugin = fileURLToPath(new URL('dying-formats.mjs', import.meta.url));
const SPEC = `name: dying
dataset: strokes
testImages: 1500
network: mlp4
training: { epochs: 1, trainImages: 100 }
format: [posit5es1, exits5, posit6es1, throws5, posit7es1]
quantizer: [linear]
calibrationImages: 20
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-dying-'));
  writeFileSync(join(folder, 'dying.yaml'), SPEC.replace('mlp4', writeSmallNetwork(folder)));
  writeFileSync(
    // images of mlp4 take long enough that a second thread helps
    join(folder, 'one.yaml'),
    SPEC.replace('posit5es1, exits5, posit6es1, throws5, posit7es1', 'exits5'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a worker that dies', () => {
  it.each([1, 3])(
    'is the error of its point; with %i workers the sweep goes on and ends by itself',
    (workers) => {
      const out = join(folder, `${workers}.csv`);
      const ran = cheetah([
        'sweep',
        join(folder, 'dying.yaml'),
        '--plugin',
        plugin,
        '--threads',
        String(workers),
        '--out',
        out,
      ]);
      const complaints = ran.err.split('\n').filter((line) => line.startsWith('cheetah:'));
      expect(complaints).toEqual([
        'cheetah: exits5 linear:mse: its worker stopped: exit code 9',
        expect.stringMatching(
          /^cheetah: throws5 linear:mse: internal error: a fault of the format \(sweep\/dying-formats\.mjs:\d+\)$/,
        ),
      ]);
      expect(ran.code).toBe(1);
      expect(readRows(out).map(({ format }) => format)).toEqual([
        'float32',
        'posit5es1',
        'posit6es1',
        'posit7es1',
      ]);
      expect(readFileSync(join(folder, `${workers}.manifest.json`), 'utf8')).not.toContain(folder);
    },
  );

  it('is the error of a point that several threads work on', () => {
    const out = join(folder, 'one.csv');
    const ran = cheetah([
      'sweep',
      join(folder, 'one.yaml'),
      '--plugin',
      plugin,
      '--threads',
      '2',
      '--out',
      out,
    ]);
    expect(ran.err).toContain('cheetah: exits5 linear:mse: its worker stopped: exit code 9\n');
    expect(ran.code).toBe(1);
    expect(readRows(out)).toHaveLength(1);
  });
});
