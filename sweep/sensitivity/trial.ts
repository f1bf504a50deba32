/** What the formats of one measurement share: data, threads, layers, the images that rank, and the run with all layers wide. */
import { firstIndices } from '../../networks/batches.js';
import type { AssignmentEntry } from '../assignment-file.js';
import type { SweepContext } from '../context.js';
import { labelsAt, rightIn } from '../predict.js';
import type { SweepProgress } from '../progress.js';
import { indicesOf, newRun, type Run, type RunImages, splitOf } from '../run-images.js';
import { wilson } from '../statistics/wilson.js';
import type { Threads } from '../threads.js';
import { assignmentEntry, type FormatPair, type Layer, layersOf } from './layers.js';
import { formatPair, MARGIN, type PointFields, pointOf, type SensitivityRequest, WIDE } from './request.js';
import type { Share } from './result.js';

/** What a measurement runs on. */
export interface Bench {
  /** Of one seed. */
  readonly context: SweepContext;
  /** Of the same context. */
  readonly threads: Threads;
  readonly calibrationImages: number;
  readonly progress: SweepProgress;
}

/** Everything that the formats of one measurement share. */
export interface Trial {
  readonly bench: Bench;
  readonly fields: PointFields;
  readonly layers: readonly Layer[];
  readonly ranking: 'validation' | 'calibration';
  readonly labels: Uint8Array;
  readonly margin: number;
  readonly wide: FormatPair;
  readonly wideRun: Run;
}

export function newTrial(bench: Bench, request: SensitivityRequest): Trial {
  const { context, calibrationImages } = bench;
  const { dataset } = context;
  const { seed, program, validation, baseline } = context.seeds[0]!;
  const fields: PointFields = {
    network: program.network,
    dataset: dataset.name,
    testImages: baseline.length,
    calibrationImages,
    seed,
    quantizer: request.quantizer ?? 'linear',
    granularity: request.granularity ?? 'tensor',
  };
  const ranking = validation ? 'validation' : 'calibration';
  const wide = formatPair(request.wide ?? WIDE);
  const entry = assignmentEntry('all layers wide', wide, [], wide);
  const wideRun = runOf(context, fields, entry, ranking);
  const indices = indicesOf(context, wideRun.point, ranking);
  return {
    bench,
    fields,
    layers: layersOf(program),
    ranking,
    labels: labelsAt(splitOf(dataset, ranking), indices),
    margin: request.margin ?? MARGIN,
    wide,
    wideRun,
  };
}

/** No batch taken yet. */
export function runOf(
  context: SweepContext,
  fields: PointFields,
  entry: AssignmentEntry,
  images: RunImages,
): Run {
  const point = pointOf(fields, entry);
  if (point.format.kind !== 'given') throw new Error('an assignment leaves nothing open');
  return newRun(context, point, point.format, images);
}

/** Classes of the first test images against their labels. */
export function testShare({ context: { dataset } }: Bench, classes: Int32Array): Share {
  const images = classes.length;
  const right = rightIn(classes, labelsAt(dataset.test, firstIndices(images)));
  return { right, images, accuracy: right / images, ...wilson(right, images) };
}
