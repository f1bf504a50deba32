/** The labels of a Pareto front: where each stands in its panel, and its leader. */

import type { Interval } from '../sweep/statistics/interval.js';
import type { SummaryRow } from '../sweep/summary/columns.js';
import { type Anchor, type Box, type PlacedLabel, placeLabels } from './labels.js';
import type { Candidate } from './pareto.js';
import type { Scale } from './scale.js';
import { textWidth } from './text-width.js';

/** Pixels of one panel, and of its labels' text. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
  readonly labelSize: number;
}

export interface PlottedPoint extends Candidate {
  readonly row: SummaryRow;
  /** Its format, and what else tells it from the others of the panel. */
  readonly label: string;
  /** The same with the names of what tells it apart, where there is room for it. */
  readonly name?: string;
  /** Where it is drawn: its cost in the axis's unit, or beside it where many share one width. */
  readonly x: number;
  /** The 95 % band of its cost, in the axis's unit. */
  readonly band?: Interval | undefined;
}

export interface LabelDatum {
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

/** The ends of a point's cost, drawn as a whisker; both the point itself where nothing is known of its error. */
export function bandOf({ band, x }: PlottedPoint): Interval {
  return band ?? { low: x, high: x };
}

/** Labels in pixels that cover no point, whisker, line or each other while there is room. */
export function frontLabels(
  front: readonly PlottedPoint[],
  points: readonly PlottedPoint[],
  x: Scale,
  y: Scale,
  error: (accuracy: number) => number,
  baseline: number | undefined,
  { width, height, labelSize }: PanelSize,
): LabelDatum[] {
  const level = (accuracy: number): number => y.position(error(accuracy)) * height;
  const place = (point: PlottedPoint): { x: number; y: number } => ({
    x: x.position(point.x) * width,
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
    const { low: from, high: to } = bandOf(point);
    obstacles.push({
      x: x.position(from) * width,
      y: level(point.accuracy) - 1.5,
      width: (x.position(to) - x.position(from)) * width,
      height: 3,
    });
    const high = level(point.row.accuracyHigh ?? point.accuracy);
    const low = level(point.row.accuracyLow ?? point.accuracy);
    obstacles.push({ x: place(point).x - 1.5, y: high, width: 3, height: low - high });
  }
  front.forEach((point, i) => {
    const from = place(point);
    const to = front[i + 1] ? place(front[i + 1]!) : { x: width, y: from.y };
    obstacles.push({ x: from.x, y: from.y - 1, width: to.x - from.x, height: 2 });
    obstacles.push({ x: to.x - 1, y: to.y, width: 2, height: from.y - to.y });
  });
  if (baseline !== undefined) {
    obstacles.push({ x: 0, y: level(baseline) - 1, width, height: 2 });
    // Its words stand at the left, where cheap formats are seldom as good.
    obstacles.push({ x: 0, y: level(baseline) - 18, width: 110, height: 18 });
  }
  const anchors = front.map(
    (point): Anchor => ({
      ...place(point),
      width: textWidth(point.label, labelSize) + 4,
      height: labelSize + 4,
    }),
  );
  const placed = placeLabels(anchors, obstacles, { x: 2, y: 2, width: width - 4, height: height - 4 });
  return placed.map((label, i) => ({
    text: front[i]!.label,
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
