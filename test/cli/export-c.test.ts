import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyOperator, withTensor } from '../networks/tflite/small-models.js';
import { writeTflite } from '../networks/tflite/write-tflite.js';
import { complaintOf, performed } from './in-process.js';

const cwd = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(cwd, { recursive: true }));
beforeAll(() => {
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
    [['absent.tflite', '--output', 'no.c'], 'absent.tflite'],
  ])('refuses %j', async (args, complaint) => {
    expect(await complaintOf(['export-c', ...args], cwd)).toContain(complaint);
    expect(existsSync(join(cwd, 'no.c'))).toBe(false);
  });
});
