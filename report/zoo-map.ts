/** Which formats lose where: a heat map of many sweeps' points (rows) over the trained networks they ran on (columns). */
import { UserError } from '../errors.js';
import { isBaseline } from '../sweep/columns.js';
import type { SummaryRow } from '../sweep/summary/columns.js';
import type { FigureSpec } from './figure.js';
import { DARK_TEXT, DARKEST, LIGHT_TEXT, LIGHTEST } from './heat-colours.js';
import { percent } from './significance.js';

/** Points of accuracy lost that have the darkest colour: whoever loses more has lost. */
const TOP = 10;
/** Pixels: `−12.34` fits, and a name aslant above. */
const CELL_WIDTH = 46;
const CELL_HEIGHT = 17;

/** The network, and below it what it was trained and tested on. */
const modelOf = ({ network, dataset }: SummaryRow): string => `${network}, ${dataset}`;

function pointOf(row: SummaryRow): string {
  const how = row.quantizer === 'rounding' ? 'rounding' : `${row.quantizer}, ${row.scales}`;
  // fraction bits that were chosen differ from network to network
  const format = row.fraction === 'best' ? row.format?.replace(/q-?\d+$/, '') : row.format;
  return [format, how, ...(row.granularity === 'channel' ? ['channel'] : [])].join(', ');
}

/**
 * Accuracy lost against float32, in percentage points, in every cell; above the float32 accuracies themselves. Rows that all
 * sweeps have come in the order of the first; a network that lacks one has an empty cell. Throws UserError for fewer than
 * one sweep with points.
 */
export function zooMap(sweeps: readonly (readonly SummaryRow[])[]): FigureSpec {
  const rows = sweeps.flat();
  const points = rows.filter((row) => !isBaseline(row));
  if (points.length === 0) throw new UserError('the sweeps have no points; let one finish first');
  const models = [...new Set(rows.map(modelOf))];
  const named = [...new Set(points.map(pointOf))];
  const cells = points.map((row) => ({
    model: modelOf(row),
    point: pointOf(row),
    // what is negative is no loss: the lightest
    lost: Math.max(0, 100 * row.drop!),
    value: percent(row.drop!),
  }));
  const baselines = rows.filter(isBaseline).map((row) => ({
    model: modelOf(row),
    point: 'float32, accuracy (%)',
    value: (100 * row.accuracy!).toFixed(2),
  }));
  const x = {
    field: 'model',
    type: 'nominal',
    sort: models,
    axis: { title: null, labelAngle: -50, orient: 'top', labelLimit: 400 },
  };
  const y = (sort: readonly string[]) => ({
    field: 'point',
    type: 'nominal',
    sort,
    axis: { title: null, labelLimit: 400 },
  });
  const size = { width: { step: CELL_WIDTH }, height: { step: CELL_HEIGHT } };
  const number = { type: 'text', fontSize: 10 };
  return {
    title: {
      text: 'Accuracy lost against float32',
      subtitle: [
        'percentage points of the test images, without retraining; the darkest have lost',
        `${TOP} points or more; an empty cell: the combination does not exist`,
      ],
    },
    spacing: 4,
    vconcat: [
      {
        ...size,
        data: { values: baselines },
        mark: { ...number, fontWeight: 'bold', color: DARK_TEXT },
        encoding: { x, y: y(['float32, accuracy (%)']), text: { field: 'value', type: 'nominal' } },
      },
      {
        ...size,
        data: { values: cells },
        encoding: { x: { ...x, axis: null }, y: y(named) },
        layer: [
          {
            mark: { type: 'rect', stroke: '#ffffff', strokeWidth: 1 },
            encoding: {
              color: {
                field: 'lost',
                type: 'quantitative',
                scale: { domain: [0, TOP], range: [LIGHTEST, DARKEST], clamp: true },
                // the values stand in the cells
                legend: null,
              },
            },
          },
          {
            mark: number,
            encoding: {
              text: { field: 'value', type: 'nominal' },
              color: { condition: { test: `datum.lost > ${TOP / 2}`, value: LIGHT_TEXT }, value: DARK_TEXT },
            },
          },
        ],
      },
    ],
  };
}
