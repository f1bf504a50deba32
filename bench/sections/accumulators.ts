/** Accumulators that are not exact, beside the exact one. */
import { DEFAULT_CHOICES, parseAccumulator } from '../../dist/emac/layer/choices.js';
import type { Bench, Section } from '../bench.js';
import { exactProduct } from '../contestants/exact.js';
import type { Case } from '../formats.js';
import {
  type CodedProduct,
  codedProduct,
  type RealProduct,
  realProduct,
  SHAPES,
  shapeName,
} from '../layers.js';
import { race } from '../race.js';
import { type BenchRow, spreadColumns } from '../rows.js';
import { speedRatio, spreadOf } from '../statistics.js';

const CASES: readonly Case[] = [
  { format: 'posit8es1', quantizer: 'rounding' },
  { format: 'float8e4m3fn', quantizer: 'linear' },
  { format: 'fixed8q5', quantizer: 'rounding' },
  { format: 'posit16es1', quantizer: 'rounding' },
  { format: 'float16', quantizer: 'rounding' },
  { format: 'fixed16q10', quantizer: 'rounding' },
];

const ACCUMULATORS = ['exact', 'float32', 'per-op', 'wrap32', 'saturate32'] as const;

const EFFORT = {
  quick: { rounds: 3, slice: 3, patience: 250, run: 100 },
  full: { rounds: 7, slice: 10, patience: 2500, run: 400 },
} as const;

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  const shape = SHAPES.find(({ k }) => k === 256)!;
  const product = realProduct(shape, await bench.models.get(shape.model));
  const cases = bench.effort === 'quick' ? CASES.filter(({ format }) => format.startsWith('posit')) : CASES;
  const rows: BenchRow[] = [];
  for (const [index, one] of cases.entries()) {
    bench.progress.say(`accumulators, ${one.format}`, index / cases.length);
    rows.push(...(await measureCase(bench, product, one)));
  }
  return rows;
}

async function measureCase({ effort }: Bench, product: RealProduct, one: Case): Promise<BenchRow[]> {
  const contestants = ACCUMULATORS.map((name) => {
    const choices = { ...DEFAULT_CHOICES, accumulator: parseAccumulator(name) };
    const coded = codedProduct(product, one, choices);
    const rows = affordableRows(coded, EFFORT[effort].run);
    return { rows, ...exactProduct(name, firstRows(coded, rows)) };
  });
  const times = await race(contestants, EFFORT[effort]);
  const { n, k } = product.shape;
  // slow ones have fewer rows: times are of one row
  const perRow = new Map(
    contestants.map(({ name, rows }) => [name, times.get(name)!.map((time) => time / rows)]),
  );
  return contestants.map(({ name, rows }) => {
    const own = perRow.get(name)!;
    return {
      shape: shapeName({ m: rows, n, k }),
      ...one,
      accumulator: name,
      ...spreadColumns('gmacs', spreadOf(own.map((time) => (n * k) / time / 1e6))),
      ...spreadColumns('per_exact', speedRatio(own, perRow.get('exact')!)),
    };
  });
}

/** Rows of the probe that tells how slow an accumulator is. */
const PROBE = 4;

/** As many of the rows as take at most `milliseconds`, at least the probe's. */
function affordableRows(coded: CodedProduct, milliseconds: number): number {
  const all = coded.codes.length / coded.layer.k;
  const probe = exactProduct('probe', firstRows(coded, PROBE));
  probe.run();
  const from = performance.now();
  probe.run();
  const affordable = Math.floor((PROBE * milliseconds) / (performance.now() - from) / PROBE) * PROBE;
  return Math.min(all, Math.max(PROBE, affordable));
}

function firstRows(coded: CodedProduct, rows: number): CodedProduct {
  return { ...coded, codes: coded.codes.subarray(0, rows * coded.layer.k) };
}

export const accumulatorsSection: Section = {
  name: 'accumulators',
  title: 'Accumulators (GMAC/s; times as fast as the exact one)',
  shown: [
    'shape',
    'format',
    'quantizer',
    'accumulator',
    'gmacs_median',
    'gmacs_min',
    'gmacs_max',
    'per_exact_median',
  ],
  run: measure,
};
