import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { checksumOf } from '../../../datasets/checksum.js';
import type { Dataset, Split } from '../../../datasets/dataset.js';
import { UserError } from '../../../errors.js';
import { CHECKPOINT_FILE, findCheckpoint, writeCheckpoint } from '../../../networks/files/checkpoint.js';
import { weightsHash } from '../../../networks/files/model.js';
import type { Network, Node } from '../../../networks/network.js';
import { parseNetwork } from '../../../networks/schema.js';
import {
  DEFAULT_TRAINING,
  rateAt,
  resolveTraining,
  type TrainingOptions,
} from '../../../networks/training/options.js';
import { type Trained, type TrainingCalls, train } from '../../../networks/training/train.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-training-'));
afterAll(() => rmSync(root, { recursive: true }));
let made = 0;
const fresh = (): string => join(root, String(made++));

/** 8×8 images with a bright bar: four classes by its place and direction, under noise. */
function bars(seed: number, train: number, test: number): Dataset {
  const split = (count: number, stream: Stream): Split => {
    const raw = new Uint8Array(count * 64);
    const labels = new Uint8Array(count);
    for (let image = 0; image < count; image++) {
      const label = stream.below(4);
      labels[image] = label;
      const at = stream.below(4) + (label & 1) * 4;
      for (let i = 0; i < 64; i++) {
        const on = (label < 2 ? i >> 3 : i & 7) === at;
        raw[image * 64 + i] = (on ? 130 : 0) + stream.below(110);
      }
    }
    return { count, labels, raw };
  };
  const content = {
    shape: [8, 8, 1],
    classes: ['a', 'b', 'c', 'd'],
    train: split(train, new Stream(seed, 'dataset')),
    test: split(test, new Stream(seed, 'dataset', 1)),
  };
  return { name: 'bars', ...content, mean: [0.25], std: [0.2], checksum: checksumOf(content) };
}

const node = (name: string, operator: Node['operator'], input: string): Node => ({
  name,
  operator,
  inputs: [input],
});

/** Everything that has state or draws: convolution, batch-norm, dropout, dense. */
const NETWORK: Network = {
  name: 'small',
  input: [8, 8, 1],
  classes: 4,
  nodes: [
    node(
      'conv',
      {
        type: 'conv2d',
        filters: 5,
        kernel: [3, 3],
        stride: [1, 1],
        padding: 'same',
        dilation: [1, 1],
        groups: 1,
        bias: 'no-bias',
      },
      'input',
    ),
    node('norm', { type: 'batch-norm', epsilon: 1e-3, momentum: 0.1 }, 'conv'),
    node('relu', { type: 'activation', activation: 'relu' }, 'norm'),
    node('pool', { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [2, 2], padding: 'valid' }, 'relu'),
    node('flat', { type: 'flatten' }, 'pool'),
    node('drop', { type: 'dropout', rate: 0.2 }, 'flat'),
    node('dense', { type: 'dense', units: 4, bias: 'bias' }, 'drop'),
    node('soft', { type: 'softmax' }, 'dense'),
  ],
};

const DATASET = bars(1, 600, 200);
const TINY: Partial<TrainingOptions> = { epochs: 4, batch: 32, seed: 7 };
const trained = (options: Partial<TrainingOptions> = {}, calls: TrainingCalls = {}): Promise<Trained> =>
  train(NETWORK, DATASET, { ...TINY, ...options }, calls);
const hashOf = async (run: Promise<Trained>): Promise<string> => weightsHash((await run).parameters);

class Killed extends Error {}

