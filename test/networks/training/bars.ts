/** A small data set and network, and short trainings on them. */
import { Stream } from '../../../arithmetic/philox.js';
import { checksumOf } from '../../../datasets/checksum.js';
import type { Dataset, Split } from '../../../datasets/dataset.js';
import { weightsHash } from '../../../networks/files/model.js';
import type { Network, Node } from '../../../networks/network.js';
import type { TrainingOptions } from '../../../networks/training/options.js';
import { type Trained, type TrainingCalls, train } from '../../../networks/training/train.js';

/** 8×8 images with a bright bar: four classes by its place and direction, under noise. */
export function bars(seed: number, train: number, test: number): Dataset {
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

export const node = (name: string, operator: Node['operator'], input: string): Node => ({
  name,
  operator,
  inputs: [input],
});

/** Everything that has state or draws: convolution, batch-norm, dropout, dense. */
export const NETWORK: Network = {
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

export const DATASET = bars(1, 600, 200);
export const TINY: Partial<TrainingOptions> = { epochs: 4, batch: 32, seed: 7 };
export const trained = (
  options: Partial<TrainingOptions> = {},
  calls: TrainingCalls = {},
): Promise<Trained> => train(NETWORK, DATASET, { ...TINY, ...options }, calls);
export const hashOf = async (run: Promise<Trained>): Promise<string> => weightsHash((await run).parameters);
