/** Rows of a small sweep for the tests of tables and figures, written as a sweep writes them. */
import type { RowValues, SweepRow } from '../../sweep/columns.js';
import { cellsOf, rowOf } from '../../sweep/rows.js';
import { wilson } from '../../sweep/statistics/wilson.js';

const IMAGES = 1000;
const BASELINE = 960;
/** Images that a format has right and float32 has not. */
const GAINED = 4;

export function sampleRow(
  format: string,
  right: number,
  price: { energy: number; delay: number } | undefined,
  values: RowValues = {},
): SweepRow {
  const { low, high } = wilson(right, IMAGES);
  const row: RowValues = {
    network: 'lenet5',
    dataset: 'strokes',
    testImages: IMAGES,
    format,
    weights: format,
    activations: format,
    layers: 'none',
    bits: Number(/\d+/.exec(format)![0]),
    quantizer: 'linear',
    dataflow: 'emac',
    seed: 0,
    accuracy: right / IMAGES,
    accuracyLow: low,
    accuracyHigh: high,
    baseline: BASELINE / IMAGES,
    drop: (BASELINE - right) / IMAGES,
    gained: Math.max(GAINED, right - BASELINE),
    lost: Math.max(GAINED, right - BASELINE) + BASELINE - right,
    mcnemarP: right < 940 ? 0.0001 : 0.3,
    units: 1,
    energyPj: price?.energy,
    delayNs: price?.delay,
    edpPjNs: price && price.energy * price.delay,
    cost: 'library45',
    costBand: 'area ±15 %',
    ...values,
  };
  return rowOf(cellsOf(row));
}

export function sampleRows(): SweepRow[] {
  return [
    sampleRow(
      'float32',
      BASELINE,
      { energy: 9e6, delay: 8e5 },
      { dataflow: 'float', quantizer: undefined, drop: 0, gained: 0, lost: 0 },
    ),
    sampleRow('posit8es1', 958, { energy: 2.2e6, delay: 7e5 }),
    sampleRow('posit5es1', 700, { energy: 1e6, delay: 5e5 }, { quantizer: 'rounding' }),
    sampleRow('float8e4m3', 959, { energy: 1.4e6, delay: 5e5 }),
    sampleRow('fixed6q4', 948, { energy: 6e5, delay: 2e5 }),
    sampleRow('fixed8q6', 940, { energy: 9e5, delay: 3e5 }),
    sampleRow('pow2val4', 930, undefined),
  ];
}
