/** A network of which one knows by hand which layer a format ruins; ties and margins; runs that fail. */
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../datasets/dataset.js';
import { calibrationIndices } from '../../../datasets/load.js';
import type { Parameters } from '../../../networks/network.js';
import { parseNetwork } from '../../../networks/schema.js';
import { seedContext } from '../../../sweep/prepare.js';
import { isWithin } from '../../../sweep/sensitivity/difference.js';
import { assignmentEntry } from '../../../sweep/sensitivity/layers.js';
import { byLoss } from '../../../sweep/sensitivity/rank.js';
import { runOf } from '../../../sweep/sensitivity/trial.js';
import { startStudy } from '../../../sweep/study.js';
import { Threads } from '../../../sweep/threads.js';

/** Images (1, 1) of class 1 and (2, 1) of class 0: the second class has 1.2 times the second pixel. */
function split(count: number) {
  const raw = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) raw.set(i % 2 === 0 ? [1, 1] : [2, 1], 2 * i);
  return { count, labels: Uint8Array.from({ length: count }, (_, i) => (i + 1) % 2), raw };
}

const dataset: Dataset = {
  name: 'pairs',
  shape: [2],
  classes: ['first', 'second'],
  mean: [0, 0],
  std: [1, 1],
  train: split(80),
  test: split(30),
  checksum: 'c0ffee'.repeat(8),
};
const dense = (name: string, input: string) => ({
  name,
  inputs: [input],
  operator: { type: 'dense', units: 2, bias: 'no-bias' },
});
const network = parseNetwork(
  {
    name: 'by-hand',
    input: [2],
    classes: 2,
    nodes: [dense('even', 'input'), dense('fine', 'even'), dense('last', 'fine')],
  },
  'by-hand',
);
const matrix = (a: number, b: number, c: number, d: number) => ({
  shape: [2, 2],
  data: Float32Array.of(a, b, c, d),
});
/** float4e2m1 has 1 and 2, and rounds 1.2 to 1: then both logits of (1, 1) are 1, and the first class wins. */
const parameters: Parameters = new Map([
  ['even.weight', matrix(1, 0, 0, 1)],
  ['fine.weight', matrix(1, 0, 0, 1.2000000476837158)],
  ['last.weight', matrix(1, 0, 0, 1)],
]);
const request = { formats: ['float4e2m1f'], quantizer: 'rounding' };

describe('a network whose second layer alone needs a fine format', () => {
  it('has that layer first, half the images lost; the others lose nothing and stand in their order', async () => {
    const study = await startStudy({ dataset, network, parameters });
    const { formats, ranking, images, wideRight } = await study.sensitivity({ ...request, margin: 0 });
    // nobody says what these weights were trained on
    expect({ ranking, images, wideRight }).toEqual({ ranking: 'calibration', images: 60, wideRight: 60 });
    const [{ layers, lost, assignment }] = formats as [(typeof formats)[number]];
    const half = layers.find(({ layer }) => layer === 'fine')!.lost;
    expect(layers.map(({ layer }) => layer)).toEqual(['fine', 'last', 'input', 'even']);
    const kept = [...calibrationIndices(dataset, 1000, 0)].filter((index) => index % 2 === 1).length;
    expect(half.secondRight).toBe(kept);
    expect(half.share).toBe((60 - kept) / 60);
    expect(lost).toEqual(half);
    expect(layers.slice(1).map((one) => [one.lost.share, one.gained.share])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(layers[0]!.gained.share).toBe(half.share);
    // the logits of the last layer lose as much as what `fine` writes, but exact sums are what is compared
    expect(layers[1]!.sqnr).toBeLessThan(40);
    expect(layers[2]!.sqnr).toBe(Number.POSITIVE_INFINITY);
    expect(assignment.widened).toEqual(['fine']);
    expect(assignment.lost.share).toBe(0);
    expect(assignment.test).toMatchObject({ right: 30, images: 30, accuracy: 1 });
    expect(assignment.entry).toEqual({
      name: 'float4e2m1f-1-of-4-wide',
      weights: 'float4e2m1f',
      activations: 'float4e2m1f',
      layers: { fine: { weights: 'float32e8m23', activations: 'float32e8m23' } },
    });
  });

  it('takes another wide format, a pair too', async () => {
    const study = await startStudy({ dataset, network, parameters });
    const { formats, wide } = await study.sensitivity({ ...request, wide: 'float8e4m3/float16', margin: 0 });
    expect(wide).toBe('float8e4m3/float16e5m10');
    expect(formats[0]!.assignment.entry.layers).toEqual({
      fine: { weights: 'float8e4m3', activations: 'float16e5m10' },
    });
  });
});

describe('ranks', () => {
  const layer = (name: string, secondRight: number, sqnr: number) => ({ name, lost: { secondRight }, sqnr });
  it('go by images lost, then by SQNR, then by the order of the network', () => {
    const exact = Number.POSITIVE_INFINITY;
    const given = [layer('a', 9, exact), layer('b', 9, exact), layer('c', 9, 12), layer('d', 8, 40)];
    expect(byLoss(given).map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b']);
    expect(byLoss(given.toReversed()).map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a']);
  });
});

describe('a margin', () => {
  const lost = (wrong: number, images: number) => ({
    share: wrong / images,
    low: -1,
    high: 1,
    firstRight: images,
    secondRight: images - wrong,
    images,
  });
  it('of so many hundredths of a point allows exactly as many of 10,000 images', () => {
    for (let wrong = 0; wrong <= 300; wrong++) {
      const margin = Number(`${Math.floor(wrong / 100)}.${String(wrong % 100).padStart(2, '0')}`);
      expect(isWithin(lost(wrong, 10_000), margin), `${margin}`).toBe(true);
      expect(isWithin(lost(wrong + 1, 10_000), margin), `${margin}`).toBe(false);
    }
  });
  it('of 0 allows a gain, of 100 everything', () => {
    expect(isWithin(lost(-3, 50), 0)).toBe(true);
    expect(isWithin(lost(1, 50), 0)).toBe(false);
    expect(isWithin(lost(50, 50), 100)).toBe(true);
  });
});

describe('runs that fail', () => {
  const choices = { seed: 0, testImages: 30, trainedOn: undefined, validation: undefined };
  const context = {
    dataset,
    seeds: [seedContext(network, parameters, dataset, { ...choices, calibrationImages: [50] })],
    plugins: [],
    version: '0',
  };
  const fields = {
    network: 'by-hand',
    dataset: 'pairs',
    testImages: 30,
    calibrationImages: 50,
    seed: 0,
    quantizer: 'rounding',
    granularity: 'tensor' as const,
  };
  const pair = { weights: 'posit8es1', activations: 'posit8es1' };
  const run = (name: string, layer: string) => {
    const layers = [{ name: layer, weights: 'own' as const, edge: layer }];
    return runOf(context, fields, assignmentEntry(name, pair, layers, pair), 'test');
  };
  it.each([1, 2])('are told by the first of them, on %i threads', async (count) => {
    const threads = new Threads(context, count);
    const ended: number[] = [];
    try {
      const runs = [run('sound', 'even'), run('one', 'nowhere'), run('two', 'elsewhere')];
      await expect(threads.classify(runs, (done) => ended.push(done))).rejects.toThrow(
        /^one: .*no layer 'nowhere'/,
      );
      expect(ended.slice(0, 2)).toEqual([1, 2]);
      const sound = run('sound', 'even');
      await threads.classify([sound]);
      expect([...sound.share.classes]).toEqual(Array.from({ length: 30 }, (_, i) => (i + 1) % 2));
    } finally {
      await threads.close();
    }
  });
});
