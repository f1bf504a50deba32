/** The measurement against plans compiled one by one, and against the rows of the same assignments. */
import { beforeAll, describe, expect, it } from 'vitest';
import { calibrationIndices, loadDataset } from '../../../datasets/load.js';
import { holdOut } from '../../../datasets/validation.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { imageBatches } from '../../../networks/batches.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileEmac } from '../../../networks/dataflows/emac.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { evaluatePlan } from '../../../networks/evaluation.js';
import { parseAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';
import type { Sensitivity } from '../../../sweep/sensitivity/result.js';
import { tango } from '../../../sweep/statistics/tango.js';
import { type Study, startStudy } from '../../../sweep/study.js';
import type { StudyFormat } from '../../../sweep/study-axes.js';
import { SMALL_NETWORK } from '../../cli/small-network.js';

const TRAIN = 400;
const FORMATS = ['posit4es1', 'affine5s/fixed4q2'];
const MARGIN = 1;
const WIDE = { weights: 'float32e8m23', activations: 'float32e8m23' };
/** Layers of the network with what they have in an assignment. */
const LAYERS = {
  input: ['activations'],
  dense1: ['weights', 'activations'],
  dense2: ['weights', 'activations'],
};

type Pair = typeof WIDE;
type Entry = Exclude<StudyFormat, string> & Pair;

const dataset = await loadDataset('strokes', undefined, { train: TRAIN, test: 90 });
let study: Study;
let measured: Sensitivity;

beforeAll(async () => {
  const training = { epochs: 6 };
  study = await startStudy({ dataset, network: SMALL_NETWORK, training, calibrationImages: 64 });
  measured = await study.sensitivity({ formats: FORMATS, margin: MARGIN });
});

const pairOf = (text: string): Pair => {
  const [weights, activations = weights] = text.split('/') as [string, string?];
  return { weights, activations };
};

/** `defaults` but for the layers named, which are in `others`. */
function entry(defaults: Pair, layers: readonly string[], others: Pair): Entry {
  const own = (layer: string) =>
    Object.fromEntries(
      LAYERS[layer as keyof typeof LAYERS].map((kind) => [kind, others[kind as keyof Pair]]),
    );
  return {
    name: 'tried',
    ...defaults,
    layers: Object.fromEntries(layers.map((layer) => [layer, own(layer)])),
  } as unknown as Entry;
}

/** Whether each validation image is right: a plan of its own, compiled and run here. */
function hits({ weights, activations, layers }: Entry & { layers?: unknown }): boolean[] {
  const indices = calibrationIndices(dataset, 64, 0);
  const float = compileFloat(study.program, { batch: 64 });
  const calibration = collectHistograms(float, imageBatches(dataset, dataset.train, indices, 64));
  const table = makeEncodings(study.program, calibration, {
    assignment: parseAssignment({ weights, activations, layers }),
    quantizer: parseQuantizer('linear'),
    rounding: NEAREST_EVEN,
    granularity: 'tensor',
  });
  const plan = compileEmac(study.program, table, DEFAULT_CHOICES, { batch: 64 });
  const { validation } = holdOut(TRAIN, 0);
  const { predictions } = evaluatePlan(plan, dataset, dataset.train, validation);
  return [...predictions].map((prediction, i) => prediction === dataset.train.labels[validation[i]!]);
}

function differenceOf(first: boolean[], second: boolean[]) {
  const onlyFirst = first.filter((hit, i) => hit && !second[i]).length;
  const onlySecond = second.filter((hit, i) => hit && !first[i]).length;
  const count = (of: boolean[]): number => of.filter(Boolean).length;
  return {
    share: (onlyFirst - onlySecond) / first.length,
    ...tango(onlyFirst, onlySecond, first.length),
    firstRight: count(first),
    secondRight: count(second),
    images: first.length,
  };
}

describe('sensitivity of the layers of a trained network', () => {
  it('is what plans compiled one by one get right on the validation images', () => {
    expect(measured).toMatchObject({ ranking: 'validation', images: 100, layers: Object.keys(LAYERS) });
    const wide = hits(entry(WIDE, [], WIDE));
    let losses = 0;
    for (const [index, text] of FORMATS.entries()) {
      const narrow = pairOf(text);
      const all = hits(entry(narrow, [], WIDE));
      const { layers, lost } = measured.formats[index]!;
      expect(lost).toEqual(differenceOf(wide, all));
      expect(layers.map(({ layer }) => layer).sort()).toEqual(['dense1', 'dense2', 'input']);
      for (const { layer, ...one } of layers) {
        expect(one.lost).toEqual(differenceOf(wide, hits(entry(WIDE, [layer], narrow))));
        expect(one.gained).toEqual(differenceOf(hits(entry(narrow, [layer], WIDE)), all));
        if (one.lost.share !== 0) losses++;
      }
    }
    // a network that nothing hurts would show nothing
    expect(losses).toBeGreaterThan(2);
  });

  it('ranks by images lost, then by the lower SQNR', () => {
    for (const { layers } of measured.formats) {
      expect(layers.map(({ rank }) => rank)).toEqual([1, 2, 3]);
      for (const [index, { lost, sqnr }] of layers.entries()) {
        const next = layers[index + 1];
        if (next) expect(lost.secondRight - next.lost.secondRight || sqnr - next.sqnr).toBeLessThan(0);
      }
    }
  });

  it('widens the fewest layers in rank order, and says what the test images say of them', () => {
    for (const [index, text] of FORMATS.entries()) {
      const { layers, assignment } = measured.formats[index]!;
      const narrow = pairOf(text);
      const rowOf = (count: number) => {
        const names = layers.slice(0, count).map(({ layer }) => layer);
        return study.rows({ format: [entry(narrow, names, WIDE)] })[1]!;
      };
      const wide = study.rows({ format: [WIDE] })[1]!.validationAccuracy!;
      let count = 0;
      while (Math.round(100 * (wide - rowOf(count).validationAccuracy!)) > MARGIN) count++;
      expect(assignment.widened).toEqual(layers.slice(0, count).map(({ layer }) => layer));
      expect(layers.map(({ inAssignment }) => inAssignment)).toEqual(
        layers.map((_, rank) => (rank < count ? 'wide' : 'narrow')),
      );
      expect(assignment.test.right).toBe(Math.round(90 * rowOf(count).accuracy!));
      expect(study.rows({ format: [assignment.entry] })[1]!.accuracy).toBe(rowOf(count).accuracy);
    }
    expect(measured.formats[0]!.assignment.widened.length).toBeGreaterThan(0);
  });

  it('is the same on several threads', async () => {
    expect(await study.sensitivity({ formats: FORMATS, margin: MARGIN }, 3)).toEqual(measured);
  });

  it('widens nothing where everything may be lost, and loses nothing at a margin of 0', async () => {
    const free = await study.sensitivity({ formats: ['posit4es1'], margin: 100 });
    expect(free.formats[0]!.assignment).toMatchObject({ widened: [], entry: { layers: {} } });
    const strict = await study.sensitivity({ formats: ['posit4es1'], margin: 0 });
    const { lost, widened } = strict.formats[0]!.assignment;
    expect(lost.share).toBeLessThanOrEqual(0);
    expect(widened.length).toBeGreaterThanOrEqual(measured.formats[0]!.assignment.widened.length);
  });

  it.each([
    [{ formats: [] }, /no format given/],
    [{ formats: ['posit4es9'] }, /posit4es9/],
    [{ formats: ['int8', 'affine8s'] }, /affine8s is given twice/],
    [{ formats: ['float32'] }, /float32e8m23 is narrow and wide/],
    [{ formats: ['posit4es1'], margin: -1 }, /--margin -1: give percentage points from 0 to 100/],
    [{ formats: ['posit4es1'], margin: Number.NaN }, /--margin NaN/],
    [{ formats: ['affine8'], quantizer: 'rounding' }, /affine under rounding cannot be/],
    [
      { formats: ['affine8'], granularity: 'channel' as const },
      /affine \(unsigned\) weights with granularity/,
    ],
  ])('refuses %j in one line', async (request, pattern) => {
    const attempt = study.sensitivity(request);
    await expect(attempt).rejects.toThrow(pattern);
    await expect(attempt).rejects.not.toThrow(/\n/);
  });
});
