/**
 * Rows of a sweep: fixed columns in a fixed order, fixed number formatting, CSV by papaparse. A row never holds
 * a machine path or a time. What is unknown or does not apply is the word `n/a`, never 0 and never empty.
 */
import Papa from 'papaparse';
import { UserError } from '../errors.js';
import { readBytes } from '../input/bounded-file.js';
import { csvRecords, openCsv } from '../input/csv.js';
import { escaped } from '../one-line.js';

/** How a column's numbers are written. `significant` is six significant digits. */
type Style = 'text' | 'integer' | 'share' | 'probability' | 'significant';

export interface Column {
  readonly name: string;
  readonly style: Style;
  /** Meaning and unit, for documentation and `--help`. */
  readonly meaning: string;
}

const column = (name: string, style: Style, meaning: string): Column => ({ name, style, meaning });

/** The resolved point first, then what was measured, then what it costs. */
export const COLUMNS = [
  column('network', 'text', 'name of the network'),
  column('dataset', 'text', 'name of the data set'),
  column('images', 'integer', 'test images, the first ones in file order'),
  column('format', 'text', 'format of the network, or the name of the pair or assignment'),
  column('family', 'text', 'family of the format, or mixed where tensors differ in format'),
  column('weights', 'text', 'format of the weights (default of the assignment)'),
  column('activations', 'text', 'format of the activations (default of the assignment)'),
  column('layers', 'text', 'layers that differ: name=weights/activations;… or none'),
  column('bits', 'integer', 'bits of the weight format, n/a where layers differ in it'),
  column('fraction', 'text', 'given, or best: fraction bits chosen on the calibration images'),
  column('quantizer', 'text', 'rounding or linear'),
  column('calibrator', 'text', 'what sets the scale: max, percentile, mse, kl'),
  column('scales', 'text', 'real or pow2 (powers of two)'),
  column('granularity', 'text', 'tensor or channel: over what one weight scale is shared'),
  column('mode', 'text', 'rounding mode'),
  column('policy', 'text', 'what happens beyond the largest value'),
  column('underflow', 'text', 'what a posit does below minpos'),
  column('scale_bits', 'integer', 'significand bits of the requantization multiplier'),
  column('bias', 'text', 'accumulator or format'),
  column('accumulator', 'text', 'exact, float32, per-op, wrap<N>, saturate<N>'),
  column('logits', 'text', 'rounded or accumulator'),
  column('dataflow', 'text', 'float, simulated or emac'),
  column('calibration_images', 'integer', 'training images that set scales and fraction bits'),
  column('seed', 'integer', 'seed of training, calibration order and stochastic rounding'),
  column('weights_hash', 'text', 'first 16 hex digits of the SHA-256 of the float32 parameters'),
  column(
    'trained_on',
    'text',
    'data set the weights were trained on, n/a where a .safetensors file does not say',
  ),
  column('dataset_hash', 'text', 'first 16 hex digits of the SHA-256 of the data in use'),
  column('accuracy', 'share', 'share of test images classified rightly'),
  column('accuracy_low', 'share', 'lower end of the Wilson 95 % interval'),
  column('accuracy_high', 'share', 'upper end of the Wilson 95 % interval'),
  column('baseline', 'share', 'accuracy of float32 on the same images'),
  column('drop', 'share', 'baseline − accuracy'),
  column('mcnemar_p', 'probability', 'exact two-sided McNemar p against float32 on the same images'),
  column('ties', 'integer', 'images whose largest logit is shared'),
  column('nan_logits', 'integer', 'logits that are NaN'),
  column(
    'at_max',
    'integer',
    'codes of the largest and smallest value on the edges, over all images, zeros apart',
  ),
  column('at_min', 'integer', 'codes at ±the smallest positive value'),
  column('zeros', 'integer', 'codes of ±0 or the zero point'),
  column('overflows', 'integer', 'accumulator overflows of wrap<N> and saturate<N>'),
  column('layer_counts', 'text', 'edge=at_max/at_min/zeros;… the same, edge by edge'),
  column('parameters', 'integer', 'weights and biases'),
  column('parameter_bits', 'integer', 'packed bits of the weights, and 32 for each bias'),
  column('macs', 'integer', 'multiply-accumulates of one inference'),
  column('accumulator_bits', 'integer', 'widest accumulator of any layer'),
  column('units', 'integer', 'multiply-accumulate units, one MAC per unit and cycle'),
  column('cycles', 'integer', 'clock cycles of one inference on those units'),
  column('period_ns', 'significant', 'clock period, ns'),
  column('delay_ns', 'significant', 'delay of one inference, ns'),
  column('energy_pj', 'significant', 'energy of one inference, pJ'),
  column('edp_pj_ns', 'significant', 'energy × delay of one inference, pJ·ns'),
  column('energy_per_mac_pj', 'significant', 'energy of one MAC, pJ'),
  column('edp_per_mac_pj_ns', 'significant', 'energy of one MAC × clock period, pJ·ns'),
  column('area_um2', 'significant', 'area of all units, µm²'),
  column('luts', 'significant', 'look-up tables of all units, FPGA sources'),
  column('cost_source', 'text', 'where the cost figures are from'),
  column('cost_band', 'text', 'their error band'),
  column('version', 'text', 'version of cheetah-numerics'),
] as const satisfies readonly Column[];

