import { beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../datasets/dataset.js';
import { loadDataset } from '../../datasets/load.js';
import { holdOut } from '../../datasets/validation.js';
import { atOnce } from '../../networks/batches.js';
import { initialParameters } from '../../networks/parameters.js';
import { parseNetwork } from '../../networks/schema.js';
import type { Cells } from '../../sweep/cells.js';
import type { SweepContext } from '../../sweep/context.js';
import { entryOf } from '../../sweep/entry.js';
import { Evaluator } from '../../sweep/evaluate.js';
import { planSweep } from '../../sweep/plan.js';
import type { Point } from '../../sweep/point.js';
import { seedContext } from '../../sweep/prepare.js';
import { type Candidate, newRun, type Run, rightOf } from '../../sweep/run-images.js';
import type { Part } from '../../sweep/run-part.js';
import { BATCH } from '../../sweep/share.js';
import { checkSpec } from '../../sweep/spec.js';
import { Threads } from '../../sweep/threads.js';

/** Ten batches, the last one of 37 images: enough for free threads to help. */
const IMAGES = 9 * BATCH + 37;

/** Three batches, for what the slow reference computes. */
const FEW = 2 * BATCH + 37;

/** One point each: what is drawn, counted or kept differently must not depend on who took which batch. */
const AXES = {
  'exact, nearest-even': { format: ['posit6es1'], quantizer: ['linear'], logits: ['rounded'] },
  stochastic: { format: ['float6e3m2'], mode: ['stochastic'] },
  'accumulators that wrap': { testImages: FEW, format: ['fixed8q4'], accumulator: ['wrap12'] },
  'rounded after every operation': { format: ['posit8es0'], accumulator: ['per-op'] },
  'logits that are NaN': { testImages: FEW, format: ['float5e2m2'], policy: ['nan'] },
  'logits compared before rounding': { format: ['posit5es0'], logits: ['accumulator'] },
  simulated: { format: ['affine6'], quantizer: ['linear'], dataflow: ['simulated'] },
  'best fraction bits': { format: [{ fixed: { bits: 5, fraction: 'best' } }] },
} as const;

let dataset: Dataset;
/** Rows of the points of AXES by one evaluator in this thread. */
const expected: (readonly Cells[])[] = [];
let context: SweepContext;

function pointOf(axes: object): Point {
  const spec = checkSpec(
    {
      name: 'threads',
      dataset: 'strokes',
      network: 'mlp4',
      training: {},
      testImages: IMAGES,
      quantizer: ['rounding'],
      calibrationImages: 97,
      ...axes,
    },
    'threads',
  );
  const { points } = planSweep(spec);
  expect(points).toHaveLength(1);
  return points[0]!;
}

/** The formats of a point that leaves nothing open. */
function settledFormat({ format }: Point): Candidate {
  if (format.kind === 'given') return format;
  throw new Error(`${format.label} is open`);
}

/** The batches from first on, up to (not including) `end`: what one thread may happen to take. */
function slice(run: Run, first: number, end: number): Run {
  const next = new Int32Array(new SharedArrayBuffer(4));
  next[0] = first;
  return { ...run, share: { next, classes: run.share.classes.subarray(0, end * BATCH) } };
}

beforeAll(async () => {
  dataset = await loadDataset('strokes', undefined, { train: 200, test: IMAGES });
  const network = parseNetwork(
    {
      name: 'hidden-128',
      input: dataset.shape,
      classes: dataset.classes.length,
      nodes: [
        { name: 'flatten', inputs: ['input'], operator: { type: 'flatten' } },
        { name: 'dense1', inputs: ['flatten'], operator: { type: 'dense', units: 128, bias: 'bias' } },
        { name: 'relu1', inputs: ['dense1'], operator: { type: 'activation', activation: 'relu' } },
        { name: 'dense2', inputs: ['relu1'], operator: { type: 'dense', units: 10, bias: 'bias' } },
      ],
    },
    'the test',
  );
  // untrained and too large, so that narrow formats overflow
  const parameters = new Map(
    [...initialParameters(network, 3)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => 3 * value) },
    ]),
  );
  const seed = seedContext(network, parameters, dataset, {
    seed: 0,
    calibrationImages: [97],
    testImages: IMAGES,
    trainedOn: undefined,
    validation: holdOut(dataset.train.count, 0).validation,
  });
  context = { dataset, seeds: [seed], plugins: [], version: '0' };
});

