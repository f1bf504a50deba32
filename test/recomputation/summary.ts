/** Every line of `<name>.summary.csv`, from the rows and the predictions: what docs/statistics.md says, spelt out. */
import type { Row, Table } from './csv.js';
import { evidenceIn } from './evidence.js';
import { type Contender, frontShares } from './front.js';
import { linesIn } from './lines.js';
import type { PredictedSweep } from './predictions.js';
import { wordsFor } from './probabilities.js';
import { allOf, chance, deviationOf, meanOf, numbersOf, share, sixDigits, UNKNOWN } from './writing.js';

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
export function summaryOf(table: Table, predictions: PredictedSweep, digest: string): Row[] {
  const lines = linesIn(table);
  const evidence = evidenceIn(lines, table.records, predictions);
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
