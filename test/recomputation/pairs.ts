/** What `cheetah compare` says of points of a CSV, from the predictions. */
import type { Row, Table } from './csv.js';
import { drawnAccuracies } from './draws.js';
import { bitsOf, paired } from './evidence.js';
import { linesIn } from './lines.js';
import type { PredictedSweep } from './predictions.js';
import { corrected, wordsFor } from './probabilities.js';
import { chance, share } from './writing.js';

/** Every pair of the points whose rows have these cells; the interval is of the first − the second. */
export function pairsOf(table: Table, predictions: PredictedSweep, points: readonly Row[]): Row[] {
  const lines = linesIn(table);
  const wanted = points.map(
    (cells) =>
      lines.find(({ rows: [row] }) =>
        Object.entries(cells).every(([name, cell]) => table.records[row!]![name] === cell),
      )!,
  );
  const right = bitsOf(wanted, predictions);
  const draws = drawnAccuracies(right);
  const pairs = right.flatMap((first, i) =>
    right.slice(i + 1).map((second, k) => paired(first, second, draws[i]!, draws[i + 1 + k]!)),
  );
  const holm = corrected(pairs.map(({ p }) => p));
  return pairs.map(({ difference: [low, high], p }, i) => ({
    drop_low: share(low),
    drop_high: share(high),
    p: chance(p),
    corrected_p: chance(holm[i]),
    verdict: wordsFor(100 * low, 100 * high, holm[i]!),
  }));
}