describe('threads within one point', () => {
  it.each(Object.entries(AXES))('%s: the same rows from parts of any size, in any order', (name, axes) => {
    const point = pointOf(axes);
    const whole = new Evaluator(context).evaluate(point);
    expected[Object.keys(AXES).indexOf(name)] = whole.rows;
    const [row] = whole.rows;
    // what is to be summed is there to be summed
    if (name.includes('wrap')) expect(Number(row!.overflows)).toBeGreaterThan(0);
    if (name.includes('NaN')) expect(Number(row!.nan_logits)).toBeGreaterThan(0);
    if (name.includes('nearest-even')) expect(Number(row!.ties)).toBeGreaterThan(0);
    if (point.format.kind === 'best') return;
    const run = newRun(context, point, point.format, 'test');
    const middle = Math.ceil(run.share.classes.length / BATCH / 2) - 1;
    const parts = [
      [middle, middle + 1, 'helper'],
      [middle + 1, 10, 'first'],
      [0, middle, 'helper'],
    ] as const;
    const taken = parts.map(([first, end, role]) =>
      atOnce(new Evaluator(context).part(slice(run, first, end), role)),
    );
    const validated = newRun(context, point, point.format, 'validation');
    expect(validated.share.classes).toHaveLength(50);
    atOnce(new Evaluator(context).part(validated, 'first'));
    const entry = entryOf(context, run, taken as Part[], rightOf(context, validated));
    expect(entry.rows).toEqual(whole.rows);
    expect(entry.host.tiers).toEqual(whole.host.tiers);
  });

  it('comes too late where no batch is left', () => {
    const point = pointOf(AXES['exact, nearest-even']);
    const run = slice(newRun(context, point, settledFormat(point), 'test'), 10, 10);
    expect(atOnce(new Evaluator(context).part(run, 'helper'))).toBe('late');
  });

  it.each([1, 3])('gives the rows of one thread on %i', async (count) => {
    const points = Object.values(AXES).map(pointOf);
    const threads = new Threads(context, count);
    try {
      const entries = await threads.evaluate(points);
      for (const [index, point] of points.entries()) {
        expected[index] ??= new Evaluator(context).evaluate(point).rows;
        expect(entries[index]!.rows).toEqual(expected[index]);
      }
      // warm threads and one point: all but one of them help
      const [entry] = await threads.evaluate([points[1]!]);
      expect(entry!.rows).toEqual(expected[1]);
    } finally {
      await threads.close();
    }
  });

  it('tells the error of the first batch that has one, whoever meets which first', async () => {
    // affine has no code for NaN: the image says which batch it was
    const raw = new Float32Array(new SharedArrayBuffer(dataset.test.raw.length * 4));
    const size = raw.length / IMAGES;
    for (const image of [70, 300, 310, 600]) raw[image * size + 5] = Number.NaN;
    const broken = { ...context, dataset: { ...dataset, test: { ...dataset.test, raw } } };
    const point = pointOf({ format: ['affine6'], quantizer: ['linear'] });
    expect(() => new Evaluator(broken).evaluate(point)).toThrow(/input image 70/);
    for (const count of [1, 3]) {
      const threads = new Threads(broken, count);
      for (let again = 0; again < 2; again++) {
        await expect(threads.evaluate([point])).rejects.toThrow(/^affine6 linear:mse: input image 70/);
      }
      const fine = pointOf(AXES['exact, nearest-even']);
      await expect(threads.evaluate([fine, point])).rejects.toThrow(/input image 70/);
      await threads.close();
    }
  });
});
