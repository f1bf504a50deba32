import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRows } from '../../sweep/rows.js';
import { complaintOf } from '../cli/in-process.js';
import { cheetah } from '../cli/run-cheetah.js';
import { writeSmallNetwork } from '../cli/small-network.js';

/** A family in one file: sign and magnitude in halves, with a grid of bits, a colour, and a name that leaves bits open. */
const FAMILY = `import { defineFormat, registerFormat } from 'cheetah-numerics';

function halves(bits) {
  const sign = 2 ** (bits - 1);
  return defineFormat({
    name: \`halves\${bits}\`,
    family: 'halves',
    bits,
    decode: (code) => (code >= sign ? -(code - sign) : code) / 2,
  });
}

registerFormat({
  name: 'halves',
  grammar: 'halves<n>, 3 ≤ n ≤ 8',
  presets: ['halves5'],
  colour: '#123456',
  candidates: () => ['halves3', 'halves4'],
  grid: {
    keys: { bits: { least: 3, most: 8 } },
    names: ({ bits }) => [...bits.map((n) => \`halves\${n}\`), 'halvesbest'],
  },
  open: (name) => (name === 'halvesbest' ? ['halves3', 'halves6'] : undefined),
  parse(name) {
    const bits = Number(/^halves([3-8])$/.exec(name)?.[1]);
    return bits ? halves(bits) : undefined;
  },
});
`;

const folder = mkdtempSync(join(tmpdir(), 'cheetah-family-'));
const network = writeSmallNetwork(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a family of the user’s own', () => {
  it('is found in the grid of a sweep, in its rows and table, and in its figure', () => {
    const plugin = join(folder, 'halves.mjs');
    writeFileSync(plugin, FAMILY);
    const spec = join(folder, 'halves.yaml');
    writeFileSync(
      spec,
      `name: halves
dataset: strokes
testImages: 40
network: ${network}
training: { epochs: 2, trainImages: 200 }
format: [{ halves: { bits: 4..6 } }, posit6es1]
quantizer: rounding
calibrationImages: 50
`,
    );
    const out = join(folder, 'halves.csv');
    const ran = cheetah(['sweep', spec, '--out', out, '--plugin', plugin, '--threads', '2']);
    expect(ran.err).not.toContain('cheetah:');
    const rows = readRows(out);
    expect(rows.map(({ family }) => family)).toEqual(['float', ...Array(4).fill('halves'), 'posit']);
    expect(rows.slice(1, 4).map(({ format }) => format)).toEqual(['halves4', 'halves5', 'halves6']);
    // the open name stands in its row as the format that was chosen
    expect(rows[4]).toMatchObject({ format: expect.stringMatching(/^halves[36]$/), fraction: 'best' });
    expect(ran.out).toContain('halves5');
    const svg = join(folder, 'halves.svg');
    expect(cheetah(['plot', out, '--plugin', plugin, '--out', svg]).code).toBe(0);
    expect(readFileSync(svg, 'utf8').toLowerCase()).toContain('#123456');
    const mistyped = cheetah(['formats', 'show', 'halvs4', '--plugin', plugin]);
    expect(mistyped.err).toContain('halves4');
  });

  it('may be one of the house, which keeps its grid and its colour', () => {
    const plugin = join(folder, 'own-posit.mjs');
    writeFileSync(
      plugin,
      `import { defineFormat, registerFormat } from 'cheetah-numerics';
       registerFormat(defineFormat({ name: 'ownposit', family: 'posit', bits: 2, decode: (code) => [0, 1, NaN, -1][code] }));`,
    );
    const spec = join(folder, 'own.yaml');
    writeFileSync(
      spec,
      `name: own\ndataset: strokes\ntestImages: 20\nnetwork: ${network}\ntraining: { epochs: 1, trainImages: 50 }\nformat: [{ posit: { bits: 6, es: 1 } }, ownposit]\nquantizer: rounding\ncalibrationImages: 20\n`,
    );
    const out = join(folder, 'own.csv');
    expect(cheetah(['sweep', spec, '--out', out, '--plugin', plugin]).err).not.toContain('cheetah:');
    expect(readRows(out).map(({ format, family }) => `${format} ${family}`)).toEqual([
      'float32 float',
      'posit6es1 posit',
      'ownposit posit',
    ]);
    const svg = join(folder, 'own.svg');
    cheetah(['plot', out, '--plugin', plugin, '--x', 'bits', '--out', svg]);
    expect(readFileSync(svg, 'utf8').toLowerCase()).toContain('#0072b2');
  });

  it('has its keys checked as those of the house are', async () => {
    const spec = join(folder, 'wrong.yaml');
    writeFileSync(
      spec,
      'name: x\ndataset: strokes\nnetwork: mlp4\ntraining: {}\nformat: [{ halves: { bits: 9 } }]\n',
    );
    const ran = cheetah(['sweep', spec, '--plan', '--plugin', join(folder, 'halves.mjs')]);
    expect(ran.err).toMatch(/format\[0\]\.halves\.bits got 9; give a whole number from 3 to 8/);
    expect(await complaintOf(['sweep', spec, '--plan'])).toMatch(/format\[0\].*'?halves'?/);
  });
});
