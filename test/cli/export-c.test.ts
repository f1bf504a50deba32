import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../networks/files/model.js';
import { initialParameters } from '../../networks/parameters.js';
import { exportPoint } from '../../sweep/one-point.js';
import { checkSpec } from '../../sweep/spec.js';
import { everyOperator, withTensor } from '../networks/tflite/small-models.js';
import { writeTflite } from '../networks/tflite/write-tflite.js';
import { complaintOf, performed } from './in-process.js';
import { SMALL_NETWORK } from './small-network.js';

const cwd = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(cwd, { recursive: true }));
beforeAll(async () => {
  await saveModel(join(cwd, 'model'), {
    network: SMALL_NETWORK,
    parameters: initialParameters(SMALL_NETWORK, 1),
  });

  const model = everyOperator('int8');
  writeFileSync(join(cwd, 'small.tflite'), writeTflite(model));
  const floats = model.tensors.map(({ shape }) => ({ shape, type: 'float32' }));
  const relu = { name: 'RESHAPE', inputs: [0], outputs: [1] };
  writeFileSync(
    join(cwd, 'floats.tflite'),
    writeTflite({ tensors: floats.slice(0, 2), operators: [relu], inputs: [0], outputs: [1] }),
  );
  const loose = withTensor(model, 4, { scales: [1e-15] });
  writeFileSync(join(cwd, 'tiny-scale.tflite'), writeTflite(loose));
});

