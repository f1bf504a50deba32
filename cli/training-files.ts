/** What a training leaves beside its weights: the curve as CSV and picture, and the notes of the model. */
import { join } from 'node:path';
import Papa from 'papaparse';
import type { Dataset } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import type { EpochRecord } from '../networks/files/checkpoint.js';
import type { ModelNotes } from '../networks/files/model.js';
import type { Trained } from '../networks/training/train.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { figureSvg } from '../report/figure.js';
import { trainingCurve } from '../report/training-curve.js';
import { wilson } from '../sweep/statistics/wilson.js';

export const CURVE_CSV = 'curve.csv';
const CURVE_SVG = 'curve.svg';

/** A line an epoch; shares from 0 to 1, empty where there are no validation images. */
function curveCsv(history: readonly EpochRecord[]): string {
  const rows = history.map((record) => ({
    epoch: record.epoch,
    loss: record.loss,
    train_accuracy: record.trainCorrect / record.trainCount,
    train_images: record.trainCount,
    validation_accuracy:
      record.validationCount === 0 ? '' : record.validationCorrect / record.validationCount,
    validation_images: record.validationCount,
  }));
  return `${Papa.unparse(rows, { newline: '\n' })}\n`;
}

/** Without Vega there is no picture, and `tell` hears why. */
export async function writeCurve(
  folder: string,
  title: string,
  history: readonly EpochRecord[],
  tell: (text: string) => void,
): Promise<void> {
  writeAtomically(join(folder, CURVE_CSV), curveCsv(history));
  const points = history.map((record) => ({
    epoch: record.epoch,
    loss: record.loss,
    training: record.trainCorrect / record.trainCount,
    validation: record.validationCount === 0 ? undefined : record.validationCorrect / record.validationCount,
  }));
  try {
    writeAtomically(join(folder, CURVE_SVG), await figureSvg(trainingCurve(title, points)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    tell(`no ${CURVE_SVG}: ${error.message}`);
  }
}

/** What the model says of its training: how it is done again, on what, and how good it is, with Wilson's 95 % interval. */
export function notesOf(command: string, dataset: Dataset, { options, history, test }: Trained): ModelNotes {
  const { low, high } = wilson(test.correct, test.count);
  const last = history.at(-1)!;
  return {
    command,
    dataset: dataset.name,
    datasetChecksum: dataset.checksum,
    ...options,
    validationCorrect: last.validationCorrect,
    validationCount: last.validationCount,
    testCorrect: test.correct,
    testCount: test.count,
    accuracy: test.correct / test.count,
    accuracyLow: low,
    accuracyHigh: high,
  };
}
