/** Which layer each format hurts: a heat map of formats and layers, the value in every cell. */
import type { Difference } from '../sweep/sensitivity/difference.js';
import type { LayerSensitivity, Sensitivity } from '../sweep/sensitivity/result.js';
import type { FigureSpec } from './figure.js';
import { DARK_TEXT, DARKEST, LIGHT_TEXT, LIGHTEST } from './heat-colours.js';
import { rankingImages } from './sensitivity-table.js';
import { percent } from './significance.js';

/** Least length of the scale in points, so that a hundredth of a point is not drawn as a disaster. */
const LEAST_TOP = 1;
/** Pixels: an interval of two signed two-digit numbers fits. */
const CELL_WIDTH = 96;
const CELL_HEIGHT = 40;

/** One map: `of` is what stands in the cells, `top` percentage points the darkest colour. */
function heatMap(
  measured: Sensitivity,
  title: string,
  top: number,
  of: (layer: LayerSensitivity) => Difference,
): Record<string, unknown> {
  const { formats, layers } = measured;
  const values = formats.flatMap((one) =>
    one.layers.map((layer) => ({ layer, difference: of(layer), format: one.format })),
  );
  const cells = values.map(({ layer, difference, format }) => ({
    format,
    layer: layer.layer,
    // what is negative is no loss: the lightest
    points: Math.max(0, 100 * difference.share),
    value: percent(difference.share),
    interval: `${percent(difference.low)} to ${percent(difference.high)}`,
    rank: layer.rank,
  }));
  const written = (field: string, dy: number, fontSize: number, fontWeight: string) => ({
    mark: { type: 'text', dy, fontSize, fontWeight },
    encoding: {
      text: { field, type: 'nominal' },
      color: { condition: { test: `datum.points > ${top / 2}`, value: LIGHT_TEXT }, value: DARK_TEXT },
    },
  });
  return {
    title: { text: title, fontSize: 12, fontWeight: 'normal', offset: 6 },
    data: { values: cells },
    width: { step: CELL_WIDTH },
    height: { step: CELL_HEIGHT },
    encoding: {
      x: {
        field: 'layer',
        type: 'nominal',
        sort: layers,
        axis: { title: null, labelAngle: 0, orient: 'top' },
      },
      y: {
        field: 'format',
        type: 'nominal',
        sort: formats.map(({ format }) => format),
        axis: { title: null },
      },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: '#ffffff', strokeWidth: 1 },
        encoding: {
          color: {
            field: 'points',
            type: 'quantitative',
            scale: { domain: [0, top], range: [LIGHTEST, DARKEST] },
            // the values stand in the cells
            legend: null,
          },
        },
      },
      written('value', -6, 12, 'bold'),
      written('interval', 9, 10, 'normal'),
    ],
  };
}

/**
 * Two maps, one above the other: accuracy lost where the layer alone is narrow, and gained where it alone is wide, in
 * percentage points with 95 % intervals, in one scale of colours. Formats in the order asked for, layers in the order of the network.
 */
export function sensitivityPlot(measured: Sensitivity): FigureSpec {
  const { network, wide, quantizer, formats } = measured;
  const shares = formats.flatMap(({ layers }) =>
    layers.flatMap(({ lost, gained }) => [lost.share, gained.share]),
  );
  const top = Math.max(LEAST_TOP, ...shares.map((share) => 100 * share));
  return {
    title: {
      text: `Which layer hurts: ${network}`,
      subtitle: [
        `percentage points of ${rankingImages(measured)}, with Tango 95 % intervals`,
        `wide is ${wide}; quantizer ${quantizer}`,
      ],
    },
    vconcat: [
      heatMap(measured, 'lost where this layer alone is narrow', top, ({ lost }) => lost),
      heatMap(measured, 'gained where this layer alone is wide', top, ({ gained }) => gained),
    ],
  };
}
