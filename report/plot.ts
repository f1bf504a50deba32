/** The figure of a sweep: accuracy against cost, with its Pareto front. */
import { UserError } from '../errors.js';
import type { FigureSpec } from './figure.js';
import { type Anchor, type Box, type PlacedLabel, placeLabels } from './labels.js';
import { type Candidate, paretoFront } from './pareto.js';
import { extent, linearScale, logScale, type Scale } from './scale.js';
import { readSweepRow, type SweepRow } from './sweep-row.js';
import { bandOf, onlySource } from './sweep-table.js';
import { textWidth } from './text-width.js';
import { energyUnit, productUnit, timeUnit, type Unit } from './units.js';

export const COST_AXES = ['edp', 'energy', 'delay', 'bits'] as const;
export type CostAxis = (typeof COST_AXES)[number];

export interface PlotOptions {
  /** What stands on the horizontal axis; `edp` by default. */
  readonly axis?: CostAxis;
  /** Keeps the rows priced by this source (and the unpriced baseline). */
  readonly source?: string;
  /** Keeps the rows of this many multiply-accumulate units. */
  readonly units?: number;
  readonly title?: string;
}

/** Pixels of one panel. */
const WIDTH = 640;
const HEIGHT = 380;
const LABEL_SIZE = 10.5;
const NETWORKS_AT_MOST = 6;

/** Okabe and Ito's palette, told apart by colour-blind readers as well. */
const COLOURS = {
  posit: '#0072B2',
  float: '#D55E00',
  fixed: '#009E73',
  affine: '#CC79A7',
  pow2int: '#E69F00',
  pow2val: '#56B4E9',
} as const;
const OTHER_COLOURS = ['#7F3C8D', '#666666', '#A5AA99'];

interface Point extends Candidate {
  readonly row: SweepRow;
  /** Where it is drawn: its cost in the axis's unit, or beside it where many share one width. */
  readonly x: number;
}

/**
 * The Vega-Lite specification of accuracy against `axis`: families by colour, quantizers by shape, the Pareto
 * front as a stepped line with labels and 95 % intervals, the float32 baseline as a rule. One panel for each
 * network and data set. Accuracies are spaced by the logarithm of the error, so that 98.5 and 99 % stand apart in
 * a figure that also has 20 %. `rows` are a sweep's CSV rows.
 * Throws UserError for no drawable rows, costs of two sources or numbers of units (give one), or more than six panels.
 */
export function paretoPlot(
  rows: readonly Readonly<Record<string, string>>[],
  options: PlotOptions = {},
): FigureSpec {
  const axis = options.axis ?? 'edp';
  const read = rows
    .map(readSweepRow)
    .filter(
      (row) =>
        row.role === 'baseline' ||
        ((options.source === undefined || row.source === options.source) &&
          (options.units === undefined || row.units === String(options.units))),
    );
  const source = axis === 'bits' ? undefined : onlySource(read.filter((row) => row.role === 'candidate'));
  const points = read.flatMap((row): Point[] => {
    const cost = row[axis];
    if (row.role === 'baseline' || row.accuracy === undefined || cost === undefined || cost <= 0) return [];
    return [{ row, cost, accuracy: row.accuracy, x: cost }];
  });
  const counts = [...new Set(points.map(({ row }) => row.units))];
  if (axis !== 'bits' && counts.length > 1) {
    throw new UserError(
      `costs are of ${counts.join(', ')} units, which are no one choice; choose a number with --units`,
    );
  }
  if (points.length === 0) {
    const sources = [...new Set(rows.map((row) => row.cost_source).filter((name) => name && name !== 'n/a'))];
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
  const families = [...new Set(points.map(({ row }) => row.family))].sort(byPalette);
  const quantizers = [...new Set(points.map(({ row }) => row.quantizer))].sort().reverse();
  const panels = [...groups].map(([name, group]) => panel(name, group, axis, families, quantizers));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text:
        options.title ??
        (groups.size === 1
          ? `Accuracy and ${AXIS_WORDS[axis]}: ${[...groups.keys()][0]}`
          : `Accuracy and ${AXIS_WORDS[axis]}`),
      subtitle: statement(points, source, axis),
    },
    ...(panels.length === 1 ? panels[0]! : { vconcat: panels }),
  } as FigureSpec;
}

