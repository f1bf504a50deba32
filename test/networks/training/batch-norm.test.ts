/** Batch-norm over a batch that is cut into shards: the statistics are the whole batch's, numerically. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { createKernels } from '../../../kernels/loader.js';
import type { Pass } from '../../../networks/operators/operator.js';
import { parseNetwork } from '../../../networks/schema.js';
import { alone, ONLY_LANE, TrainingGraph } from '../../../networks/training/graph.js';
import { shardOf } from '../../../networks/training/shards.js';

const CHANNELS = 5;
const PIXELS = 6;
const SIZE = CHANNELS * PIXELS;
const EPSILON = 1e-3;
const MOMENTUM = 0.1;
const NETWORK = parseNetwork(
  {
    name: 'norms',
    input: [2, 3, CHANNELS],
    classes: SIZE,
    nodes: [
      {
        name: 'norm',
        operator: { type: 'batch-norm', epsilon: EPSILON, momentum: MOMENTUM },
        inputs: ['input'],
      },
      { name: 'flat', operator: { type: 'flatten' }, inputs: ['norm'] },
    ],
  },
  'test',
);
const TRAIN = (first: number): Pass => ({ mode: 'train', seed: 1, step: 0, first });

const random = (stream: Stream, length: number, scale: number, shift: number): Float32Array =>
  Float32Array.from({ length }, () => shift + scale * (2 * stream.uniform() - 1));

/** Images one after another, as the shards of a batch hold them. */
function spread(
  graph: TrainingGraph,
  count: number,
  images: Float32Array,
  put: 'images' | 'logitGradients',
): void {
  graph.shards.forEach((shard, i) => {
    const { first, count: own } = shardOf(count, i);
    shard[put].set(images.subarray(first * SIZE, (first + own) * SIZE));
  });
}

function collected(graph: TrainingGraph, count: number): Float32Array {
  const all = new Float32Array(count * SIZE);
  graph.shards.forEach((shard, i) => {
    const { first, count: own } = shardOf(count, i);
    all.set(shard.logits.subarray(0, own * SIZE), first * SIZE);
  });
  return all;
}

describe('batch-norm in training', () => {
  it.each([2, 5, 8, 21])('of %i images in eight shards is that of the whole batch', (count) => {
    const stream = new Stream(count, 'weights');
    const graph = new TrainingGraph(createKernels(), NETWORK, count, 1);
    const gamma = random(stream, CHANNELS, 1, 1.5);
    const beta = random(stream, CHANNELS, 1, 0);
    const [runningMean, runningVariance] = [random(stream, CHANNELS, 1, 0), random(stream, CHANNELS, 0.5, 1)];
    const tensor = (data: Float32Array) => ({ shape: [CHANNELS], data });
    graph.fill(
      new Map([
        ['norm.gamma', tensor(gamma)],
        ['norm.beta', tensor(beta)],
        ['norm.mean', tensor(runningMean)],
        ['norm.variance', tensor(runningVariance)],
      ]),
    );
    // far from 0, where a mean of squares less a square of means would have lost everything
    const x = random(stream, count * SIZE, 1, 300);
    spread(graph, count, x, 'images');
    for (const _ of graph.forward(count, TRAIN, ONLY_LANE)) throw new Error('one thread waits for none');
    const y = collected(graph, count);
    const parameters = graph.parameters();
    const rows = count * PIXELS;
    for (let c = 0; c < CHANNELS; c++) {
      const own = Array.from({ length: rows }, (_, row) => x[row * CHANNELS + c]!);
      const mean = own.reduce((sum, value) => sum + value, 0) / rows;
      const squares = own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const inverse = 1 / Math.sqrt(squares / rows + EPSILON);
      own.forEach((value, row) => {
        const expected = gamma[c]! * (value - mean) * inverse + beta[c]!;
        // the mean is rounded to float32, whose steps are 3e-5 at 300
        expect(Math.abs(y[row * CHANNELS + c]! - expected)).toBeLessThan(2e-4);
      });
      const tracked = (name: string) => parameters.get(`norm.${name}`)!.data[c]!;
      expect(tracked('mean')).toBeCloseTo((1 - MOMENTUM) * runningMean[c]! + MOMENTUM * mean, 4);
      const unbiased = squares / (rows - 1);
      expect(tracked('variance')).toBeCloseTo((1 - MOMENTUM) * runningVariance[c]! + MOMENTUM * unbiased, 6);
    }
  });

  it('gives back gradients that central differences confirm, over all shards at once', () => {
    const count = 9;
    const stream = new Stream(77, 'weights');
    const graph = new TrainingGraph(createKernels(), NETWORK, count, 1);
    const gamma = random(stream, CHANNELS, 0.5, 1);
    const tensor = (data: Float32Array) => ({ shape: [CHANNELS], data });
    const fill = (values: Float32Array): void =>
      graph.fill(
        new Map([
          ['norm.gamma', tensor(values)],
          ['norm.beta', tensor(new Float32Array(CHANNELS))],
          ['norm.mean', tensor(new Float32Array(CHANNELS))],
          ['norm.variance', tensor(new Float32Array(CHANNELS).fill(1))],
        ]),
      );
    const x = random(stream, count * SIZE, 2, 0.5);
    const slopes = random(stream, count * SIZE, 1, 0);
    const loss = (values: Float32Array, weights: Float32Array): number => {
      fill(weights);
      spread(graph, count, values, 'images');
      for (const _ of graph.forward(count, TRAIN, { ...ONLY_LANE, meet: alone })) throw new Error('waits');
      return collected(graph, count).reduce((sum, y, i) => sum + y * slopes[i]!, 0);
    };
    loss(x, gamma);
    spread(graph, count, slopes, 'logitGradients');
    for (const _ of graph.backward(count, ONLY_LANE)) throw new Error('one thread waits for none');
    const held = graph.held.find(({ name }) => name === 'norm.gamma')!;
    for (let c = 0; c < CHANNELS; c++) {
      let gradient = 0;
      for (let s = 0; s < 8; s++)
        gradient += graph.kernels.f32(held.gradients + s * held.apart, CHANNELS)[c]!;
      const moved = (by: number) => gamma.map((value, i) => (i === c ? value + by : value));
      const slope = (loss(x, moved(0.05)) - loss(x, moved(-0.05))) / 0.1;
      expect(gradient).toBeCloseTo(slope, 2);
    }
  });
});
