/**
 * Which layer a narrow format hurts: the network with one layer narrow and all others wide, and the other way round, on the
 * images that no training saw; and the assignment that follows from it. Never on test images, which only say at the end what
 * the assignment is worth.
 */
import { calibrationIndices } from '../../datasets/load.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { imageBatches } from '../../networks/batches.js';
import { calibrationFrom, makeEncodings } from '../../networks/calibration.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { layerTable, type TensorRecord } from '../../networks/layer-table.js';
import { parseAssignment } from '../../quantizers/assignment.js';
import { parseQuantizer, quantizerName } from '../../quantizers/quantizer.js';
import type { AssignmentEntry } from '../assignment-file.js';
import { rightIn } from '../predict.js';
import type { Run } from '../run-images.js';
import { BATCH } from '../share.js';
import { difference } from './difference.js';
import { assignmentEntry, type FormatPair } from './layers.js';
import { layerNoise } from './noise.js';
import { byLoss } from './rank.js';
import {
  checkRequest,
  formatPair,
  nameOfPair,
  type PointFields,
  type SensitivityRequest,
} from './request.js';
import type { FormatSensitivity, Sensitivity } from './result.js';
import { type Bench, newTrial, runOf, type Trial, testShare } from './trial.js';
import { widen } from './widen.js';

/** The runs of one narrow format. */
interface NarrowRuns {
  readonly asked: string;
  readonly narrow: FormatPair;
  readonly all: Run;
  /** By layer: it alone narrow, it alone wide. */
  readonly alone: readonly Run[];
  readonly spared: readonly Run[];
}

/**
 * The same for any number of threads. Runs are those of the emac dataflow, with exact sums, every layer under the quantizer
 * asked for. Throws UserError, one line, for formats, margins and combinations that cannot be, before the first run.
 */
export async function layerSensitivity(bench: Bench, request: SensitivityRequest): Promise<Sensitivity> {
  checkRequest(request);
  const trial = newTrial(bench, request);
  const formats = request.formats.map((asked) => narrowRuns(trial, asked));
  const { context, threads, progress } = bench;
  const runs = [trial.wideRun, ...formats.flatMap(({ all, alone, spared }) => [all, ...alone, ...spared])];
  progress.begin('one layer narrow, then one wide, run', runs.length);
  await threads.classify(runs, (ended) => progress.reach(ended));
  progress.end();
  const noise = noiseOf(bench, trial.fields, formats);
  const results: FormatSensitivity[] = [];
  for (const [index, one] of formats.entries()) results.push(await resultOf(trial, one, noise[index]!));
  const { dataset } = context;
  const seed = context.seeds[0]!;
  return {
    network: seed.program.network,
    dataset: dataset.name,
    layers: trial.layers.map(({ name }) => name),
    ranking: trial.ranking,
    images: trial.labels.length,
    wide: nameOfPair(trial.wide),
    wideRight: rightIn(trial.wideRun.share.classes, trial.labels),
    quantizer: quantizerName(parseQuantizer(trial.fields.quantizer)),
    margin: trial.margin,
    float: testShare(bench, seed.baseline),
    formats: results,
  };
}

function narrowRuns({ bench, fields, layers, ranking, wide }: Trial, asked: string): NarrowRuns {
  const narrow = formatPair(asked);
  const run = (entry: AssignmentEntry): Run => runOf(bench.context, fields, entry, ranking);
  return {
    asked,
    narrow,
    all: run(assignmentEntry(`${asked} in all layers`, narrow, [], narrow)),
    alone: layers.map((layer) =>
      run(assignmentEntry(`${asked} in ${layer.name} alone`, wide, [layer], narrow)),
    ),
    spared: layers.map((layer) =>
      run(assignmentEntry(`${asked} in all layers but ${layer.name}`, narrow, [layer], wide)),
    ),
  };
}

/** The layer table of each narrow format, over the calibration images. */
function noiseOf(
  { context, calibrationImages }: Bench,
  { granularity, quantizer }: PointFields,
  formats: readonly NarrowRuns[],
): TensorRecord[][] {
  const { dataset } = context;
  const seed = context.seeds[0]!;
  const plan = compileFloat(seed.program, { batch: BATCH });
  const calibration = calibrationFrom(seed.calibrations.get(calibrationImages)!);
  const indices = calibrationIndices(dataset, calibrationImages, seed.seed, seed.validation?.indices);
  const tables = formats.map(({ narrow }) =>
    makeEncodings(seed.program, calibration, {
      assignment: parseAssignment(narrow),
      quantizer: parseQuantizer(quantizer),
      rounding: NEAREST_EVEN,
      granularity,
    }),
  );
  const records = layerTable(plan, imageBatches(dataset, dataset.train, indices, BATCH), tables);
  return formats.map((_, of) => records.filter((_, index) => index % formats.length === of));
}

async function resultOf(
  trial: Trial,
  { asked, narrow, all, alone, spared }: NarrowRuns,
  records: readonly TensorRecord[],
): Promise<FormatSensitivity> {
  const { labels, layers, wideRun } = trial;
  const against = (first: Run, second: Run) => difference(first.share.classes, second.share.classes, labels);
  const ranked = byLoss(
    layers.map((layer, index) => ({
      layer,
      run: spared[index]!,
      lost: against(wideRun, alone[index]!),
      gained: against(spared[index]!, all),
      ...layerNoise(layer, records),
    })),
  );
  const assignment = await widen(trial, { asked, narrow, all, ranked });
  return {
    format: asked,
    lost: against(wideRun, all),
    layers: ranked.map(({ layer: { name }, run: _, ...measured }, index) => ({
      layer: name,
      rank: index + 1,
      ...measured,
      inAssignment: assignment.widened.includes(name) ? 'wide' : 'narrow',
    })),
    assignment,
  };
}
