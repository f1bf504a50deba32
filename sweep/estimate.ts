/**
 * How long a sweep may take here: a few of its points and a little of its training are run and timed, and the counts
 * of images do the rest. An estimate for a person who decides whether to start; nothing of it reaches a row.
 */
import { type Dataset, imageSize, type Split } from '../datasets/dataset.js';
import { validationCount } from '../datasets/validation.js';
import { initialParameters } from '../networks/parameters.js';
import { networkTotals } from '../networks/shapes.js';
import { resolveTraining } from '../networks/training/options.js';
import { train } from '../networks/training/train.js';
import { packageVersion } from '../platform/version.js';
import { searchOf } from './choosing.js';
import { Evaluator } from './evaluate.js';
import type { SweepPlan } from './plan.js';
import type { Point } from './point.js';
import { testCount } from './predict.js';
import { seedContext } from './prepare.js';
import type { Source } from './source.js';
import type { SweepSpec } from './spec.js';
import { recipeOf } from './spec-source.js';

export interface Estimate {
  /** Images run through the network by all points and baselines, also to choose fraction bits. */
  readonly images: number;
  /** Multiply-accumulates of all of these. */
  readonly macs: number;
  /** Seconds in all, on so many threads; undefined where no point could be tried. */
  readonly seconds: number | undefined;
  readonly trainingSeconds: number;
  /** Points that were timed. */
  readonly timedPoints: number;
}

/** Points timed, evenly spaced in the plan, which goes format by format. */
const SAMPLED = 5;
/** Multiply-accumulates of a sample: some tens of milliseconds. */
const SAMPLE_MACS = 2e8;
const MOST_IMAGES = 256;
/** The training sample has so many times the images of a point's sample: a single batch would be too short to time. */
const TRAINING_SAMPLE = 4;
/** A training step is the forward pass and two products of its size backwards. */
const TRAINING_PASSES = 3;

/** Runs the samples in this thread; takes a second or two for the networks of the zoo. */
export async function estimateSweep(
  spec: SweepSpec,
  plan: SweepPlan,
  source: Source,
  threads: number,
): Promise<Estimate> {
  const { dataset, network, parameters } = source;
  const macs = Math.max(1, networkTotals(network).macs);
  const tested = testCount(dataset, spec);
  const images =
    plan.seeds.length * tested + plan.points.reduce((sum, point) => sum + imagesOf(point, tested, source), 0);
  const few = Math.max(2, Math.min(MOST_IMAGES, Math.floor(SAMPLE_MACS / macs)));
  const trainingSeconds =
    parameters === undefined ? plan.seeds.length * (await trainingTime(spec, source, few)) : 0;
  const timed = pointTimes(plan, source, few);
  const pointSeconds = timed.perPoint * plan.points.length + timed.perImage * images;
  return {
    images,
    macs: images * macs,
    seconds: timed.points === 0 ? undefined : trainingSeconds + pointSeconds / threads,
    trainingSeconds,
    timedPoints: timed.points,
  };
}

/** Images of a point: the test images, and those that choose, once for each candidate. */
function imagesOf(point: Point, tested: number, { dataset, parameters, validation }: Source): number {
  const { count } = dataset.train;
  const tried = searchOf(point).next([]).length;
  const held = parameters === undefined ? validationCount(count) : (validation?.length ?? 0);
  return tested + (held > 0 ? Math.max(1, tried) * held : tried * Math.min(point.calibrationImages, count));
}

/** Seconds of one training, from one short epoch of it. */
async function trainingTime(spec: SweepSpec, { dataset, network }: Source, few: number): Promise<number> {
  const { epochs, ...recipe } = resolveTraining(recipeOf(spec));
  const short = (images: number) =>
    secondsOf(() => train(network, part(dataset, images, 1), { ...recipe, epochs: 1 }));
  const one = Math.min(recipe.batch, dataset.train.count);
  const some = Math.min(Math.max(4 * one, few * TRAINING_SAMPLE), dataset.train.count);
  // the first one also loads and compiles what the others have
  await short(one);
  const start = await short(one);
  const per = some > one ? ((await short(some)) - start) / (effort(some) - effort(one)) : start / effort(one);
  const tested = dataset.test.count / TRAINING_PASSES;
  return Math.max(0, per) * (effort(dataset.train.count) * epochs + tested);
}

/** An epoch over so many training images, in images trained: those held out only go forwards. */
function effort(images: number): number {
  return images - validationCount(images) * (1 - 1 / TRAINING_PASSES);
}

interface PointTimes {
  readonly points: number;
  /** Seconds of encoding weights and compiling, the mean of the points that were timed. */
  readonly perPoint: number;
  /** Seconds an image, likewise. */
  readonly perImage: number;
}

/** A few points on one image and on some, with the weights there are or those a training starts from. */
function pointTimes(plan: SweepPlan, { dataset, network, parameters }: Source, few: number): PointTimes {
  const small = part(dataset, few, few);
  const seed = plan.seeds[0]!;
  const context = seedContext(network, parameters ?? initialParameters(network, seed), small, {
    seed,
    calibrationImages: [few],
    testImages: small.test.count,
    trainedOn: undefined,
    validation: undefined,
  });
  const evaluator = new Evaluator({
    dataset: small,
    seeds: [context],
    plugins: [],
    version: packageVersion(),
  });
  const times: { perPoint: number; perImage: number }[] = [];
  for (const point of spaced(plan.points, SAMPLED)) {
    const seconds = (images: number): number => {
      const started = performance.now();
      evaluator.evaluate({ ...point, seed, testImages: images, calibrationImages: few });
      return (performance.now() - started) / 1000;
    };
    try {
      // twice on one image, as the first also compiles what all points share
      if (times.length === 0) seconds(1);
      const one = seconds(1);
      const some = seconds(small.test.count);
      const perImage = Math.max(0, some - one) / Math.max(1, small.test.count - 1);
      times.push({ perImage, perPoint: Math.max(0, one - perImage) });
    } catch {
      // such a point says why when the sweep runs; here it only goes uncounted
    }
  }
  const mean = (pick: (time: { perPoint: number; perImage: number }) => number): number =>
    times.length === 0 ? 0 : times.reduce((sum, time) => sum + pick(time), 0) / times.length;
  return {
    points: times.length,
    perPoint: mean(({ perPoint }) => perPoint),
    perImage: mean(({ perImage }) => perImage),
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function spaced<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!);
}

/** The first images of both splits. */
function part(dataset: Dataset, train: number, test: number): Dataset {
  const size = imageSize(dataset);
  const first = ({ count, labels, raw }: Split, most: number): Split => {
    const kept = Math.min(count, most);
    return { count: kept, labels: labels.subarray(0, kept), raw: raw.subarray(0, kept * size) };
  };
  return { ...dataset, train: first(dataset.train, train), test: first(dataset.test, test) };
}
