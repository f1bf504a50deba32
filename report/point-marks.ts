/** The marks of a panel's points: how good, how sure, and how much their costs are worth. */
import type { SummaryRow } from '../sweep/summary/columns.js';
import type { PlottedPoint } from './front-labels.js';
import { familyOf } from './row-family.js';
import { accuracyText } from './significance.js';

/** What a layer's marks are placed, coloured and shaped by: Vega-Lite's encoding channels. */
export interface Channels {
  readonly x: object;
  readonly y: object;
  readonly colour: object;
  readonly shape: object;
}

/** The error in per cent, which the vertical axis is spaced by. */
export type ErrorOf = (accuracy: number) => number;

/** The 95 % intervals of the points on the front. */
export function intervalLayer(front: readonly PlottedPoint[], error: ErrorOf, axes: Channels): object {
  return {
    data: {
      values: front.map((point) => ({
        x: point.x,
        low: error(point.row.accuracyLow ?? point.accuracy),
        high: error(point.row.accuracyHigh ?? point.accuracy),
        family: familyOf(point.row),
      })),
    },
    mark: { type: 'rule', strokeWidth: 1.2, opacity: 0.7 },
    encoding: {
      x: axes.x,
      y: { ...axes.y, field: 'low' },
      y2: { field: 'high' },
      color: axes.colour,
    },
  };
}

/** The bands of the costs of the points on the front. */
export function bandLayer(front: readonly PlottedPoint[], error: ErrorOf, axes: Channels): object {
  return {
    data: {
      values: front.flatMap((point) =>
        point.band === undefined
          ? []
          : [{ ...point.band, error: error(point.accuracy), family: familyOf(point.row) }],
      ),
    },
    mark: { type: 'rule', strokeWidth: 1.2, opacity: 0.7 },
    encoding: {
      x: { ...axes.x, field: 'low' },
      x2: { field: 'high' },
      y: axes.y,
      color: axes.colour,
    },
  };
}

/** Opacity of a point that is surely not on the front, or of which nobody knows. */
const FAINT = 0.3;

/** Points: the surer on the front, the less faint; hollow where the cost is outside what its source was fitted to. */
export function pointLayers(
  points: readonly PlottedPoint[],
  divisor: number,
  error: ErrorOf,
  axes: Channels,
): object[] {
  const shown = points.map(({ row, ...point }) => ({
    x: point.x,
    error: error(point.accuracy),
    family: familyOf(row),
    quantizer: row.quantizer,
    shade: FAINT + (1 - FAINT) * (row.frontProbability ?? 0),
    fill: row.edpPjNs === undefined || row.edpLowPjNs !== undefined ? 'filled' : 'hollow',
    said: saidOf(row, point.name ?? point.label, Number((point.cost / divisor).toPrecision(3))),
  }));
  return (['hollow', 'filled'] as const).flatMap((fill) => {
    const values = shown.filter((point) => point.fill === fill);
    if (values.length === 0) return [];
    const looks =
      fill === 'filled'
        ? { filled: true, stroke: 'white', strokeWidth: 0.6 }
        : { filled: false, strokeWidth: 1.4 };
    return [
      {
        data: { values },
        mark: { type: 'point', size: 58, ...looks },
        // what a screen reader says of the point
        encoding: {
          x: axes.x,
          y: axes.y,
          color: axes.colour,
          shape: axes.shape,
          opacity: { field: 'shade', type: 'quantitative', scale: null },
          description: { field: 'said' },
        },
      },
    ];
  });
}

function saidOf(row: SummaryRow, name: string, cost: number): string {
  const bits = row.bits === undefined ? '' : `, ${row.bits} bits`;
  const front =
    row.frontProbability === undefined
      ? ''
      : `, on the front in ${Math.round(100 * row.frontProbability)} % of draws`;
  return `${name}, ${row.quantizer}${bits}: ${accuracyText(row)} % at ${cost}${front}`;
}
