/** A training that is killed and gone on from, on other threads. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { MODEL_FILE, WEIGHTS_FILE } from '../../networks/files/model-files.js';
import { MAIN } from './run-cheetah.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-train-'));
afterAll(() => rmSync(root, { recursive: true }));

const train = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, 'train', ...args]);

describe('cheetah train', () => {
  it('killed in the middle and gone on from with other threads, ends with the same bytes; the curve is there', async () => {
    const words = ['--network', 'mlp4', '--train-images', '600', '--epochs', '40', '--quiet'];
    const whole = join(root, 'whole');
    await train(...words, '--out', whole, '--threads', '1');
    for (const [before, after] of [
      ['2', '1'],
      ['1', '2'],
    ] as const) {
      const out = join(root, `killed-${before}`);
      const loud = [
        'train',
        ...words.filter((word) => word !== '--quiet'),
        '--out',
        out,
        '--threads',
        before,
      ];
      const child = spawn(process.execPath, [MAIN, ...loud]);
      child.stderr.on('data', (data: Buffer) => {
        if (/epoch 3\/40: loss/.test(data.toString())) child.kill('SIGKILL');
      });
      await once(child, 'close');
      expect(existsSync(join(out, MODEL_FILE))).toBe(false);
      const resumed = await train(...words, '--out', out, '--threads', after, '--resume');
      expect(resumed.stderr).toBe('');
      for (const file of [MODEL_FILE, WEIGHTS_FILE, 'curve.csv', 'curve.svg']) {
        expect(readFileSync(join(out, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
      }
    }
    const [head, ...epochs] = readFileSync(join(whole, 'curve.csv'), 'utf8').trimEnd().split('\n');
    expect(head).toBe('epoch,loss,train_accuracy,train_images,validation_accuracy,validation_images');
    expect(epochs.map((line) => Number(line.split(',')[0]))).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    expect(readFileSync(join(whole, 'curve.svg'), 'utf8')).toContain('validation images');
  });
});
