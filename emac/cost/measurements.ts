/** Measured multiply-accumulate units, from a CSV of one's own. */
import Papa from 'papaparse';
import { UserError } from '../../errors.js';
import type { NumberFormat } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { readBytes } from '../../input/bounded-file.js';

/** What may be measured, as the CSV's columns name it. */
const FIGURES = ['area_um2', 'energy_fj_per_mac', 'delay_ps', 'luts'] as const;
export type Figure = (typeof FIGURES)[number];

export interface Measurement {
  /** Format and line, for messages. */
  readonly name: string;
  readonly format: NumberFormat;
  readonly k: number;
  readonly figures: Readonly<Partial<Record<Figure, number>>>;
  /** Where the figures are from, where the CSV says so. */
  readonly source: string | undefined;
}

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
  const text = new TextDecoder().decode(bytes);
  try {
    return parseMeasurements(text);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}

/**
 * The rows of a CSV with the columns format, k (length of the dot product) and any of area_um2, energy_fj_per_mac,
 * delay_ps, luts, source; a blank or `n/a` is what was not measured. Throws UserError naming the line for anything
 * else.
 */
export function parseMeasurements(csv: string): Measurement[] {
  const { data, meta, errors } = Papa.parse<Record<string, string>>(csv, {
    header: true,
    delimiter: ',',
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim(),
  });
  const fields = meta.fields ?? [];
  const unknown = fields.find((name) => !COLUMNS.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`column '${unknown.slice(0, 40)}' is unknown; use ${COLUMNS.join(', ')}`);
  }
  const missing = REQUIRED.find((name) => !fields.includes(name));
  if (missing) throw new UserError(`the column ${missing} is missing; use ${COLUMNS.join(', ')}`);
  if (!FIGURES.some((name) => fields.includes(name))) {
    throw new UserError(`nothing was measured; give one of the columns ${FIGURES.join(', ')}`);
  }
  const broken = errors[0];
  if (broken) throw new UserError(`row ${(broken.row ?? 0) + 1}: ${broken.message}`);
  if (data.length > MOST_ROWS)
    throw new UserError(`${data.length} rows are too many; give at most ${MOST_ROWS}`);
  return data.map((row, index) => measurementOf(row, index + 1));
}

function measurementOf(row: Readonly<Record<string, string>>, number: number): Measurement {
  const cell = (name: string) => (row[name] ?? '').trim();
  const k = Number(cell('k'));
  if (!Number.isInteger(k) || k < 1 || k > LONGEST_DOT) {
    throw new UserError(
      `row ${number}: k = '${cell('k').slice(0, 40)}' is impossible; give the length of the dot product, 1 to ${LONGEST_DOT}`,
    );
  }
  const figures: Partial<Record<Figure, number>> = {};
  for (const name of FIGURES) {
    const written = cell(name);
    if (written === '' || written === 'n/a') continue;
    const value = Number(written);
    if (!(value > 0 && Number.isFinite(value))) {
      throw new UserError(
        `row ${number}: ${name} = '${written.slice(0, 40)}' is impossible; give a number above 0, or leave it blank`,
      );
    }
    figures[name] = value;
  }
  return {
    name: `${cell('format')} (row ${number})`,
    format: formatOf(cell('format'), number),
    k,
    figures,
    source: cell('source') || undefined,
  };
}

function formatOf(name: string, number: number): NumberFormat {
  try {
    return getFormat(name);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`row ${number}: ${error.message}`);
    throw error;
  }
}
