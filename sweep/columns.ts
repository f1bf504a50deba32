/** The columns of a sweep's rows: what was asked for, what was measured, what it costs. */
import { AXES, type Axis, type AxisName } from './axes.js';
import { SPEC_FIELDS } from './fields.js';
import { columnName } from './spellings.js';

/** What a column holds, and how its numbers are written. */
export type Style =
  | 'text'
  /** A whole number. */
  | 'integer'
  /** 0 to 1, six decimals. */
  | 'share'
  /** −1 to 1, six decimals. */
  | 'difference'
  /** 0 to 1, with as many digits as small ones need. */
  | 'probability'
  /** Six significant digits. */
  | 'significant';

export interface Column {
  /** camelCase: the key of a row in the library. */
  readonly word: string;
  /** snake_case: the head of the column in a CSV file. */
  readonly name: string;
  readonly style: Style;
  /** Meaning and unit. */
  readonly meaning: string;
  /** The largest number it can have, where that is not the style's. */
  readonly most: number | undefined;
  /** Heads it had in CSV files of earlier versions, which are still read. */
  readonly was: readonly string[];
}

/** Far beyond any format. */
const MOST_BITS = 1024;

/** A word, its style, its meaning, and the largest number it can have where that is not the style's. */
export type Entry = readonly [word: string, style: Style, meaning: string, most?: number];

/** What an axis says in more columns than its own. */
const MORE = {
  format: [
    ['family', 'text', 'family of the format, or mixed where tensors differ in format'],
    ['weights', 'text', 'format of the weights (default of the assignment)'],
    ['activations', 'text', 'format of the activations (default of the assignment)'],
    ['layers', 'text', 'layers that differ: name=weights/activations;… or none'],
    ['bits', 'integer', 'bits of the weight format, n/a where layers differ in it', MOST_BITS],
    ['fraction', 'text', 'given, or best: fraction bits chosen on the validation images'],
  ],
  quantizer: [
    ['calibrator', 'text', 'what sets the scale: max, percentile, mse, kl, yao'],
    ['scales', 'text', 'real or pow2 (powers of two)'],
  ],
} as const satisfies Partial<Record<AxisName, readonly Entry[]>>;

const MEASURED = [
  ['weightsHash', 'text', 'first 16 hex digits of the SHA-256 of the float32 parameters'],
  ['trainedOn', 'text', 'data set the weights were trained on, n/a where a .safetensors file does not say'],
  ['datasetHash', 'text', 'first 16 hex digits of the SHA-256 of the data in use'],
  ['accuracy', 'share', 'share of test images classified rightly'],
  ['accuracyLow', 'share', 'lower end of the Wilson 95 % interval'],
  ['accuracyHigh', 'share', 'upper end of the Wilson 95 % interval'],
  ['baseline', 'share', 'accuracy of float32 on the same images'],
  ['drop', 'difference', 'baseline − accuracy'],
  ['gained', 'integer', 'images right here and wrong in float32'],
  ['lost', 'integer', 'images wrong here and right in float32'],
  ['mcnemarP', 'probability', 'exact two-sided McNemar p against float32 on the same images'],
  [
    'validationAccuracy',
    'share',
    'share of the validation images classified rightly: what choices are made by',
  ],
  ['validationImages', 'integer', 'training images held out of the training, for choices'],
  ['ties', 'integer', 'images whose largest logit is shared'],
  ['nanLogits', 'integer', 'logits that are NaN'],
  ['atMax', 'integer', 'codes of the largest and smallest value on the edges, over all images, zeros apart'],
  ['atMin', 'integer', 'codes at ±the smallest positive value'],
  ['zeros', 'integer', 'codes of ±0 or the zero point'],
  ['overflows', 'integer', 'accumulator overflows of wrap<N> and saturate<N>'],
  ['layerCounts', 'text', 'edge=at_max/at_min/zeros;… the same, edge by edge'],
  ['parameters', 'integer', 'weights and biases'],
  ['parameterBits', 'integer', 'packed bits of the weights, and 32 for each bias'],
  ['macs', 'integer', 'multiply-accumulates of one inference'],
  ['accumulatorBits', 'integer', 'widest accumulator of any layer'],
] as const satisfies readonly Entry[];