const AXIS_WORDS: Record<CostAxis, string> = {
  edp: 'energy-delay product',
  energy: 'energy',
  delay: 'delay',
  bits: 'width',
};

function byPalette(a: string, b: string): number {
  const order = Object.keys(COLOURS);
  const rank = (family: string): number => (order.indexOf(family) + order.length + 1) % (order.length + 1);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
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
function statement(points: readonly Point[], source: string | undefined, axis: CostAxis): string[] {
  const images = [...new Set(points.map(({ row }) => row.images).filter((n) => n !== undefined))];
  const on = images.length === 1 ? ` on ${images[0]} test images` : '';
  const seeds = [...new Set(points.map(({ row }) => row.seed).filter(Boolean))];
  const seeded = seeds.length > 0 ? `, seed${seeds.length > 1 ? 's' : ''} ${seeds.join(', ')}` : '';
  const lines = [`Whiskers on the front: Wilson 95 % intervals${on}${seeded}. Dashed: float32.`];
  if (axis !== 'bits' && source !== undefined) {
    const row = points[0]!.row;
    const band = bandOf(points.map((point) => point.row));
    const units = row.units ? ` on ${row.units} multiply-accumulate unit${row.units === '1' ? '' : 's'}` : '';
    lines.push(`Cost of one inference${units} by ${source}${band}.`);
  }
  return lines.flatMap((line) => wrapPixels(line, WIDTH + 90));
}

function wrapPixels(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, 11) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function axisTitle(axis: CostAxis, costs: readonly number[]): { title: string; divisor: number } {
  switch (axis) {
    case 'edp':
      return inUnit('Energy-delay product', productUnit(costs));
    case 'energy':
      return inUnit('Energy', energyUnit(costs));
    case 'delay':
      return inUnit('Delay', timeUnit(costs));
    case 'bits':
      return { title: 'Bits of a weight', divisor: 1 };
    default:
      return axis satisfies never;
  }
}

function inUnit(quantity: string, unit: Unit): { title: string; divisor: number } {
  return { title: `${quantity} of one inference (${unit.name}, log scale)`, divisor: unit.divisor };
}

function panel(
  name: string,
  group: readonly Point[],
  axis: CostAxis,
  families: readonly string[],
  quantizers: readonly string[],
): object {
  const { title, divisor } = axisTitle(
    axis,
    group.map(({ cost }) => cost),
  );
  const spread = axis === 'bits' ? sideBySide(families, quantizers) : () => 0;
  const points = group.map((point) => ({ ...point, x: point.cost / divisor + spread(point.row) }));
  const drawn = points.map((point) => point.x);
  const x = axis === 'bits' ? bitScale(drawn) : logScale(drawn);
  const front = paretoFront(points);
  const baseline = group.find(({ row }) => row.baseline !== undefined)?.row.baseline;
  const error = errorOf(group[0]!.row.images);
  const y = logScale([
    ...points.map(({ accuracy }) => error(accuracy)),
    ...front.flatMap(({ row, accuracy }) => [
      error(row.accuracyLow ?? accuracy),
      error(row.accuracyHigh ?? accuracy),
    ]),
    ...(baseline === undefined ? [] : [error(baseline)]),
  ]);
  const labels = frontLabels(front, points, x, y, error, baseline);
  const xAxis = {
    field: 'x',
    type: 'quantitative',
    scale: { type: x.kind, domain: x.domain, nice: false, zero: false },
    axis: { values: x.ticks, title, grid: true, format: '~r', labelOverlap: false },
  };
  const yAxis = {
    field: 'error',
    type: 'quantitative',
    scale: { type: 'log', reverse: true, domain: y.domain, nice: false, zero: false },
    axis: {
      values: y.ticks,
      title: 'Test accuracy (%, spaced by the log of the error)',
      grid: true,
      labelExpr: "format(100 - datum.value, '.4~f')",
      labelOverlap: false,
    },
  };
  const colour = {
    field: 'family',
    type: 'nominal',
    scale: { domain: families, range: colours(families) },
    legend: {
      title: 'Format family',
      symbolType: 'circle',
      symbolStrokeWidth: 0,
      symbolFillColor: '#666666',
    },
  };
  const shape = {
    field: 'quantizer',
    type: 'nominal',
    scale: { domain: quantizers, range: SHAPES.slice(0, quantizers.length) },
    legend: { title: 'Quantizer', symbolFillColor: 'transparent', symbolStrokeColor: '#444444' },
  };
  const shown = points.map((point) => ({
    x: point.x,
    error: error(point.accuracy),
    family: point.row.family,
    quantizer: point.row.quantizer,
  }));
  const layers: object[] = [];
  layers.push({
    data: {
      values: [
        ...front.map((point) => ({ x: point.x, error: error(point.accuracy) })),
        { x: x.domain[1], error: error(front.at(-1)!.accuracy) },
      ],
    },
    mark: { type: 'line', interpolate: 'step-after', color: '#8c8c8c', strokeWidth: 1.5 },
    encoding: { x: xAxis, y: yAxis, order: { field: 'x', type: 'quantitative' } },
  });
  if (baseline !== undefined) {
    layers.push({
      data: { values: [{ error: error(baseline) }] },
      mark: { type: 'rule', strokeDash: [5, 4], color: '#404040', strokeWidth: 1.2 },
      encoding: { y: yAxis },
    });
    layers.push({
      data: { values: [{ error: error(baseline), text: `float32 ${(baseline * 100).toFixed(2)} %` }] },
      mark: {
        type: 'text',
        align: 'left',
        baseline: 'bottom',
        dx: 4,
        dy: -4,
        fontSize: LABEL_SIZE,
        color: '#404040',
      },
      encoding: { x: { value: 0 }, y: yAxis, text: { field: 'text' } },
    });
  }
  layers.push({
    data: {
      values: front.map((point) => ({
        x: point.x,
        low: error(point.row.accuracyLow ?? point.accuracy),
        high: error(point.row.accuracyHigh ?? point.accuracy),
        family: point.row.family,
      })),
    },
    mark: { type: 'rule', strokeWidth: 1.2, opacity: 0.7 },
    encoding: {
      x: xAxis,
      y: { ...yAxis, field: 'low' },
      y2: { field: 'high' },
      color: colour,
    },
  });
  layers.push({
    data: { values: shown },
    mark: { type: 'point', filled: true, size: 58, opacity: 0.85, stroke: 'white', strokeWidth: 0.6 },
    encoding: { x: xAxis, y: yAxis, color: colour, shape },
  });
  const far = labels.filter(({ leader }) => leader === 'line');
  if (far.length > 0) {
    layers.push({
      data: { values: far },
      mark: { type: 'rule', color: '#999999', strokeWidth: 0.7 },
      encoding: {
        x: { field: 'fromX', type: 'quantitative', scale: null },
        y: { field: 'fromY', type: 'quantitative', scale: null },
        x2: { field: 'toX' },
        y2: { field: 'toY' },
      },
    });
  }
  layers.push({
    data: { values: labels },
    mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: LABEL_SIZE, color: '#1a1a1a' },
    encoding: {
      x: { field: 'x', type: 'quantitative', scale: null },
      y: { field: 'y', type: 'quantitative', scale: null },
      text: { field: 'text' },
    },
  });
  return { width: WIDTH, height: HEIGHT, ...(name ? { name: panelName(name) } : {}), layer: layers };
}

