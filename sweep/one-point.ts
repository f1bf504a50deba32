/** The first point of a spec whose weights are given: its rows, or golden vectors of it. */
import { UserError } from '../errors.js';
import { exportedEmac } from '../networks/export-c/emac/export.js';
import { exportedNetwork } from '../networks/export-c/export.js';
import { type Exported, requireC, type WrittenC, writeC } from '../networks/files/export-c.js';
import type { RequantizeMode } from '../networks/integer/requantize.js';
import type { Plan } from '../networks/plan.js';
import type { SweepRow } from './columns.js';
import { choicesOf } from './entry.js';
import { Evaluator } from './evaluate.js';
import { openPoint, type PointChoices } from './opened.js';
import { testCount } from './predict.js';
import { rowOf } from './rows.js';
import type { SweepSpec } from './spec.js';
import { Threads } from './threads.js';
import { type Vectors, writeVectors } from './vectors.js';

/**
 * The rows of the point, one for each cost source and number of units, on so many threads (1 by default). Throws
 * UserError, one line, for a spec without weights, a combination that cannot be, and data that do not fit.
 */
export async function evaluatePoint(
  spec: SweepSpec,
  choices: PointChoices & { readonly threads?: number } = {},
): Promise<readonly SweepRow[]> {
  const { context, point } = await openPoint(spec, choices);
  const workers = new Threads(context, choices.threads ?? 1);
  try {
    const [entry] = await workers.evaluate([point]);
    return entry!.rows.map(rowOf);
  } finally {
    await workers.close();
  }
}

/** Writes golden vectors of the point's first images (`images` of the spec, at most 64) into `folder`. Throws as above. */
export async function pointVectors(
  spec: SweepSpec,
  folder: string,
  choices: PointChoices = {},
): Promise<Vectors> {
  const { context, point } = await openPoint(spec, choices);
  const compiled = new Evaluator(context).compile(point);
  return writeVectors(folder, context, point, compiled, testCount(context.dataset, spec));
}

/**
 * Writes the point's network as C99 without floating point into `file`, which ends in .c, and its integers beside it. Throws as
 * above, for dataflows that are not in integers alone, and for what `exportedNetwork` or `exportedEmac` refuses.
 */
export async function exportPoint(
  spec: SweepSpec,
  file: string,
  choices: PointChoices = {},
): Promise<WrittenC> {
  requireC(file);
  const { context, point } = await openPoint(spec, choices);
  const { plan } = new Evaluator(context).compile(point);
  return writeC(exportedPlan(plan, choicesOf(point).requantize), file);
}

function exportedPlan(plan: Plan, requantize: RequantizeMode): Exported {
  const { graph, inCodes, dataflow } = plan;
  if (graph !== undefined) return exportedNetwork(graph, requantize);
  if (inCodes !== undefined) return exportedEmac(plan, inCodes());
  throw new UserError(
    `dataflow ${dataflow} has no network of integers to write; use emac, integer-tflite or integer-jacob`,
  );
}