describe('cheetah export-c', () => {
  it.each([
    ['integer-tflite', 'int8'],
    ['integer-jacob', 'uint8'],
  ])('writes a saved model in the scheme of --dataflow %s', async (dataflow, type) => {
    const words = ['model', '--output', 'model.c', '--dataset', 'strokes', '--calibration-images', '20'];
    const { out, code } = await performed(['export-c', ...words, '--dataflow', dataflow], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/^model_run in model\.c and model\.json: constants \d+ bytes, arena 16 bytes\n$/);
    expect(readFileSync(join(cwd, 'model.c'), 'utf8')).toContain(
      `void model_run(const ${type}_t *input, ${type}_t *output) {`,
    );
    const { steps } = JSON.parse(readFileSync(join(cwd, 'model.json'), 'utf8'));
    const macs = steps.filter(({ kind }: { kind: string }) => kind === 'dense');
    const multipliers = macs.map(({ rescale }: never) => (rescale as { multipliers: [] }).multipliers.length);
    expect(multipliers).toEqual(type === 'int8' ? [16, 10] : [1, 1]);
  });

  it('writes a saved model in posits with --dataflow emac', async () => {
    const words = ['model', '--output', 'posits.c', '--dataset', 'strokes', '--calibration-images', '20'];
    const { out, code } = await performed(
      ['export-c', ...words, '--dataflow', 'emac', '--format', 'posit8es1', '--underflow', 'half'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^posits_run in posits\.c and posits\.json: constants \d+ bytes, arena \d+ bytes\n$/);
    const text = readFileSync(join(cwd, 'posits.c'), 'utf8');
    expect(text).toContain('void posits_run(const uint8_t *input, uint8_t *output_0, int64_t *output_1) {');
    const { steps, tables } = JSON.parse(readFileSync(join(cwd, 'posits.json'), 'utf8'));
    expect(steps.map(({ kind }: { kind: string }) => kind)).toEqual(['dense', 'dense-sums', 'round']);
    expect(tables[0]).toMatchObject({ format: 'posit8es1', zeroPoint: 0, unitExponent: -12 });
    const { least, codes } = { least: steps[0].thresholds.rows[0], codes: steps[0].thresholds.codes };
    expect(text.replaceAll(/INT64_C\((-?\d+)\)/g, '$1').replaceAll(/\s+/g, ' ')).toContain(
      `{ ${least.join(', ')}, }`,
    );
    expect(codes).toHaveLength(least.length + 1);
  });

  it('leaves out the softmax of a file where so asked; a model of ours has none', async () => {
    const words = ['export-c', 'small.tflite', '--output', 'small.c'];
    for (const [more, type] of [
      [[], 'softmax'],
      [['--softmax', 'left-out'], 'dense'],
    ] as const) {
      expect((await performed([...words, ...more], { cwd })).code).toBe(0);
      const { steps } = JSON.parse(readFileSync(join(cwd, 'small.json'), 'utf8'));
      expect(steps.at(-1).kind).toBe(type);
      expect(readFileSync(join(cwd, 'small.c'), 'utf8').includes('softmax_int8(')).toBe(more.length === 0);
    }
    const ours = ['export-c', 'model', '--output', 'no.c', '--dataset', 'strokes', '--softmax', 'computed'];
    expect(await complaintOf(ours, cwd)).toBe(
      'cheetah: --softmax computed: a model of ours is written up to its logits, without a softmax; leave it out',
    );
  });

  it('refuses a dataflow that has no integers to write', async () => {
    const weights = join(cwd, 'model');
    const given = { name: 'one', dataset: 'strokes', weights, format: ['affine8'], dataflow: 'simulated' };
    const spec = checkSpec({ ...given, testImages: 1, calibrationImages: 20 }, 'one', 'options');
    await expect(exportPoint(spec, join(cwd, 'no.c'))).rejects.toThrow(
      'dataflow simulated has no network of integers to write; use emac, integer-tflite or integer-jacob',
    );
  });

  it('writes C and the JSON of its integers, and says how large they are', async () => {
    const { out, code } = await performed(['export-c', 'small.tflite', '--output', 'a b.c', '--json'], {
      cwd,
    });
    expect(code).toBe(0);
    const told = JSON.parse(out);
    expect(told).toMatchObject({ files: ['a b.c', 'a b.json'], run: 'a_b_run' });
    const text = readFileSync(join(cwd, 'a b.c'), 'utf8');
    expect(text).toContain('void a_b_run(const int8_t *input, int8_t *output) {');
    expect(text).toContain(`Constants ${told.constantBytes} bytes, arena ${told.arenaBytes} bytes`);
    const integers = JSON.parse(readFileSync(join(cwd, 'a b.json'), 'utf8'));
    const kinds = integers.steps.map(({ kind }: { kind: string }) => kind);
    expect(kinds.join(' ')).toBe(
      'convolution depthwise add multiply max-pool average-pool concat copy dense softmax',
    );
    for (const { name, weights, bias, rescale } of integers.steps) {
      for (const list of [weights, bias, rescale?.multipliers, rescale?.shifts]) {
        if (list === undefined) continue;
        const stated = new RegExp(`_\\w+\\[${list.length}\\] = \\{\\s*${list.join(',\\s*')},\\s*\\}`);
        expect(text, name).toMatch(stated);
      }
    }

    const arrays = [...text.matchAll(/^static const (\w+)_t \w+\[(\d+)\]/gm)];
    const bytes = { int8: 1, uint8: 1, int32: 4 } as Readonly<Record<string, number>>;
    const sum = arrays.reduce((all, [, type, length]) => all + bytes[type!]! * Number(length), 0);
    expect(told.constantBytes).toBe(sum);
  });

  it('says it in one line otherwise', async () => {
    const { out } = await performed(['export-c', 'small.tflite', '--output', 'small.c'], { cwd });
    expect(out).toMatch(/^small_run in small\.c and small\.json: constants \d+ bytes, arena \d+ bytes\n$/);
  });

  it.each([
    [
      ['small.tflite', '--output', 'small.txt'],
      'small.txt: a C file is written; give a name that ends in .c',
    ],
    [
      ['floats.tflite', '--output', 'no.c'],
      'floats.tflite is a model of floats; export-c writes integers alone',
    ],
    [['tiny-scale.tflite', '--output', 'no.c'], 'scales give a multiplier of'],
    [['small.tflite', '--output', 'no.c', '--requantize', 'float32'], 'gemmlowp'],
    [
      ['small.tflite', '--output', 'no.c', '--quantizer', 'linear:max'],
      'has its scales already; leave it out',
    ],
    [
      ['model', '--output', 'no.c', '--dataset', 'strokes', '--dataflow', 'emac'],
      '--dataflow emac needs a format; give one of up to 8 bits, such as --format posit8es1',
    ],
    [
      ['model', '--output', 'no.c', '--dataset', 'strokes', '--scale-bits', '53'],
      '--scale-bits 53: integer-tflite has its own; leave it out, or give --dataflow emac',
    ],
    [['absent.tflite', '--output', 'no.c'], 'absent.tflite'],
  ])('refuses %j', async (args, complaint) => {
    expect(await complaintOf(['export-c', ...args], cwd)).toContain(complaint);
    expect(existsSync(join(cwd, 'no.c'))).toBe(false);
  });
});