/** One shape a quantizer; the first is for rounding, where there is one. */
const SHAPES = ['circle', 'triangle-up', 'square', 'diamond', 'cross', 'triangle-down'];

function panelName(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '_');
}

function colours(families: readonly string[]): string[] {
  let others = 0;
  return families.map((family) =>
    family in COLOURS
      ? COLOURS[family as keyof typeof COLOURS]
      : OTHER_COLOURS[others++ % OTHER_COLOURS.length]!,
  );
}

/** The error in per cent; of a perfect score half an image's share, so that it has a logarithm. */
function errorOf(images: number | undefined): (accuracy: number) => number {
  const least = 0.5 / (images ?? 10_000);
  return (accuracy) => Math.max(1 - accuracy, least) * 100;
}

/** Whole bits leave room between them: each family and quantizer gets its own lane there. */
function sideBySide(families: readonly string[], quantizers: readonly string[]): (row: SweepRow) => number {
  const lanes = families.length * quantizers.length;
  return (row) => {
    const lane = families.indexOf(row.family) * quantizers.length + quantizers.indexOf(row.quantizer);
    return lanes > 1 ? (lane / (lanes - 1) - 0.5) * 0.6 : 0;
  };
}

function bitScale(bits: readonly number[]): Scale {
  const [least, most] = extent(bits);
  const scale = linearScale(Math.round(least) - 0.5, Math.round(most) + 0.5, 8);
  return { ...scale, ticks: scale.ticks.filter(Number.isInteger) };
}

