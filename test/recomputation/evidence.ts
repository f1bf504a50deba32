/** What the images show of each point: intervals and p, docs/statistics.md. */
import type { Row } from './csv.js';
import { drawnAccuracies } from './draws.js';
import { type Ends, hullOf, middleOf, tangoEnds, wilsonEnds } from './intervals.js';
import type { Line } from './lines.js';
import type { PredictedSweep } from './predictions.js';
import { corrected, mcnemar, signFlips } from './probabilities.js';

/** By seed and image: 1 where right. */
export type Bits = readonly Uint8Array[];

export interface Paired {
  readonly difference: Ends;
  readonly p: number;
}

interface Evidence extends Partial<Paired> {
  readonly accuracy: Ends;
  /** Accuracies. */
  readonly draws: readonly number[];
  readonly correctedP: number | undefined;
}

const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/** Of accuracy; `right` and `draws` as below. */
export function accuracyEnds(right: Bits, draws: readonly number[]): Ends {
  const score = wilsonEnds(total(right.map(total)) / right.length, right[0]!.length);
  return right.length === 1 ? score : hullOf(middleOf(draws), score);
}

/** The first − the second: which images each has right, by seed, and its accuracies by draw. */
export function paired(
  first: Bits,
  second: Bits,
  draws: readonly number[],
  others: readonly number[],
): Paired {
  const seeds = first.length;
  const images = first[0]!.length;
  let gained = 0;
  let lost = 0;
  const differences = new Array<number>(images).fill(0);
  for (const [s, bits] of first.entries()) {
    for (const [i, bit] of bits.entries()) {
      const other = second[s]![i]!;
      if (bit > other) gained++;
      if (bit < other) lost++;
      differences[i]! += bit - other;
    }
  }
  const score = tangoEnds(gained / seeds, lost / seeds, images);
  if (seeds === 1) return { difference: score, p: mcnemar(gained, lost) };
  const drawn = draws.map((one, d) => one - others[d]!);
  return { difference: hullOf(middleOf(drawn), score), p: signFlips(differences) };
}

/** What the rows of each line have right. */
export function bitsOf(lines: readonly Line[], { runs }: PredictedSweep): Bits[] {
  const rightOf = new Map(runs.flatMap((run) => run.rows.map((row) => [row, run.right] as const)));
  return lines.map(({ rows }) => rows.map((row) => rightOf.get(row)!));
}

/** By point; float32 has no difference and no p. */
export function evidenceIn(
  lines: readonly Line[],
  rows: readonly Row[],
  predictions: PredictedSweep,
): ReadonlyMap<string, Evidence> {
  const points = lines.filter(({ point }, i) => lines.findIndex((other) => other.point === point) === i);
  const right = bitsOf(points, predictions);
  const draws = drawnAccuracies(right);
  const isFloat = points.map((line) => rows[line.rows[0]!]!.dataflow === 'float');
  const base = isFloat.indexOf(true);
  const compared = right.map((bits, i) =>
    isFloat[i] ? undefined : paired(bits, right[base]!, draws[i]!, draws[base]!),
  );
  const holm = corrected(compared.flatMap((one) => one?.p ?? []));
  let next = 0;
  return new Map(
    points.map(({ point }, i) => [
      point,
      {
        accuracy: accuracyEnds(right[i]!, draws[i]!),
        draws: draws[i]!,
        ...compared[i],
        correctedP: compared[i] && holm[next++],
      },
    ]),
  );
}
