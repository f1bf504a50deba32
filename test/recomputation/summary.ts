/** Every line of `<name>.summary.csv`, from the rows and the predictions: what docs/statistics.md says, spelt out. */
import type { Row, Table } from './csv.js';
import { drawnAccuracies } from './draws.js';
import { type Contender, frontShares } from './front.js';
import { type Ends, hullOf, middleOf, tangoEnds, wilsonEnds } from './intervals.js';
import { type Line, linesIn } from './lines.js';
import type { PredictedSweep } from './predictions.js';
import { corrected, mcnemar, signFlips, wordsFor } from './probabilities.js';
import { allOf, chance, deviationOf, meanOf, numbersOf, share, sixDigits, UNKNOWN } from './writing.js';

interface Shown {
  readonly accuracy: Ends;
  /** Of row − float32; undefined for float32 itself. */
  readonly difference: Ends | undefined;
  readonly p: number | undefined;
  readonly draws: readonly number[];
}

type Bits = readonly Uint8Array[];

const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/** `right`, `baseline`: by seed. */
function shownBy(right: Bits, baseline: Bits | undefined, draws: number[], baselineDraws: number[]): Shown {
  const seeds = right.length;
  const images = right[0]!.length;
  const score = wilsonEnds(total(right.map(total)) / seeds, images);
  const accuracy = seeds === 1 ? score : hullOf(middleOf(draws), score);
  if (!baseline) return { accuracy, difference: undefined, p: undefined, draws };
  let gained = 0;
  let lost = 0;
  const differences = new Array<number>(images).fill(0);
  for (const [s, bits] of right.entries()) {
    for (const [i, bit] of bits.entries()) {
      const other = baseline[s]![i]!;
      if (bit > other) gained++;
      if (bit < other) lost++;
      differences[i]! += bit - other;
    }
  }
  const paired = tangoEnds(gained / seeds, lost / seeds, images);
  const drawn = draws.map((one, d) => one - baselineDraws[d]!);
  return {
    accuracy,
    difference: seeds === 1 ? paired : hullOf(middleOf(drawn), paired),
    p: seeds === 1 ? mcnemar(gained, lost) : signFlips(differences),
    draws,
  };
}

/** By point what its images show. */
function evidenceIn(lines: readonly Line[], rows: readonly Row[], runs: PredictedSweep['runs']) {
  const rightOf = new Map(runs.flatMap((run) => run.rows.map((row) => [row, run.right] as const)));
  const points = new Map<string, { right: Bits; isBaseline: boolean }>();
  for (const { point, rows: own } of lines) {
    if (points.has(point)) continue;
    const isBaseline = rows[own[0]!]!.dataflow === 'float';
    points.set(point, { right: own.map((row) => rightOf.get(row)!), isBaseline });
  }
  const all = [...points.values()];
  const draws = drawnAccuracies(all.map(({ right }) => right));
  const first = all.findIndex(({ isBaseline }) => isBaseline);
  const shown = all.map(({ right, isBaseline }, i) =>
    shownBy(right, isBaseline ? undefined : all[first]!.right, draws[i]!, draws[first]!),
  );
  const tested = shown.flatMap(({ p }) => p ?? []);
  const holm = corrected(tested);
  let next = 0;
  const correctedPs = shown.map(({ p }) => (p === undefined ? undefined : holm[next++]!));
  return new Map([...points.keys()].map((point, i) => [point, { ...shown[i]!, correctedP: correctedPs[i] }]));
}

const MEANS: readonly (readonly [name: string, write: (value: number | undefined) => string])[] = [
  ...['accuracy', 'validation_accuracy', 'baseline', 'drop'].map((name) => [name, share] as const),
  ['cycles', (value) => (value === undefined ? UNKNOWN : String(value))],
  ...['period_ns', 'delay_ns', 'energy_pj', 'edp_pj_ns', 'edp_low_pj_ns', 'edp_high_pj_ns', 'edp_sigma'].map(
    (name) => [name, sixDigits] as const,
  ),
  ...['energy_per_mac_pj', 'edp_per_mac_pj_ns', 'area_um2', 'luts'].map((name) => [name, sixDigits] as const),
];

const JOINED = ['format', 'weights', 'activations', 'weights_hash', 'unit'];

/** `digest`: SHA-256 of the CSV, hex. Gives the lines by the heads of the summary. */
export function summaryOf(table: Table, { runs }: PredictedSweep, digest: string): Row[] {
  const lines = linesIn(table);
  const evidence = evidenceIn(lines, table.records, runs);
  const contenders = new Map<number, Contender>();
  const summary = lines.map(({ rows: places, point }, i) => {
    const rows = places.map((place) => table.records[place]!);
    const first = rows[0]!;
    const { accuracy, difference, p, correctedP, draws } = evidence.get(point)!;
    const [edp, sigma] = ['edp_pj_ns', 'edp_sigma'].map((name) => meanOf(numbersOf(rows, name)));
    const unit = allOf(rows, 'unit');
    if (difference && edp !== undefined && sigma !== undefined) {
      const group = [first.network, first.dataset, first.cost].join('\n');
      contenders.set(i, { group, accuracies: draws, edp, sigma, unit });
    }
    const ties = numbersOf(rows, 'ties')?.map((count) => count / Number(first.test_images));
    return {
      ...first,
      ...Object.fromEntries(JOINED.map((name) => [name, allOf(rows, name)])),
      ...Object.fromEntries(MEANS.map(([name, write]) => [name, write(meanOf(numbersOf(rows, name)))])),
      seed: rows.length === 1 ? first.seed! : UNKNOWN,
      seeds: String(rows.length),
      accuracy_low: share(accuracy[0]),
      accuracy_high: share(accuracy[1]),
      accuracy_sd: share(deviationOf(numbersOf(rows, 'accuracy'))),
      drop_low: share(difference && -difference[1]),
      drop_high: share(difference && -difference[0]),
      p: chance(p),
      corrected_p: chance(correctedP),
      verdict: difference ? wordsFor(100 * difference[0], 100 * difference[1], correctedP!) : UNKNOWN,
      tied: share(meanOf(ties)),
      rows_hash: digest.slice(0, 16),
    };
  });
  const shares = frontShares([...contenders.values()]);
  const front = new Map([...contenders.keys()].map((i, at) => [i, shares[at]]));
  return summary.map((line, i) => ({ ...line, front_probability: share(front.get(i)) }));
}
