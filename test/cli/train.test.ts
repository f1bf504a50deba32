import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../networks/files/model.js';
import { MODEL_FILE, WEIGHTS_FILE } from '../../networks/files/model-files.js';
import { complaintOf, performed } from './in-process.js';
import { MAIN } from './run-cheetah.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-train-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cheetah(...args: string[]): Promise<Result> {
  try {
    const run = await promisify(execFile)(process.execPath, [MAIN, 'train', ...args]);
    return { code: 0, ...run };
  } catch (error) {
    const { code, stdout, stderr } = error as Result;
    return { code, stdout, stderr };
  }
}

describe('cheetah train', () => {
  it('says after Ctrl-C what is kept', async () => {
    const out = join(root, 'stopped');
    const words = ['train', '--network', 'mlp4', '--train-images', '400', '--epochs', '1000'];
    const child = spawn(process.execPath, [MAIN, ...words, '--out', out]);
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => {
      const first = !/loss/.test(stderr);
      stderr += data.toString();
      if (first && /loss/.test(stderr)) child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(stderr).toMatch(/\nstopped: what is done is kept in .*stopped; .*--resume goes on from it\n$/);
  });

  it('trains a network from a JSON file, tells of each epoch, saves it, and resumes to the same bytes', async () => {
    const path = join(root, 'net.json');
    const nodes = [
      { name: 'flat', operator: { type: 'flatten' }, inputs: ['input'] },
      { name: 'dense', operator: { type: 'dense', units: 10 }, inputs: ['flat'] },
    ];
    writeFileSync(path, JSON.stringify({ name: 'mine', input: [28, 28, 1], classes: 10, nodes }));
    const out = join(root, 'out');
    const options = ['--network', path, '--train-images', '300', '--test-images', '100', '--epochs', '2'];
    const first = await cheetah(...options, '--out', out);
    expect(first.stderr).toMatch(/^mine on strokes: 7,850 parameters, 7,840 multiply-accumulates an image/);
    expect(first.stderr).toMatch(
      /epoch 1\/2: loss [\d.]+, training [\d.]+ %, validation [\d.]+ %, [\d,]+ images\/s\n/,
    );
    expect(first.stderr).toMatch(/epoch 2\/2: loss/);
    expect(first.stdout).toMatch(
      /^mine on strokes, float32: [\d.]+ % \(95 % interval [\d.]+ to [\d.]+ %\) of 100 test images\nsaved in /,
    );
    expect(first.code).toBe(0);
    const model = await loadModel(out);
    expect(model.notes).toMatchObject({ dataset: 'strokes', seed: 0, epochs: 2, testCount: 100 });
    const saved = [MODEL_FILE, WEIGHTS_FILE].map((file) => readFileSync(join(out, file)));
    rmSync(join(out, WEIGHTS_FILE));
    const resumed = await performed(['train', ...options, '--out', out, '--resume']);
    expect([resumed.code, resumed.out]).toEqual([0, first.stdout]);
    expect(resumed.err).not.toMatch(/epoch/);
    expect([MODEL_FILE, WEIGHTS_FILE].map((file) => readFileSync(join(out, file)))).toEqual(saved);
    const quiet = await performed(['train', ...options, '--out', out, '--json', '--quiet']);
    expect(quiet.err).toBe('');
    const result = JSON.parse(quiet.out);
    expect(result).toMatchObject({ network: 'mine', dataset: 'strokes', out, options: { epochs: 2 } });
    expect(result.accuracy).toBe((model.notes.testCorrect as number) / 100);
    expect(result.history).toHaveLength(2);
  });

  it.each([
    [['--recipe', 'lenet5-minst'], /recipe 'lenet5-minst' is unknown.*did you mean lenet5-mnist/],
    [['--shift', '1', '--crop', '1'], /shift 1 and crop 1 both move images; give one of them/],
    [['--smoothing', '0.95'], /training: smoothing 0.95 is not allowed/],
    [['--threads', '0'], /--threads 0/],
    [['--network', 'lenet'], /network 'lenet' is unknown.*did you mean lenet5/],
    [['--epochs', '0'], /training: epochs 0 is not allowed/],
    [['--optimizer', 'sdg'], /optimizer/],
    [['--seed', '1', '--seed', '2'], /--seed is given more than once/],
    [['--network', 'missing.json'], /missing\.json:? does not exist/],
    [['--dataset', 'iris2'], /dataset iris2 is unknown/],
  ])('%j is one clear line', async (args, message) => {
    expect(await complaintOf(['train', '--out', join(root, 'd'), ...args])).toMatch(message);
  });
});
