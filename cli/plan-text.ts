/** `cheetah sweep --plan`: what would run and how long it may take, without running it. */
import { availableParallelism } from 'node:os';
import { networkTotals } from '../networks/shapes.js';
import { DEFAULT_TRAINING } from '../networks/training/options.js';
import { quantizerName } from '../quantizers/quantizer.js';
import { type Estimate, estimateSweep } from '../sweep/estimate.js';
import { describePlan, planSweep, type SweepPlan } from '../sweep/plan.js';
import { type Point, writePoint } from '../sweep/point.js';
import { testCount } from '../sweep/predict.js';
import type { Source } from '../sweep/source.js';
import type { SweepSpec } from '../sweep/spec.js';
import { checkFiles } from '../sweep/spec-source.js';
import { tell } from './notes.js';
import { duration } from './progress.js';

export type PlanForm = 'summary' | 'points' | 'json';

/** The text for stdout. Throws UserError as a run would before its first point. */
export async function planText(
  spec: SweepSpec,
  dataDirectory: string | undefined,
  threads: number,
  form: PlanForm,
): Promise<string> {
  const plan = planSweep(spec);
  const source = await checkFiles(spec, plan, dataDirectory, tell);
  const estimate = await estimateSweep(spec, plan, source, threads);
  switch (form) {
    case 'json':
      return JSON.stringify(planRecord(spec, plan, source, estimate, threads), null, 2);
    case 'points':
      return [...summary(spec, plan, source, estimate, threads), '', ...plan.points.map(pointLine)].join(
        '\n',
      );
    case 'summary':
      return [
        ...summary(spec, plan, source, estimate, threads),
        'add --points for a line a point, --json for all of it',
      ].join('\n');
    default:
      return form satisfies never;
  }
}

const grouped = (count: number): string => count.toLocaleString('en-US');

function summary(
  spec: SweepSpec,
  plan: SweepPlan,
  { dataset, network, parameters }: Source,
  estimate: Estimate,
  threads: number,
): string[] {
  const { macs, parameters: count } = networkTotals(network);
  const line = (title: string, text: string): string => `  ${title.padEnd(12)}${text}`;
  return [
    `${spec.name}: ${describePlan(plan)}`,
    line(
      'data',
      `${dataset.name}: ${grouped(dataset.train.count)} training and ${grouped(testCount(dataset, spec))} test images`,
    ),
    line(
      'network',
      `${network.name}: ${grouped(count)} parameters, ${grouped(macs)} multiply-accumulates an image${parameters ? ', weights given' : ''}`,
    ),
    ...(parameters ? [] : [line('training', trainingText(spec, plan))]),
    line('formats', some(plan.points.map(formatOf))),
    line('quantizers', some(plan.points.map(({ quantizer }) => quantizerName(quantizer)))),
    line('work', `${grouped(estimate.images)} images, ${estimate.macs.toPrecision(3)} multiply-accumulates`),
    line('time', timeText(estimate, threads)),
  ];
}

function trainingText({ training }: SweepSpec, { seeds }: SweepPlan): string {
  const epochs = training?.epochs ?? DEFAULT_TRAINING.epochs;
  return `${epochs} epoch${epochs === 1 ? '' : 's'}${seeds.length > 1 ? ` for each of ${seeds.length} seeds` : ''}`;
}

/** More names than this make a line too long to read. */
const SHOWN = 8;

/** How many different names there are, and the first of them. */
function some(all: readonly string[]): string {
  const different = [...new Set(all)];
  const shown = different.slice(0, SHOWN).join(', ');
  return `${different.length}: ${shown}${different.length > SHOWN ? ', …' : ''}`;
}

function timeText({ seconds, trainingSeconds, timedPoints }: Estimate, threads: number): string {
  if (seconds === undefined) return 'no estimate: none of the points that were tried could run';
  const training = trainingSeconds > 0 ? `, ${duration(1000 * trainingSeconds)} of it training` : '';
  const points = `${timedPoints} point${timedPoints === 1 ? '' : 's'}`;
  return `about ${duration(1000 * seconds)} from the start on ${threads} of ${availableParallelism()} cores${training}: an estimate, from ${points} timed on this machine just now`;
}

function formatOf({ format }: Point): string {
  return `${format.label}${format.kind === 'best' ? ' (best fraction bits)' : ''}`;
}

function pointLine(point: Point): string {
  return `${formatOf(point)}  ${quantizerName(point.quantizer)}  ${point.dataflow.name}  seed ${point.seed}`;
}

function planRecord(
  spec: SweepSpec,
  plan: SweepPlan,
  { dataset, network, parameters }: Source,
  estimate: Estimate,
  threads: number,
): object {
  return {
    name: spec.name,
    dataset: {
      name: dataset.name,
      train: dataset.train.count,
      test: testCount(dataset, spec),
      checksum: dataset.checksum,
    },
    network: { name: network.name, ...networkTotals(network) },
    weights: parameters ? 'given' : 'trained',
    seeds: plan.seeds,
    skipped: Object.fromEntries(plan.skipped),
    merged: plan.merged,
    notes: plan.notes,
    work: { images: estimate.images, macs: estimate.macs },
    // measured on this machine, so different at every call
    estimate: {
      seconds: estimate.seconds ?? null,
      training_seconds: estimate.trainingSeconds,
      timed_points: estimate.timedPoints,
      threads,
    },
    points: plan.points.map(writePoint),
  };
}
