import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataflowNames, getDataflow, registerDataflow } from '../../../networks/dataflows/registry.js';
import { readRows } from '../../../sweep/rows.js';
import { performed } from '../../cli/in-process.js';
import { cheetah } from '../../cli/run-cheetah.js';
import { writeSmallNetwork } from '../../cli/small-network.js';

/** A dataflow is one file: float32 that takes every image for a picture of its last class but one. */
const TOY = `import { compileFloat, registerDataflow } from 'cheetah-numerics';

registerDataflow({
  name: 'stubborn',
  meaning: 'always of one opinion',
  encodings: 'every edge and layer',
  fixed: { logits: 'rounded', accumulator: { kind: 'float32' } },
  compile(program, table, choices, room) {
    const plan = compileFloat(program, room);
    const predictions = new Int32Array(room.batch).fill(program.classes - 2);
    return {
      ...plan,
      dataflow: 'stubborn',
      run: (images, count, first) => ({ ...plan.run(images, count, first), predictions }),
    };
  },
});
`;

let folder = '';
let network = '';
let plugin: string[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-toy-'));
  network = writeSmallNetwork(folder);
  writeFileSync(join(folder, 'stubborn.mjs'), TOY);
  plugin = ['--plugin', join(folder, 'stubborn.mjs')];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a dataflow of the user’s own', () => {
  it('runs through a sweep beside the others, on worker threads, and through evaluate', async () => {
    const spec = join(folder, 'toy.yaml');
    writeFileSync(
      spec,
      `name: toy
dataset: strokes
testImages: 40
network: ${network}
training: { epochs: 1, trainImages: 100 }
format: [posit6es1]
dataflow: [stubborn, emac, simulated, float]
logits: [rounded, accumulator]
calibrationImages: 20
`,
    );
    const out = join(folder, 'toy.csv');
    const ran = cheetah(['sweep', spec, '--out', out, '--threads', '2', ...plugin]);
    expect(ran.err).not.toContain('cheetah:');
    const rows = readRows(out);
    // its logits are fixed: two logit rules are one point of it, and of emac two
    expect(rows.map(({ dataflow, logits }) => `${dataflow} ${logits}`)).toEqual([
      'float rounded',
      'stubborn rounded',
      'emac rounded',
      'simulated rounded',
      'emac accumulator',
    ]);
    // every tenth picture is of class 8
    expect(rows[1]).toMatchObject({ accuracy: 0.1, edpPjNs: undefined, atMax: undefined });
    const model = join(folder, 'model');
    const sizes = ['--train-images', '100', '--test-images', '40', '--epochs', '1'];
    const trained = await performed(['train', '--network', network, ...sizes, '--out', model]);
    expect(trained.code).toBe(0);
    const flow = ['--dataflow', 'stubborn', '--test-images', '40', '--calibration-images', '20', '--json'];
    const row = JSON.parse(
      cheetah(['evaluate', 'posit6es1', '--weights', model, ...flow, ...plugin]).out,
    ) as object;
    expect(row).toMatchObject({ dataflow: 'stubborn', accuracy: 0.1, scale_bits: 16, edp_pj_ns: null });
  });

  it('needs its plugin, and a name that is free and a name', () => {
    expect(dataflowNames()).toEqual([
      'emac',
      'simulated',
      'float',
      'integer-tflite',
      'integer-jacob',
      'integer-yao',
    ]);
    expect(() => getDataflow('emacs')).toThrow(
      "dataflow 'emacs' is unknown; did you mean emac? (known: emac, simulated, float, integer-tflite, integer-jacob, integer-yao)",
    );
    const emac = getDataflow('emac');
    expect(() => registerDataflow(emac)).toThrow("dataflow 'emac' is already registered");
    expect(() => registerDataflow({ ...emac, name: 'Not this' })).toThrow(/lower-case letters/);
  });
});
