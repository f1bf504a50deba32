/** How a training went: loss, and accuracy on the training and the validation images, epoch by epoch. */
import type { FigureSpec } from './figure.js';

/** What is drawn of an epoch; shares from 0 to 1. */
export interface CurvePoint {
  readonly epoch: number;
  readonly loss: number;
  readonly training: number;
  /** Undefined where no image was held out. */
  readonly validation: number | undefined;
}

/** Dark blue and orange: apart for every kind of colour blindness. */
const TRAINING = '#0b5394';
const VALIDATION = '#d55e00';
const WIDTH = 420;
const HEIGHT = 190;

const EPOCH = { field: 'epoch', type: 'quantitative', axis: { title: 'epoch', tickMinStep: 1, format: 'd' } };

/** Two panels, one above the other. */
export function trainingCurve(title: string, points: readonly CurvePoint[]): FigureSpec {
  const accuracies = points.flatMap(({ epoch, training, validation }) => [
    { epoch, of: 'training images', accuracy: 100 * training },
    ...(validation === undefined ? [] : [{ epoch, of: 'validation images', accuracy: 100 * validation }]),
  ]);
  const panel = { width: WIDTH, height: HEIGHT };
  return {
    title: { text: title },
    vconcat: [
      {
        ...panel,
        data: { values: points.map(({ epoch, loss }) => ({ epoch, loss })) },
        mark: { type: 'line', point: { size: 18, color: TRAINING }, color: TRAINING },
        encoding: {
          x: EPOCH,
          y: { field: 'loss', type: 'quantitative', scale: { zero: true }, axis: { title: 'loss (nats)' } },
        },
      },
      {
        ...panel,
        data: { values: accuracies },
        mark: { type: 'line', point: { size: 18 } },
        encoding: {
          x: EPOCH,
          y: {
            field: 'accuracy',
            type: 'quantitative',
            scale: { zero: false },
            axis: { title: 'accuracy (%)' },
          },
          color: {
            field: 'of',
            type: 'nominal',
            scale: { domain: ['training images', 'validation images'], range: [TRAINING, VALIDATION] },
            legend: { title: null, orient: 'bottom' },
          },
        },
      },
    ],
  };
}
