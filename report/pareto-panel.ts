/** One panel: accuracy against cost for one network on one data set, as Vega-Lite layers. */

import type { Interval } from '../sweep/statistics/interval.js';
import type { AnyRow, SummaryRow } from '../sweep/summary/columns.js';
import { differingWords, shortWordsOf, wordsOf } from './differing.js';
import { bandOf, frontLabels, type PanelSize, type PlottedPoint } from './front-labels.js';
import { colours } from './palette.js';
import { paretoFront } from './pareto.js';
import { bandLayer, type Channels, type ErrorOf, intervalLayer, pointLayers } from './point-marks.js';
import { familyOf } from './row-family.js';
import { extent, linearScale, logScale, type Scale } from './scale.js';
import { energyUnit, productUnit, timeUnit, type Unit } from './units.js';

export const COST_AXES = ['edp', 'energy', 'delay', 'bits'] as const;
export type CostAxis = (typeof COST_AXES)[number];

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

/** A panel's specification. Families and quantizers are those of the whole figure, so that panels share legends. */
export function panel(
  name: string,
  group: readonly PlottedPoint[],
  axis: CostAxis,
  families: readonly string[],
  quantizers: readonly string[],
  size: PanelSize,
): object {
  const { title, divisor } = axisTitle(
    axis,
    group.map(({ cost }) => cost),
  );
  const spread = axis === 'bits' ? sideBySide(families, quantizers) : () => 0;
  const words = differingWords(group.map(({ row }) => row));
  const points = group.map((point) => ({
    ...point,
    x: point.cost / divisor + spread(point.row),
    band: axis === 'edp' ? edpBand(point.row, divisor) : undefined,
    label: [point.label, shortWordsOf(point.row, words)].filter(Boolean).join(' '),
    name: [point.label, wordsOf(point.row, words)].filter(Boolean).join(' '),
  }));
  const front = paretoFront(points);
  const ends = front.flatMap((point) => [bandOf(point).low, bandOf(point).high]);
  const drawn = [...points.map((point) => point.x), ...ends];
  const x = axis === 'bits' ? bitScale(drawn) : logScale(drawn);
  const baseline = group.find(({ row }) => row.baseline !== undefined)?.row.baseline;
  const error = errorOf(group[0]!.row.testImages);
  const y = errorScale(points, front, baseline, error);
  const axes: Channels = {
    x: costAxis(x, title),
    y: errorAxis(y),
    colour: familyColours(families),
    shape: quantizerShapes(quantizers),
  };
  const layers = [
    frontLayer(front, x, error, axes),
    ...(baseline === undefined ? [] : baselineLayers(baseline, error, axes, size)),
    intervalLayer(front, error, axes),
    bandLayer(front, error, axes),
    ...pointLayers(points, divisor, error, axes),
    ...labelLayers(frontLabels(front, points, x, y, error, baseline, size), size),
  ];
  const { width, height } = size;
  return { width, height, ...(name ? { name: panelName(name) } : {}), layer: layers };
}

/** All points, the intervals of the front and the baseline lie in it. */
function errorScale(
  points: readonly PlottedPoint[],
  front: readonly PlottedPoint[],
  baseline: number | undefined,
  error: ErrorOf,
): Scale {
  return logScale([
    ...points.map(({ accuracy }) => error(accuracy)),
    ...front.flatMap(({ row, accuracy }) => [
      error(row.accuracyLow ?? accuracy),
      error(row.accuracyHigh ?? accuracy),
    ]),
    ...(baseline === undefined ? [] : [error(baseline)]),
  ]);
}

function costAxis(x: Scale, title: string): object {
  return {
    field: 'x',
    type: 'quantitative',
    scale: { type: x.kind, domain: x.domain, nice: false, zero: false },
    axis: { values: x.ticks, title, grid: true, format: '~r', labelOverlap: false },
  };
}

