/** From a sweep's CSV on disk to a figure on disk. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { destinationOf } from '../platform/destination.js';
import type { SummaryRow } from '../sweep/summary/columns.js';
import { summaryOf } from '../sweep/summary/file.js';
import { type FigureSpec, withDrawing } from './figure-drawing.js';
import { type FigureOptions, figureIn, formOf } from './figure-file.js';
import { type Headings, withHeadings } from './figure-parts.js';
import { FONT_SIZE } from './figure-theme.js';
import { type PlotOptions, paretoPlot } from './plot.js';
import { zooMap } from './zoo-map.js';

/** Most rows of a figure: more marks cannot be told apart on one page, and make an SVG too large for browsers. */
const ROWS_AT_MOST = 20_000;

export interface PlotFileOptions extends Omit<PlotOptions, 'panelWidth'>, FigureOptions {
  /** Of the whole figure, in pixels; by default that of panels of 640. */
  readonly width?: number;
  /** By default the CSV's name with .svg; the ending says what is written: .svg, .png, .pdf or .vl.json. */
  readonly out?: string | undefined;
  readonly headings?: Headings;
}

/** The sweeps of a folder, in the order of their files' names. */
function summariesIn(folder: string): readonly (readonly SummaryRow[])[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.csv') && !name.endsWith('.summary.csv'))
    .sort();
  if (files.length === 0) {
    throw new UserError(
      `${folder} has no CSV of a sweep; give a folder that a sweep over several weights wrote`,
    );
  }
  return files.map((name) => summaryOf(join(folder, name), ROWS_AT_MOST));
}

/** As `plotFile`, of a folder with the sweeps of several trained networks: one map of all. */
export async function plotFolder(folder: string, options: PlotFileOptions): Promise<string> {
  const file = options.out ?? `${folder.replace(/[\\/]+$/, '')}.svg`;
  const form = destinationOf(file).kind === 'file' ? formOf(file) : '.svg';
  const spec = withHeadings(zooMap(summariesIn(folder)), options.headings ?? {});
  writeAtomically(file, await figureIn(form, spec, options));
  return file;
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
  const { width } = options;
  const fontSize = options.fontSize ?? (width !== undefined && width < NARROW ? NARROW_FONT : FONT_SIZE);
  const looks = { ...options, fontSize };
  const draw = (panelWidth?: number): FigureSpec =>
    withHeadings(
      paretoPlot(rows, panelWidth === undefined ? looks : { ...looks, panelWidth }),
      options.headings ?? {},
    );
  const spec = width === undefined ? draw() : await fitted(draw, width, looks);
  writeAtomically(file, await figureIn(form, spec, looks));
  return file;
}

/** A figure of one column of a journal has smaller text, of 7 points (7/72 inch) at least. */
const NARROW = 480;
const NARROW_FONT = 10;

/** Axes and legends take their room; the panel gets what they leave. */
async function fitted(
  draw: (panelWidth: number) => FigureSpec,
  width: number,
  looks: FigureOptions,
): Promise<FigureSpec> {
  let panelWidth = Math.max(LEAST, width - 60);
  for (let tries = 0; tries < 6; tries++) {
    const over = (await withDrawing(draw(panelWidth), looks, (drawing) => drawing.width)) - width;
    if (over === 0) break;
    panelWidth -= over;
    if (panelWidth < LEAST)
      throw new UserError(`a figure ${width} pixels wide has no room for its panel; make it wider`);
  }
  return draw(panelWidth);
}

/** Pixels of a panel. */
const LEAST = 120;
