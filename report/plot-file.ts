/** From a sweep's CSV on disk to a figure on disk. */
import { UserError } from '../errors.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { destinationOf } from '../platform/destination.js';
import { summaryOf } from '../sweep/summary/file.js';
import { type FigureOptions, figureIn, formOf } from './figure-file.js';
import { type Headings, withHeadings } from './figure-parts.js';
import { type PlotOptions, paretoPlot } from './plot.js';

/** Most rows of a figure: more marks cannot be told apart on one page, and make an SVG too large for browsers. */
const ROWS_AT_MOST = 20_000;

export interface PlotFileOptions extends PlotOptions, FigureOptions {
  /** By default the CSV's name with .svg; the ending says what is written: .svg, .png, .pdf or .vl.json. */
  readonly out?: string | undefined;
  readonly headings?: Headings;
}

/**
 * Draws `csv` into `out`, whole or not at all, and gives the name; a device or pipe gets SVG. Throws UserError, one line,
 * for a name of another ending, for a file that is missing, empty, too long or no sweep's, where `paretoPlot` does, and
 * where a package that draws is not installed.
 */
export async function plotFile(csv: string, options: PlotFileOptions): Promise<string> {
  const file = options.out ?? `${csv.replace(/\.csv$/i, '')}.svg`;
  const form = destinationOf(file).kind === 'file' ? formOf(file) : '.svg';
  const rows = summaryOf(csv, ROWS_AT_MOST);
  if (rows.length === 0)
    throw new UserError(`${csv} has a header but no rows; let the sweep finish a point first`);
  const spec = withHeadings(paretoPlot(rows, options), options.headings ?? {});
  writeAtomically(file, await figureIn(form, spec, options));
  return file;
}