/** What is unknown or does not apply. */
export const NOT_AVAILABLE = 'n/a';

/** A row's cells by column name, as they stand in the CSV. */
export type Row = Readonly<Record<string, string>>;

/** Values before they are written; a missing column, null, NaN and ±Infinity become `n/a`. */
export type RowValues = Readonly<Record<string, string | number | null | undefined>>;

/** Six significant digits; toPrecision is exact arithmetic, the same everywhere. */
function significant(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function cell(value: string | number | null | undefined, style: Style): string {
  if (value === null || value === undefined || value === '') return NOT_AVAILABLE;
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return NOT_AVAILABLE;
  switch (style) {
    case 'text':
    case 'integer':
      return String(value);
    case 'share':
      return value.toFixed(6);
    case 'probability':
      return value === 0 || value >= 1e-4 ? value.toFixed(6) : value.toExponential(3);
    case 'significant':
      return significant(value);
    default:
      return style satisfies never;
  }
}

/** The row's cells as text. A value whose column does not exist is a fault of ours and throws. */
export function formatRow(values: RowValues): Row {
  const known = new Set<string>(COLUMNS.map(({ name }) => name));
  for (const name of Object.keys(values)) {
    if (!known.has(name)) throw new Error(`row has a value for '${name}', which is no column`);
  }
  return Object.fromEntries(COLUMNS.map(({ name, style }) => [name, cell(values[name], style)]));
}

/** Header and rows, lines ended by \n. */
export function rowsToCsv(rows: readonly Row[]): string {
  const fields = COLUMNS.map(({ name }) => name as string);
  return `${Papa.unparse({ fields, data: rows.map((row) => fields.map((name) => row[name])) }, { newline: '\n' })}\n`;
}

/** Larger than any sweep of 100,000 rows writes. */
const LARGEST_CSV = 64 * 2 ** 20;
/** A row has about 60 cells. */
const MOST_CELLS = 2 ** 22;
const MOST_COLUMNS = 1000;
const WANTED = 'a CSV that `cheetah sweep` wrote';

/**
 * Reads up to `most` rows of a sweep's CSV. Throws UserError, one line, for a file that is missing, too large,
 * malformed or lacks the columns of a sweep.
 */
export function readRows(file: string, most = 100_000): Row[] {
  const bytes = readBytes(file, { most: LARGEST_CSV, wanted: WANTED });
  const { columns, records } = csvRecords(
    openCsv(bytes, file, { cells: MOST_CELLS, columns: MOST_COLUMNS }),
    most,
  );
  const missing = ['format', 'accuracy', 'edp_pj_ns'].find((name) => !columns.includes(name));
  if (missing !== undefined) throw new UserError(`${file} lacks the column ${missing}; give ${WANTED}`);
  return records.map(({ cells }) =>
    Object.fromEntries(Object.entries(cells).map(([name, text]) => [name, escaped(text)])),
  );
}
