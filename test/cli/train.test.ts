import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel, MODEL_FILE, WEIGHTS_FILE } from '../../networks/files.js';
import { getNetwork } from '../../networks/zoo/registry.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-train-'));
afterAll(() => rmSync(root, { recursive: true }));
const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cheetah(...args: string[]): Promise<Result> {
  try {
    const run = await promisify(execFile)(process.execPath, ['--import', 'tsx', main, 'train', ...args]);
    return { code: 0, ...run };
  } catch (error) {
    const { code, stdout, stderr } = error as Result;
    return { code, stdout, stderr };
  }
}

const small = ['--network', 'mlp4', '--train-images', '300', '--test-images', '100', '--epochs', '2'];

describe('cheetah train', () => {
  it('saves a model, tells of each epoch, and gives the same bytes again and resumed', async () => {
    const [a, b] = [join(root, 'a'), join(root, 'b')];
    const first = await cheetah(...small, '--out', a);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(
      /^mlp4 on strokes, float32: [\d.]+ % \(95 % interval [\d.]+ to [\d.]+ %\) of 100 test images\nsaved in /,
    );
    expect(first.stderr).toMatch(
      /epoch 1\/2: loss [\d.]+, training [\d.]+ %, test [\d.]+ %, [\d,]+ images\/s\n/,
    );
    expect(first.stderr).toMatch(/epoch 2\/2: loss/);
    const model = await loadModel(a);
    expect(model.notes).toMatchObject({ dataset: 'strokes', seed: 0, epochs: 2, testCount: 100 });
    await cheetah(...small, '--out', b);
    const resumed = await cheetah(...small, '--out', b, '--resume');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).not.toMatch(/epoch/);
    for (const file of [MODEL_FILE, WEIGHTS_FILE]) {
      expect(readFileSync(join(b, file))).toEqual(readFileSync(join(a, file)));
    }
  });

  it('takes a network from a JSON file', async () => {
    const path = join(root, 'net.json');
    writeFileSync(path, JSON.stringify({ ...getNetwork('mlp4', [28, 28, 1], 10), name: 'mine' }));
    const run = await cheetah(...small, '--network', path, '--epochs', '1', '--out', join(root, 'c'));
    expect(run.stderr).toMatch(/^mine on strokes: 567,434 parameters/);
    expect(run.code).toBe(0);
  });

  it.each([
    [['--network', 'lenet'], /network 'lenet' is unknown.*did you mean lenet5/],
    [['--epochs', '0'], /training: epochs 0 is not allowed/],
    [['--optimizer', 'sdg'], /optimizer/],
    [['--network', 'missing.json'], /missing\.json: there is no such file/],
    [['--dataset', 'iris2'], /dataset iris2 is unknown/],
  ])('%j is one clear line and exit code 1', async (args, message) => {
    const { code, stderr } = await cheetah('--out', join(root, 'd'), ...args);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