describe('training', () => {
  it.each([
    ['sgd', 0.03, '0a2aa8baf46bc7c7f786e0826b98f116d1bd67ea729381e2aa4cc32d282e1b94'],
    ['adam', 0.02, '652b0d90fbaa34a60c063e96c18a1e7f1fd8cc02ba6fad49b2ec185f743b939c'],
  ] as const)('%s learns, and gives the same bits every time', async (optimizer, rate, pinned) => {
    const run = await trained({ optimizer, rate });
    const { loss, testCorrect, testCount } = run.history.at(-1)!;
    expect(testCorrect / testCount).toBeGreaterThan(0.9);
    expect(loss).toBeLessThan(run.history[0]!.loss);
    expect(weightsHash(run.parameters)).toBe(await hashOf(trained({ optimizer, rate })));
    expect(weightsHash(run.parameters)).toBe(pinned);
  });

  it('other seeds, rates and schedules give other weights', async () => {
    const options = [
      {},
      { seed: 8 },
      { rate: 0.02 },
      { schedule: 'step' },
      { momentum: 0.8 },
      { decay: 0 },
    ] as const;
    const hashes = [];
    for (const option of options) hashes.push(await hashOf(trained({ epochs: 1, ...option })));
    expect(new Set(hashes).size).toBe(options.length);
  });

  it.each(['sgd', 'adam'] as const)(
    'killed anywhere and resumed, %s ends with the same bits',
    async (optimizer) => {
      const whole = await trained({ optimizer });
      const stops: ((calls: { epochs: number; batches: number }) => boolean)[] = [
        ({ epochs }) => epochs === 1,
        ({ batches }) => batches === 1,
        ({ epochs, batches }) => epochs === 2 && batches > 4,
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
      ...{ network: parseNetwork(NETWORK, 'test'), options: resolveTraining({ ...TINY, epochs: 2 }) },
      ...{ dataset: name, checksum, images: { train: DATASET.train.count, test: DATASET.test.count } },
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
    ['more right than there are', { testCorrect: 1e9 }],
    ['other numbers of images', { testCount: 7, testCorrect: 7 }],
    ['an epoch out of order', { epoch: 2 }],
    ['a negative loss', { loss: -1 }],
  ])('believes no history with %s, even under a right digest', async (_, wrong) => {
    const checkpoint = fresh();
    const { parameters, history } = await trained({ epochs: 3 }, { checkpoint });
    const { checksum, name } = DATASET;
    const options = resolveTraining({ ...TINY, epochs: 3 });
    const images = { train: DATASET.train.count, test: DATASET.test.count };
    const identity = { network: parseNetwork(NETWORK, 'test'), options, dataset: name, checksum, images };
    const found = await findCheckpoint(checkpoint, identity);
    if (found.kind !== 'sound') throw new Error(found.kind);
    const { state } = found.checkpoint;
    for (const bad of [[{ ...history[0]!, ...wrong }], [...history, { ...history[0]!, epoch: 4 }]]) {
      writeCheckpoint(checkpoint, identity, { parameters, state, history: bad });
      expect(await findCheckpoint(checkpoint, identity)).toMatchObject({
        kind: 'damaged',
        what: 'has a history that cannot be',
      });
    }
  });

  it('says when network and dataset do not fit, and when the loss diverges', async () => {
    const wide = { ...NETWORK, input: [9, 8, 1] };
    await expect(train(wide, DATASET, TINY)).rejects.toThrow(
      /takes \[9, 8, 1\] to 4 classes, but dataset bars/,
    );
    const dense: Network = {
      name: 'flat',
      input: [8, 8, 1],
      classes: 4,
      nodes: [
        node('f', { type: 'flatten' }, 'input'),
        node('d', { type: 'dense', units: 4, bias: 'bias' }, 'f'),
      ],
    };
    const wild = train(dense, DATASET, {
      ...TINY,
      rate: 10,
      decay: 1,
      momentum: 0.99,
      schedule: 'constant',
      epochs: 200,
    });
    await expect(wild).rejects.toThrow(UserError);
  });

  it('tells of progress in order, with what is left', async () => {
    const told: string[] = [];
    await trained(
      { epochs: 2 },
      {
        onProgress: ({ epoch, epochs, batch, batches, accuracy, imagesPerSecond, secondsLeft }) => {
          told.push(`${epoch}/${epochs} ${batch}/${batches}`);
          expect(accuracy).toBeGreaterThanOrEqual(0);
          expect(imagesPerSecond).toBeGreaterThan(0);
          expect(secondsLeft).toBeGreaterThanOrEqual(0);
        },
        onEpoch: ({ epoch, trainCount }) => told.push(`epoch ${epoch} of ${trainCount}`),
      },
    );
    expect(told).toEqual([
      '1/2 16/19',
      '1/2 19/19',
      'epoch 1 of 600',
      '2/2 16/19',
      '2/2 19/19',
      'epoch 2 of 600',
    ]);
  });
});

describe('training options', () => {
  it('have defaults, Adam its own rate, and limits', () => {
    expect(resolveTraining({})).toEqual(DEFAULT_TRAINING);
    expect(resolveTraining({ optimizer: 'adam' }).rate).toBe(0.002);
    expect(resolveTraining({ optimizer: 'adam', rate: 0.5 }).rate).toBe(0.5);
    for (const bad of [
      { epochs: 0 },
      { epochs: 1.5 },
      { batch: 5000 },
      { rate: 0 },
      { rate: Number.NaN },
      { momentum: 1 },
      { seed: -1 },
    ]) {
      expect(() => resolveTraining(bad)).toThrow(UserError);
      expect(() => resolveTraining(bad)).toThrow(
        new RegExp(`training: ${Object.keys(bad)[0]} .*is not allowed`),
      );
    }
  });

  it('schedules fall as they say', () => {
    const at = (schedule: TrainingOptions['schedule']) =>
      [0, 59, 60, 79, 80, 89].map((step) => rateAt({ ...DEFAULT_TRAINING, rate: 1, schedule }, step, 90));
    expect(at('constant')).toEqual([1, 1, 1, 1, 1, 1]);
    expect(at('step')).toEqual([1, 1, 0.1, 0.1, 0.01, 0.01]);
    const cosine = [0, 30, 45, 60].map((step) =>
      rateAt({ ...DEFAULT_TRAINING, rate: 1, schedule: 'cosine' }, step, 90),
    );
    cosine.forEach((rate, i) => {
      expect(Math.abs(rate - [1, 0.75, 0.5, 0.25][i]!)).toBeLessThan(1e-15);
    });
  });
});