interface LabelDatum {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Where its leader leaves the label, and its point. */
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly leader: 'line' | 'none';
}

function frontLabels(
  front: readonly Point[],
  points: readonly Point[],
  x: Scale,
  y: Scale,
  error: (accuracy: number) => number,
  baseline: number | undefined,
): LabelDatum[] {
  const level = (accuracy: number): number => y.position(error(accuracy)) * HEIGHT;
  const place = (point: Point): { x: number; y: number } => ({
    x: x.position(point.x) * WIDTH,
    y: level(point.accuracy),
  });
  const around = (centre: { x: number; y: number }, halfX: number, halfY: number): Box => ({
    x: centre.x - halfX,
    y: centre.y - halfY,
    width: 2 * halfX,
    height: 2 * halfY,
  });
  const obstacles: Box[] = points.map((point) => around(place(point), 5, 5));
  for (const point of front) {
    const high = level(point.row.accuracyHigh ?? point.accuracy);
    const low = level(point.row.accuracyLow ?? point.accuracy);
    obstacles.push({ x: place(point).x - 1.5, y: high, width: 3, height: low - high });
  }
  front.forEach((point, i) => {
    const from = place(point);
    const to = front[i + 1] ? place(front[i + 1]!) : { x: WIDTH, y: from.y };
    obstacles.push({ x: from.x, y: from.y - 1, width: to.x - from.x, height: 2 });
    obstacles.push({ x: to.x - 1, y: to.y, width: 2, height: from.y - to.y });
  });
  if (baseline !== undefined) {
    obstacles.push({ x: 0, y: level(baseline) - 1, width: WIDTH, height: 2 });
    // Its words stand at the left, where cheap formats are seldom as good.
    obstacles.push({ x: 0, y: level(baseline) - 18, width: 110, height: 18 });
  }
  const anchors = front.map(
    (point): Anchor => ({
      ...place(point),
      width: textWidth(point.row.format, LABEL_SIZE) + 4,
      height: LABEL_SIZE + 4,
    }),
  );
  const placed = placeLabels(anchors, obstacles, { x: 2, y: 2, width: WIDTH - 4, height: HEIGHT - 4 });
  return placed.map((label, i) => ({
    text: front[i]!.row.format,
    x: label.x + 2,
    y: label.y,
    ...leaderOf(label, anchors[i]!),
    leader: label.leader,
  }));
}

/** From the point of the label's edge that is nearest to its own point. */
function leaderOf(label: PlacedLabel, anchor: Anchor): Pick<LabelDatum, 'fromX' | 'fromY' | 'toX' | 'toY'> {
  const half = anchor.height / 2 - 1;
  return {
    fromX: Math.min(Math.max(anchor.x, label.x), label.x + anchor.width),
    fromY: Math.min(Math.max(anchor.y, label.y - half), label.y + half),
    toX: anchor.x,
    toY: anchor.y,
  };
}
