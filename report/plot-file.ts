/** From a sweep's CSV on disk to a figure on disk. */
import { UserError } from '../errors.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { destinationOf } from '../platform/destination.js';
import { readRows } from '../sweep/rows.js';
import { figureSvg } from './figure.js';
import { type PlotOptions, paretoPlot } from './plot.js';

/** Most rows of a figure: more marks cannot be told apart on one page, and make an SVG too large for browsers. */
const ROWS_AT_MOST = 20_000;

/**
 * Draws `csv` into `out` (by default the CSV's name with .svg), whole or not at all, and gives the name. Throws UserError, one line,
 * for a file that is missing, empty, too long or no sweep's, and where `paretoPlot` does.
 */
export async function plotFile(
  csv: string,
  options: PlotOptions & { readonly out?: string | undefined },
): Promise<string> {
  const file = options.out ?? `${csv.replace(/\.csv$/i, '')}.svg`;
  if (!file.toLowerCase().endsWith('.svg') && destinationOf(file).kind === 'file')
    throw new UserError(`'${file}' is not an SVG name; end it in .svg`);
  const rows = readRows(csv, ROWS_AT_MOST);
  if (rows.length === 0)
    throw new UserError(`${csv} has a header but no rows; let the sweep finish a point first`);
  writeAtomically(file, await figureSvg(paretoPlot(rows, options)));
  return file;
}
