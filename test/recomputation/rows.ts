/** What each row of a CSV says of its images, counted again. */
import type { Row, Table } from './csv.js';
import { wilsonEnds } from './intervals.js';
import type { PredictedSweep, Run } from './predictions.js';
import { mcnemar } from './probabilities.js';
import { chance, share } from './writing.js';

/** By row, in their order, the cells that follow from the predictions. */
export function countedRows({ records }: Table, { runs, images }: PredictedSweep): Row[] {
  const baselines = new Map(runs.filter(({ kind }) => kind === 'baseline').map((run) => [run.seed, run]));
  const counted = new Map<number, Row>();
  for (const run of runs) {
    const cells = countedRow(run, baselines.get(run.seed)!, images);
    for (const row of run.rows) {
      if (counted.has(row)) throw new Error(`two runs made row ${row}`);
      counted.set(row, cells);
    }
  }
  return records.map((_, row) => counted.get(row)!);
}

function countedRow({ right, seed }: Run, baseline: Run, images: number): Row {
  const count = right.filter((bit) => bit === 1).length;
  const other = baseline.right.filter((bit) => bit === 1).length;
  const gained = right.filter((bit, i) => bit > baseline.right[i]!).length;
  const lost = right.filter((bit, i) => bit < baseline.right[i]!).length;
  const [low, high] = wilsonEnds(count, images);
  return {
    test_images: String(images),
    seed: String(seed),
    accuracy: share(count / images),
    accuracy_low: share(low),
    accuracy_high: share(high),
    baseline: share(other / images),
    drop: share((other - count) / images),
    gained: String(gained),
    lost: String(lost),
    mcnemar_p: chance(mcnemar(gained, lost)),
  };
}
