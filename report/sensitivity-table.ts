/** Which layer a format hurts, as tables, and the same as plain records for CSV and JSON. */
import type { Difference } from '../sweep/sensitivity/difference.js';
import type { FormatSensitivity, LayerSensitivity, Sensitivity } from '../sweep/sensitivity/result.js';
import { percent } from './significance.js';
import { type Column, givenColumn, type Table, type TableRow } from './table.js';

const number = (key: string, header: string, unit: string, decimals: number, priority = 0): Column => ({
  key,
  header,
  ...(unit === '' ? {} : { unit }),
  align: 'right',
  digits: { kind: 'decimals', count: decimals },
  priority,
});

/** What ranks, in words: where nobody says which images no training saw, that stands beside every number. */
export function rankingImages({ ranking, images, dataset }: Sensitivity): string {
  const named = `${images} ${ranking} images of ${dataset}`;
  return ranking === 'validation' ? named : `${named} (the training may have seen them)`;
}

/** `[-0.20, 1.40]`, percentage points. */
function interval({ low, high }: { readonly low: number; readonly high: number }): string {
  return `[${percent(low)}, ${percent(high)}]`;
}

function decibels(sqnr: number): string | number {
  return sqnr === Number.POSITIVE_INFINITY ? 'exact' : sqnr;
}

/** A line a layer and format, the layers of each format by rank. */
export function sensitivityTable(measured: Sensitivity): Table {
  const { network, quantizer, wide, wideRight, images } = measured;
  return {
    caption: `accuracy lost layer by layer: ${network} on ${rankingImages(measured)}, quantizer ${quantizer}`,
    columns: [
      givenColumn('left', 'format', 'format'),
      number('rank', 'rank', '', 0),
      givenColumn('left', 'layer', 'layer'),
      number('lost', 'lost', 'points', 2),
      givenColumn('left', 'lostInterval', '95 %'),
      number('gained', 'gained', 'points', 2, 2),
      { ...givenColumn('left', 'gainedInterval', '95 %'), priority: 2 },
      number('sqnr', 'SQNR', 'dB', 1),
      number('saturated', 'saturated', '%', 3, 1),
      number('range', 'range used', '%', 1, 1),
    ],
    rows: measured.formats.flatMap(({ format, layers }) =>
      layers.map(
        (layer, index): TableRow => ({
          ...(index === 0 ? { format } : {}),
          rank: layer.rank,
          layer: layer.layer,
          lost: 100 * layer.lost.share,
          lostInterval: interval(layer.lost),
          gained: 100 * layer.gained.share,
          gainedInterval: interval(layer.gained),
          sqnr: decibels(layer.sqnr),
          saturated: 100 * layer.saturated,
          range: 100 * layer.rangeUsed,
        }),
      ),
    ),
    notes: [
      `lost: all layers in ${wide} (${percent(wideRight / images)} % right) less this layer alone in the format, its weights and what it writes; rank 1 hurts most, equal losses go by SQNR. gained: this layer alone in ${wide} less all layers in the format.`,
      '95 %: Tango’s interval of the paired difference; one that holds 0 shows no loss. SQNR, saturated and range used are the worse of the layer’s weights and activations, taken alone.',
    ],
  };
}

/** A line a format: what all layers narrow lose, and the assignment that widens the worst of them. */
export function assignmentTable(measured: Sensitivity): Table {
  const { formats, layers, margin, wide, float, ranking } = measured;
  return {
    caption: `layers widened to ${wide} until at most ${margin} points are lost`,
    columns: [
      givenColumn('left', 'format', 'format'),
      number('all', 'all narrow, lost', 'points', 2),
      givenColumn('left', 'allInterval', '95 %'),
      givenColumn('left', 'widened', 'widened'),
      number('lost', 'then lost', 'points', 2),
      givenColumn('left', 'lostInterval', '95 %'),
      number('test', 'test accuracy', '%', 2),
      givenColumn('left', 'testInterval', '95 %'),
      { ...givenColumn('left', 'names', 'layers widened'), priority: 1 },
    ],
    rows: formats.map(({ format, lost, assignment }) => ({
      format,
      all: 100 * lost.share,
      allInterval: interval(lost),
      widened: `${assignment.widened.length} of ${layers.length}`,
      lost: 100 * assignment.lost.share,
      lostInterval: interval(assignment.lost),
      test: 100 * assignment.test.accuracy,
      testInterval: interval(assignment.test),
      names: assignment.widened.join(', ') || 'none',
    })),
    notes: [
      `lost: on the ${ranking} images, against all layers wide. test accuracy: on ${float.images} test images, which chose nothing, with its Wilson interval; float32 has ${percent(float.accuracy)} % of them right.`,
    ],
  };
}

type PlainRecord = Record<string, string | number>;

/** Six significant digits: more than the counts hold. */
const digits = (value: number): number => Number(value.toPrecision(6));

function differenceRecord(name: string, { share, low, high }: Difference): PlainRecord {
  return { [name]: digits(share), [`${name}_low`]: digits(low), [`${name}_high`]: digits(high) };
}

function layerRecord(layer: LayerSensitivity): PlainRecord {
  return {
    layer: layer.layer,
    rank: layer.rank,
    ...differenceRecord('lost', layer.lost),
    ...differenceRecord('gained', layer.gained),
    sqnr_db: layer.sqnr === Number.POSITIVE_INFINITY ? 'exact' : digits(layer.sqnr),
    saturated: digits(layer.saturated),
    range_used: digits(layer.rangeUsed),
    in_assignment: layer.inAssignment,
  };
}

function assignmentRecord({ assignment, lost }: FormatSensitivity): PlainRecord {
  const { accuracy, low, high, images } = assignment.test;
  return {
    ...differenceRecord('all_narrow_lost', lost),
    widened: assignment.widened.length,
    ...differenceRecord('assignment_lost', assignment.lost),
    test_accuracy: digits(accuracy),
    test_accuracy_low: digits(low),
    test_accuracy_high: digits(high),
    test_images: images,
  };
}

/** A flat record for each format and layer, shares as 0..1; what concerns the format or all of them stands in each. */
export function sensitivityRecords(measured: Sensitivity): PlainRecord[] {
  const { network, dataset, ranking, images, quantizer, wide, wideRight, margin, float } = measured;
  return measured.formats.flatMap((one) =>
    one.layers.map((layer) => ({
      network,
      dataset,
      ranking_images: ranking,
      images,
      quantizer,
      wide,
      wide_accuracy: digits(wideRight / images),
      format: one.format,
      ...layerRecord(layer),
      margin_points: margin,
      ...assignmentRecord(one),
      float_test_accuracy: digits(float.accuracy),
    })),
  );
}