const PRICED = [
  ['cycles', 'integer', 'clock cycles of one inference on those units'],
  ['periodNs', 'significant', 'clock period, ns'],
  ['delayNs', 'significant', 'delay of one inference, ns'],
  ['energyPj', 'significant', 'energy of one inference, pJ'],
  ['edpPjNs', 'significant', 'energy × delay of one inference, pJ·ns'],
  ['edpLowPjNs', 'significant', 'lower end of its band, 95 %; n/a outside what the source was fitted to'],
  ['edpHighPjNs', 'significant', 'upper end of its band'],
  ['edpSigma', 'significant', 'standard deviation of its natural logarithm'],
  ['energyPerMacPj', 'significant', 'energy of one MAC, pJ'],
  ['edpPerMacPjNs', 'significant', 'energy of one MAC × clock period, pJ·ns'],
  ['areaUm2', 'significant', 'area of all units, µm²'],
  ['luts', 'significant', 'look-up tables of all units, FPGA sources'],
] as const satisfies readonly Entry[];

const LAST = [
  [
    'unit',
    'text',
    'name of the structure of the units, 16 hex digits: estimates of one structure err together',
  ],
  ['costBand', 'text', 'error of the cost figures, and why a unit is outside what the source was fitted to'],
  ['version', 'text', 'version of cheetah-numerics'],
] as const satisfies readonly Entry[];

const FIRST = [
  ['network', 'text', 'name of the network'],
  ['dataset', 'text', 'name of the data set'],
] as const satisfies readonly Entry[];

export function column([word, style, meaning, most]: Entry, was: readonly string[] = []): Column {
  return { word, name: columnName(word), style, meaning, most, was: was.map(columnName) };
}

function axisColumn({ name, values, meaning, was, wasColumn }: Axis): Column {
  return column([name, values.kind === 'integers' ? 'integer' : 'text', meaning], wasColumn ?? was);
}

const axes = (decides: Axis['decides']): readonly Axis[] => AXES.filter((axis) => axis.decides === decides);
const [cost, ...built] = axes('price');

export const COLUMNS: readonly Column[] = [
  ...FIRST.map((entry) => column(entry)),
  column(
    [SPEC_FIELDS.testImages.name, 'integer', SPEC_FIELDS.testImages.meaning],
    SPEC_FIELDS.testImages.was,
  ),
  ...axes('codes').flatMap((axis) => [
    axisColumn(axis),
    ...(MORE[axis.name as keyof typeof MORE] ?? []).map((entry) => column(entry)),
  ]),
  ...MEASURED.map((entry) => column(entry)),
  ...built.map(axisColumn),
  ...PRICED.map((entry) => column(entry)),
  axisColumn(cost!),
  ...LAST.map((entry) => column(entry)),
];

/** The value of a column: `undefined` is what is unknown or does not apply. */
export type CellOf<S extends Style> = (S extends 'text' ? string : number) | undefined;

type FixedEntry =
  | (typeof FIRST | typeof MEASURED | typeof PRICED | typeof LAST)[number]
  | (typeof MORE)[keyof typeof MORE][number];

type AxisStyle<Values> = Values extends { readonly kind: 'integers' } ? 'integer' : 'text';

/** A row of a sweep: numbers as numbers, `undefined` for what is unknown or does not apply. Units are in the keys. */
export type SweepRow = { readonly testImages: number | undefined } & {
  readonly [One in FixedEntry as One[0]]: CellOf<One[1]>;
} & { readonly [One in (typeof AXES)[number] as One['name']]: CellOf<AxisStyle<One['values']>> };

/** Some values of a row. What is missing counts as `undefined`, as do NaN and ±Infinity. */
export type RowValues = Partial<SweepRow>;

/** Whether a row is the float32 network's, which all others are compared with. */
export function isBaseline({ dataflow }: Pick<SweepRow, 'dataflow'>): boolean {
  return dataflow === 'float';
}

/** The words of what a row was asked for, in order; the seed is the last of them, units and cost come after. */
export const ASKED: readonly string[] = COLUMNS.slice(
  0,
  COLUMNS.findIndex(({ word }) => word === 'seed') + 1,
).map(({ word }) => word);

/** The words of the columns that describe a format beside its name. */
export const FORMAT_WORDS: readonly string[] = MORE.format.map(([word]) => word);

/** The column that is called so, by its word or its head. */
export function columnCalled(columns: readonly Column[], name: string): Column | undefined {
  return columns.find((one) => one.word === name || one.name === name);
}