function errorAxis(y: Scale): object {
  return {
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
}

function familyColours(families: readonly string[]): object {
  return {
    field: 'family',
    type: 'nominal',
    scale: { domain: families, range: colours(families) },
    legend: {
      title: 'Format family',
      symbolType: 'circle',
      // filled where a point is, hollow where all are
      symbolStrokeWidth: 1.4,
      symbolFillColor: 'transparent',
    },
  };
}

function quantizerShapes(quantizers: readonly string[]): object {
  return {
    field: 'quantizer',
    type: 'nominal',
    scale: { domain: quantizers, range: SHAPES.slice(0, quantizers.length) },
    legend: { title: 'Quantizer', symbolFillColor: 'transparent', symbolStrokeColor: '#444444' },
  };
}

/** The band of a row's energy-delay product in the axis's unit. */
function edpBand({ edpLowPjNs: low, edpHighPjNs: high }: SummaryRow, divisor: number): Interval | undefined {
  return low === undefined || high === undefined ? undefined : { low: low / divisor, high: high / divisor };
}

/** The front of the estimates as a stepped line that goes on to the right end of the panel. */
function frontLayer(front: readonly PlottedPoint[], x: Scale, error: ErrorOf, axes: Channels): object {
  return {
    data: {
      values: [
        ...front.map((point) => ({ x: point.x, error: error(point.accuracy) })),
        { x: x.domain[1], error: error(front.at(-1)!.accuracy) },
      ],
    },
    mark: { type: 'line', interpolate: 'step-after', color: '#8c8c8c', strokeWidth: 1.5 },
    encoding: { x: axes.x, y: axes.y, order: { field: 'x', type: 'quantitative' } },
  };
}

/** A dashed line across the panel, and its name at the left end. */
function baselineLayers(baseline: number, error: ErrorOf, axes: Channels, size: PanelSize): object[] {
  return [
    {
      data: { values: [{ error: error(baseline) }] },
      mark: { type: 'rule', strokeDash: [5, 4], color: '#404040', strokeWidth: 1.2 },
      encoding: { y: axes.y },
    },
    {
      data: { values: [{ error: error(baseline), text: `float32 ${(baseline * 100).toFixed(2)} %` }] },
      mark: {
        type: 'text',
        align: 'left',
        baseline: 'bottom',
        dx: 4,
        dy: -4,
        fontSize: size.labelSize,
        color: '#404040',
      },
      encoding: { x: { value: 0 }, y: axes.y, text: { field: 'text' } },
    },
  ];
}

/** The labels of the front, in pixels, with a line to the point from those that stand far from it. */
function labelLayers(labels: ReturnType<typeof frontLabels>, size: PanelSize): object[] {
  const far = labels.filter(({ leader }) => leader === 'line');
  const leaders = {
    data: { values: far },
    mark: { type: 'rule', color: '#999999', strokeWidth: 0.7 },
    encoding: {
      x: { field: 'fromX', type: 'quantitative', scale: null },
      y: { field: 'fromY', type: 'quantitative', scale: null },
      x2: { field: 'toX' },
      y2: { field: 'toY' },
    },
  };
  const texts = {
    data: { values: labels },
    mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: size.labelSize, color: '#1a1a1a' },
    encoding: {
      x: { field: 'x', type: 'quantitative', scale: null },
      y: { field: 'y', type: 'quantitative', scale: null },
      text: { field: 'text' },
    },
  };
  return far.length > 0 ? [leaders, texts] : [texts];
}

/** One shape a quantizer; the first is for rounding, where there is one. */
const SHAPES = ['circle', 'triangle-up', 'square', 'diamond', 'cross', 'triangle-down'];

function panelName(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '_');
}

/** The error in per cent; of a perfect score half an image's share, so that it has a logarithm. */
function errorOf(images: number | undefined): ErrorOf {
  const least = 0.5 / (images ?? 10_000);
  return (accuracy) => Math.max(1 - accuracy, least) * 100;
}

/** Whole bits leave room between them: each family and quantizer gets its own lane there. */
function sideBySide(families: readonly string[], quantizers: readonly string[]): (row: AnyRow) => number {
  const lanes = families.length * quantizers.length;
  return (row) => {
    const lane =
      families.indexOf(familyOf(row)) * quantizers.length + quantizers.indexOf(row.quantizer ?? '');
    return lanes > 1 ? (lane / (lanes - 1) - 0.5) * 0.6 : 0;
  };
}

function bitScale(bits: readonly number[]): Scale {
  const [least, most] = extent(bits);
  const scale = linearScale(Math.round(least) - 0.5, Math.round(most) + 0.5, 8);
  return { ...scale, ticks: scale.ticks.filter(Number.isInteger) };
}
