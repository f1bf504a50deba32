/** The figure of a sweep: accuracy against cost, with its Pareto front. */
import { UserError } from '../errors.js';
import { isBaseline } from '../sweep/columns.js';
import type { SummaryRow } from '../sweep/summary/columns.js';
import type { FigureSpec } from './figure.js';
import { FONT_SIZE } from './figure-theme.js';
import type { PanelSize, PlottedPoint } from './front-labels.js';
import { byPalette } from './palette.js';
import { type CostAxis, panel } from './pareto-panel.js';
import { familyOf } from './row-family.js';
import { bandOf, onlySource } from './sweep-table.js';
import { textWidth } from './text-width.js';

export interface PlotOptions {
  /** What stands on the horizontal axis; `edp` by default. */
  readonly axis?: CostAxis;
  /** Keeps the rows priced by this source (and the unpriced baseline). */
  readonly source?: string;
  /** Keeps the rows of this many multiply-accumulate units. */
  readonly units?: number;
  readonly title?: string;
  /** Of a panel, in pixels without its axes; 640 by default. Below 480 legends stand under it, and it is higher. */
  readonly panelWidth?: number;
  /** Of the numbers at the axes, in pixels, as the figure's looks have it; labels are in proportion. */
  readonly fontSize?: number;
}

/** Narrower than this a legend beside the panel would take too much of it. */
const NARROW = 480;

function sizeOf({ panelWidth = 640, fontSize = FONT_SIZE }: PlotOptions): PanelSize {
  const height = Math.round(panelWidth * (panelWidth < NARROW ? 0.85 : 0.594));
  return { width: panelWidth, height, labelSize: (10.5 * fontSize) / FONT_SIZE };
}

const NETWORKS_AT_MOST = 6;

/**
 * The Vega-Lite specification of accuracy against `axis`: families by colour, quantizers by shape, the front of the
 * estimates as a stepped line with labels, 95 % intervals and bands, the float32 baseline as a rule. A point is the less
 * faint the more likely it is on the front, and hollow where its cost is extrapolated. One panel for each network and data
 * set. Accuracies are spaced by the logarithm of the error, so that 98.5 and 99 % stand apart in
 * a figure that also has 20 %. `rows` are the lines of a sweep's summary.
 * Throws UserError for no drawable rows, costs of two sources or numbers of units (give one), or more than six panels.
 */
export function paretoPlot(rows: readonly SummaryRow[], options: PlotOptions = {}): FigureSpec {
  const axis = options.axis ?? 'edp';
  const read = rows.filter(
    (row) =>
      isBaseline(row) ||
      ((options.source === undefined || row.cost === options.source) &&
        (options.units === undefined || row.units === options.units)),
  );
  const source = axis === 'bits' ? undefined : onlySource(read.filter((row) => !isBaseline(row)));
  const points = read.flatMap((row): PlottedPoint[] => {
    const cost = costOf(row, axis);
    if (isBaseline(row) || row.accuracy === undefined || cost === undefined || cost <= 0) return [];
    return [{ row, cost, accuracy: row.accuracy, x: cost, label: row.format ?? '' }];
  });
  const counts = [...new Set(points.map(({ row }) => row.units))];
  if (axis !== 'bits' && counts.length > 1) {
    throw new UserError(
      `costs are of ${counts.join(', ')} units, which are no one choice; choose a number with --units`,
    );
  }
  if (points.length === 0) {
    const sources = [...new Set(rows.flatMap((row) => row.cost ?? []))];
    const hint =
      options.source !== undefined
        ? ` by source ${options.source}; there is ${sources.join(', ') || 'none'}`
        : '';
    throw new UserError(`no row has both an accuracy and a figure for '${axis}'${hint}`);
  }
  const groups = groupBy(points, ({ row }) => `${row.network} on ${row.dataset}`);
  if (groups.size > NETWORKS_AT_MOST) {
    throw new UserError(
      `${groups.size} pairs of network and data set; a figure has at most ${NETWORKS_AT_MOST} panels: plot fewer at a time`,
    );
  }
  const size = sizeOf(options);
  const families = [...new Set(points.map(({ row }) => familyOf(row)))].sort(byPalette);
  const quantizers = [...new Set(points.map(({ row }) => row.quantizer ?? ''))].sort().reverse();
  const panels = [...groups].map(([name, group]) => panel(name, group, axis, families, quantizers, size));
  const { fontSize = FONT_SIZE } = options;
  const narrow = size.width < NARROW;
  const wrapped = (text: string, points: number, weight: 'normal' | 'bold' = 'normal'): string[] =>
    wrapPixels(text, size.width + (narrow ? 30 : 90), (points * fontSize) / FONT_SIZE, weight);
  const headed = wrapped(
    options.title ??
      (groups.size === 1
        ? `Accuracy and ${AXIS_WORDS[axis]}: ${[...groups.keys()][0]}`
        : `Accuracy and ${AXIS_WORDS[axis]}`),
    15,
    'bold',
  );
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: headed.length === 1 ? headed[0]! : headed,
      subtitle: statement(points, source, axis).flatMap((line) => wrapped(line, 11)),
    },
    ...(narrow ? { config: { legend: { orient: 'bottom', columns: 3 } } } : {}),
    ...(panels.length === 1 ? panels[0]! : { vconcat: panels }),
  } as FigureSpec;
}

const AXIS_WORDS: Record<CostAxis, string> = {
  edp: 'energy-delay product',
  energy: 'energy',
  delay: 'delay',
  bits: 'width',
};

function costOf(row: SummaryRow, axis: CostAxis): number | undefined {
  switch (axis) {
    case 'edp':
      return row.edpPjNs;
    case 'energy':
      return row.energyPj;
    case 'delay':
      return row.delayNs;
    case 'bits':
      return row.bits;
    default:
      return axis satisfies never;
  }
}

function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const name = key(value);
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}

/** What a reader must know to trust the figure, under its title. */
function statement(points: readonly PlottedPoint[], source: string | undefined, axis: CostAxis): string[] {
  const images = [...new Set(points.flatMap(({ row }) => row.testImages ?? []))];
  const on = images.length === 1 ? ` on ${images[0]} test images` : '';
  const seeds = Math.max(1, ...points.map(({ row }) => row.seeds ?? 1));
  const seeded = seeds > 1 ? `, means over ${seeds} trainings` : '';
  const lines = [
    `Line: front of the estimates, with 95 % intervals${on}${seeded}. The fainter a point, the less likely it is on the front. Dashed: float32.`,
  ];
  if (axis !== 'bits' && source !== undefined) {
    const row = points[0]!.row;
    const band = bandOf(points.map((point) => point.row));
    const units = row.units ? ` on ${row.units} multiply-accumulate unit${row.units === 1 ? '' : 's'}` : '';
    const hollow = points.some((point) => point.row.edpLowPjNs === undefined) ? ' Hollow: outside that.' : '';
    lines.push(`Cost of one inference${units} by ${source}${band}.${hollow}`);
  }
  return lines;
}

function wrapPixels(text: string, width: number, size: number, weight: 'normal' | 'bold'): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, size, weight) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
