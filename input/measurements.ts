/** Measured multiply-accumulate units, from a CSV of one's own. */

import { FIGURES, type Figure, type Measurement } from '../emac/cost/measurement.js';
import { UserError } from '../errors.js';
import { getFormat } from '../formats/registry.js';
import { readBytes } from './bounded-file.js';
import { csvRecords, openCsv } from './csv.js';

const REQUIRED = ['format', 'k'] as const;
const COLUMNS: readonly string[] = [...REQUIRED, ...FIGURES, 'source'];
const LARGEST_FILE = 2 ** 20;
const MOST_ROWS = 1000;
const LONGEST_DOT = 2 ** 20;

/** Reads a CSV of measurements. Throws UserError, one line, for a file that cannot be read or is none. */
export function readMeasurements(file: string): Measurement[] {
  const bytes = readBytes(file, {
    most: LARGEST_FILE,
    wanted: `a CSV with the columns ${COLUMNS.join(', ')}, a row for each measured unit`,
  });
  return parseMeasurements(bytes, file);
}

/**
 * The rows of a CSV with the columns format, k (length of the dot product) and any of area_um2, energy_fj_per_mac,
 * delay_ps, luts, source; a blank or `n/a` is what was not measured. Throws UserError naming `source` and the row for
 * anything else.
 */
export function parseMeasurements(csv: Uint8Array | string, source: string): Measurement[] {
  const bytes = typeof csv === 'string' ? new TextEncoder().encode(csv) : csv;
  const bounds = { cells: MOST_ROWS * COLUMNS.length * 2, columns: 100 };
  const { columns, records } = csvRecords(openCsv(bytes, source, bounds), MOST_ROWS);
  const unknown = columns.find((name) => !COLUMNS.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`${source}: column '${unknown}' is unknown; use ${COLUMNS.join(', ')}`);
  }
  const missing = REQUIRED.find((name) => !columns.includes(name));
  if (missing) throw new UserError(`${source}: the column ${missing} is missing; use ${COLUMNS.join(', ')}`);
  if (!FIGURES.some((name) => columns.includes(name))) {
    throw new UserError(`${source}: nothing was measured; give one of the columns ${FIGURES.join(', ')}`);
  }
  return records.map(({ row, cells }) => {
    try {
      return measurementOf(cells, row);
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${source}: row ${row}: ${error.message}`) : error;
    }
  });
}

function measurementOf(cells: Readonly<Record<string, string>>, row: number): Measurement {
  const cell = (name: string) => cells[name] ?? '';
  const k = Number(cell('k'));
  if (!Number.isInteger(k) || k < 1 || k > LONGEST_DOT) {
    throw new UserError(
      `k = '${cell('k')}' is impossible; give the length of the dot product, 1 to ${LONGEST_DOT}`,
    );
  }
  const figures: Partial<Record<Figure, number>> = {};
  for (const name of FIGURES) {
    const written = cell(name);
    if (written === '' || written === 'n/a') continue;
    const value = Number(written);
    if (!(value > 0 && Number.isFinite(value))) {
      throw new UserError(`${name} = '${written}' is impossible; give a number above 0, or leave it blank`);
    }
    figures[name] = value;
  }
  return {
    name: `${cell('format')} (row ${row})`,
    format: getFormat(cell('format')),
    k,
    figures,
    source: cell('source') || undefined,
  };
}
