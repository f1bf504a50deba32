/** The columns of a sweep's summary: a line for each point over its seeds, and what its numbers show. */
import {
  ASKED,
  type CellOf,
  COLUMNS,
  type Column,
  column,
  columnCalled,
  type Entry,
  type SweepRow,
} from '../columns.js';

const SHOWN = [
  ['seeds', 'integer', 'trainings the line is over'],
  ['accuracy', 'share', 'share of test images classified rightly, the mean over the seeds'],
  ['accuracyLow', 'share', 'lower end of its 95 % interval'],
  ['accuracyHigh', 'share', 'upper end of its 95 % interval'],
  ['accuracySd', 'share', 'sample standard deviation of the accuracies of the seeds (n − 1)'],
  [
    'validationAccuracy',
    'share',
    'share of the validation images classified rightly, the mean over the seeds',
  ],
  [
    'baseline',
    'share',
    'accuracy of float32 with the same weights on the same images, the mean over the seeds',
  ],
  ['drop', 'difference', 'baseline − accuracy'],
  ['dropLow', 'difference', 'lower end of the 95 % interval of the paired difference'],
  ['dropHigh', 'difference', 'upper end of the 95 % interval of the paired difference'],
  [
    'p',
    'probability',
    'exact two-sided sign-flip test over images, of these trainings; of one seed McNemar’s',
  ],
  ['correctedP', 'probability', 'Holm’s correction of p over all points of the sweep'],
  ['verdict', 'text', 'what is shown against float32, with a margin of 0.5 points'],
  ['tied', 'share', 'share of test images whose largest logit is reached by two or more classes'],
] as const satisfies readonly Entry[];

const LAST = [
  [
    'frontProbability',
    'share',
    'share of 2,000 draws in which no other row is at least as accurate and as cheap',
  ],
  ['rowsHash', 'text', 'first 16 hex digits of the SHA-256 of the CSV this is the summary of'],
] as const satisfies readonly Entry[];

const PRICED = [
  'units',
  'cycles',
  'periodNs',
  'delayNs',
  'energyPj',
  'edpPjNs',
  'edpLowPjNs',
  'edpHighPjNs',
  'edpSigma',
  'energyPerMacPj',
  'edpPerMacPjNs',
  'areaUm2',
  'luts',
  'unit',
  'cost',
  'requantizer',
  'lanes',
  'costBand',
  'version',
] as const satisfies readonly (keyof SweepRow)[];

const IDENTITY = [
  'weightsHash',
  'trainedOn',
  'datasetHash',
  'validationImages',
  'parameters',
  'parameterBits',
  'macs',
  'accumulatorBits',
] as const;

const ofRow = (word: string): Column => columnCalled(COLUMNS, word)!;

export const SUMMARY_COLUMNS: readonly Column[] = [
  ...ASKED.map(ofRow),
  ...IDENTITY.map(ofRow),
  ...SHOWN.map((entry) => column(entry)),
  ...PRICED.map(ofRow),
  ...LAST.map((entry) => column(entry)),
];

/** What only a row of one seed has. */
type OfOneSeed =
  | 'gained'
  | 'lost'
  | 'mcnemarP'
  | 'ties'
  | 'nanLogits'
  | 'atMax'
  | 'atMin'
  | 'zeros'
  | 'overflows'
  | 'layerCounts';

/**
 * A line of a summary: one point, over its seeds, priced once. `seed` where it has one seed. Means over the seeds; what is
 * unknown or does not apply is `undefined`.
 */
export type SummaryRow = Omit<SweepRow, OfOneSeed> & {
  readonly [One in (typeof SHOWN | typeof LAST)[number] as One[0]]: CellOf<One[1]>;
};

/** What a row of a sweep and a line of its summary share. */
export type AnyRow = Pick<SweepRow, keyof SweepRow & keyof SummaryRow>;
