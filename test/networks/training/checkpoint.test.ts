/** A training that is stopped and goes on from its checkpoint, and checkpoints that are not its own or not whole. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { validationCount } from '../../../datasets/validation.js';
import { CHECKPOINT_FILE, findCheckpoint, writeCheckpoint } from '../../../networks/files/checkpoint.js';
import { weightsHash } from '../../../networks/files/model.js';
import { parseNetwork } from '../../../networks/schema.js';
import { resolveTraining } from '../../../networks/training/options.js';
import { train } from '../../../networks/training/train.js';
import { bars, DATASET, hashOf, NETWORK, TINY, trained } from './bars.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-training-'));
afterAll(() => rmSync(root, { recursive: true }));
let made = 0;
const fresh = (): string => join(root, String(made++));

class Killed extends Error {}

const VALIDATION = validationCount(DATASET.train.count);
const IMAGES = { train: DATASET.train.count - VALIDATION, validation: VALIDATION };

describe('checkpoints of a training', () => {
  it.each(['sgd', 'adam'] as const)(
    'killed anywhere and resumed, %s ends with the same bits',
    async (optimizer) => {
      const whole = await trained({ optimizer });
      const stops: ((calls: { epochs: number; batches: number }) => boolean)[] = [
        ({ epochs }) => epochs === 1,
        ({ batches }) => batches === 1,
        ({ epochs, batches }) => epochs === 2 && batches > 2,
        ({ epochs }) => epochs === 3,
      ];
      for (const stop of stops) {
        const checkpoint = fresh();
        const seen = { epochs: 0, batches: 0 };
        const check = (): void => {
          if (stop(seen)) throw new Killed();
        };
        const first = trained(
          { optimizer },
          {
            checkpoint,
            onProgress: () => {
              seen.batches++;
              check();
            },
            onEpoch: () => {
              seen.epochs++;
              check();
            },
          },
        );
        await expect(first).rejects.toThrow(Killed);
        const resumed = await trained({ optimizer }, { checkpoint, start: 'resume' });
        expect(weightsHash(resumed.parameters)).toBe(weightsHash(whole.parameters));
        expect(resumed.history).toEqual(whole.history);
        expect(readdirSync(checkpoint)).toEqual([CHECKPOINT_FILE]);
      }
    },
  );

  it('a finished training resumes to itself, and a fresh start forgets the checkpoint', async () => {
    const checkpoint = fresh();
    const hash = await hashOf(trained({ epochs: 2 }, { checkpoint }));
    let epochs = 0;
    const counting = { checkpoint, onEpoch: () => void epochs++ };
    expect(await hashOf(trained({ epochs: 2 }, { ...counting, start: 'resume' }))).toBe(hash);
    expect(epochs).toBe(0);
    expect(await hashOf(trained({ epochs: 2 }, { ...counting, start: 'fresh' }))).toBe(hash);
    expect(epochs).toBe(2);
  });

  it('refuses a checkpoint of another training, a damaged one and one that is none, in one line', async () => {
    const checkpoint = fresh();
    await trained({ epochs: 1 }, { checkpoint });
    const resume = { checkpoint, start: 'resume' } as const;
    await expect(trained({ epochs: 1, seed: 8 }, resume)).rejects.toThrow(
      /another training: option seed differs/,
    );
    await expect(trained({ epochs: 2 }, resume)).rejects.toThrow(/option epochs differs/);
    const other = train(NETWORK, bars(2, 600, 200), { ...TINY, epochs: 1 }, resume);
    await expect(other).rejects.toThrow(/the dataset's content differs/);
    const path = join(checkpoint, CHECKPOINT_FILE);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 5));
    await expect(trained({ epochs: 1 }, resume)).rejects.toThrow(
      /checkpoint\.safetensors is cut or altered; its epochs are lost: remove it/,
    );
    writeFileSync(path, Buffer.from('\u0002\0\0\0\0\0\0\0{}'));
    await expect(trained({ epochs: 1 }, resume)).rejects.toThrow(/is not a checkpoint/);
  });

  it('knows a checkpoint with any bit altered, and over it trains to the same bits again', async () => {
    const checkpoint = fresh();
    const hash = await hashOf(trained({ epochs: 2 }, { checkpoint }));
    const path = join(checkpoint, CHECKPOINT_FILE);
    const whole = readFileSync(path);
    const { checksum, name } = DATASET;
    const identity = {
      network: parseNetwork(NETWORK, 'test'),
      options: resolveTraining({ ...TINY, epochs: 2 }),
      dataset: name,
      checksum,
      images: IMAGES,
    };
    expect((await findCheckpoint(checkpoint, identity)).kind).toBe('sound');
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 150)) {
      const altered = Buffer.from(whole);
      altered[at]! ^= 1 << (at % 8);
      writeFileSync(path, altered);
      expect((await findCheckpoint(checkpoint, identity)).kind, `byte ${at}`).not.toBe('sound');
    }
    const notes: string[] = [];
    const calls = { checkpoint, start: 'continue', onNote: (text: string) => void notes.push(text) } as const;
    expect(await hashOf(trained({ epochs: 2 }, calls))).toBe(hash);
    expect(notes).toEqual([
      expect.stringMatching(/checkpoint\.safetensors is .*; its epochs are lost, the training starts again$/),
    ]);
    expect(readFileSync(path)).toEqual(whole);
  });

  it.each([
    ['more right than there are', { validationCorrect: 1e9 }],
    ['other numbers of images', { validationCount: 7, validationCorrect: 7 }],
    ['an epoch out of order', { epoch: 2 }],
    ['a negative loss', { loss: -1 }],
  ])('believes no history with %s, even under a right digest', async (_, wrong) => {
    const checkpoint = fresh();
    const { parameters, history } = await trained({ epochs: 3 }, { checkpoint });
    const { checksum, name } = DATASET;
    const options = resolveTraining({ ...TINY, epochs: 3 });
    const identity = {
      network: parseNetwork(NETWORK, 'test'),
      options,
      dataset: name,
      checksum,
      images: IMAGES,
    };
    const found = await findCheckpoint(checkpoint, identity);
    if (found.kind !== 'sound') throw new Error(found.kind);
    const { state } = found.checkpoint;
    for (const bad of [[{ ...history[0]!, ...wrong }], [...history, { ...history[0]!, epoch: 4 }]]) {
      writeCheckpoint(checkpoint, identity, { parameters, state, history: bad, partial: undefined });
      expect(await findCheckpoint(checkpoint, identity)).toMatchObject({
        kind: 'damaged',
        what: 'has a history that cannot be',
      });
    }
  });
});
