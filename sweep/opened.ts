/** A spec whose weights are given, with all it needs loaded: what looks at its points one after another begins here. */
import { UserError } from '../errors.js';
import { packageVersion } from '../platform/version.js';
import type { SweepContext } from './context.js';
import { planSweep } from './plan.js';
import type { Point } from './point.js';
import { testCount } from './predict.js';
import { seedContext } from './prepare.js';
import type { SweepSpec } from './spec.js';
import { sweepSource } from './spec-source.js';

export interface PointChoices {
  /** Where data sets are; CHEETAH_DATA where absent. */
  readonly dataDirectory?: string | undefined;
  /** Files that register formats of one's own: what threads are told. */
  readonly plugins?: readonly string[];
  /** Told, a line each, what was guessed or changed. */
  readonly tell?: (line: string) => void;
}

export interface OpenedSpec {
  readonly context: SweepContext;
  /** At least one. */
  readonly points: readonly [Point, ...Point[]];
}

/**
 * Throws UserError, one line, for a spec without weights, one that has no point, and data that do not
 * fit.
 */
export async function openSpec(
  spec: SweepSpec,
  { dataDirectory, plugins = [], tell = () => {} }: PointChoices,
): Promise<OpenedSpec> {
  const plan = planSweep(spec);
  const [first, ...others] = plan.points;
  if (!first) {
    const why = [...plan.skipped.keys()][0] ?? 'this';
    throw new UserError(`${spec.name}: ${why} cannot be; try another combination`);
  }
  plan.notes.forEach(tell);
  const { dataset, network, parameters, trainedOn, validation } = await sweepSource(
    spec,
    dataDirectory,
    tell,
  );
  if (parameters === undefined) {
    throw new UserError(`${spec.name}: a single point needs weights; give those of a saved model`);
  }
  const seed = seedContext(network, parameters, dataset, {
    seed: first.seed,
    calibrationImages: spec.calibrationImages,
    trainedOn,
    validation,
    testImages: testCount(dataset, spec),
  });
  const context = { dataset, seeds: [seed], plugins, version: packageVersion() };
  return { context, points: [first, ...others] };
}

/** The same with the spec's first point alone. */
export async function openPoint(
  spec: SweepSpec,
  choices: PointChoices,
): Promise<{ readonly context: SweepContext; readonly point: Point }> {
  const { context, points } = await openSpec(spec, choices);
  return { context, point: points[0] };
}
