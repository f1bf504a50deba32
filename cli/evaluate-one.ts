/** One point, from the command line's options to its row or its golden vectors. */
import { UserError } from '../errors.js';
import { isAssignmentFile, readAssignment } from '../sweep/assignment-file.js';
import { AXES, type AxisName } from '../sweep/axes.js';
import { NOT_AVAILABLE } from '../sweep/cells.js';
import type { SweepRow } from '../sweep/columns.js';
import { evaluatePoint, pointVectors } from '../sweep/one-point.js';
import { cellsOf } from '../sweep/rows.js';
import { checkSpec } from '../sweep/spec.js';
import { tell } from './notes.js';
import { rowRecord } from './row-record.js';
import { type TableArguments, tableChoices } from './table-options.js';
import { threadCount } from './thread-count.js';

/** The value of every axis but `format`, as the parser gives it; its schema checks it. */
type AxisArguments = Readonly<Record<Exclude<AxisName, 'format'>, unknown>>;

export interface EvaluateArguments extends TableArguments, AxisArguments {
  format: string;
  weights: string;
  network: string | undefined;
  activations: string | undefined;
  layer: string[] | undefined;
  dataset: string | undefined;
  data: string | undefined;
  testImages: number | undefined;
  threads: number | undefined;
  json: boolean | undefined;
  vectors: string | undefined;
  plugin: string[] | undefined;
}

/** How many images golden vectors have where `--test-images` is left out. */
const VECTOR_IMAGES = 4;

/** `conv1=int8`, `conv1=int8/posit8es1`, `conv1=int8/` for the weights alone, `input=/int8` for the activations. */
function layerEntry(text: string): [layer: string, formats: object] {
  const [, layer, weights, slash, activations] = /^([^=]+)=([^/]*)(\/?)([^/]*)$/.exec(text) ?? [];
  if (layer === undefined || (weights === '' && activations === '')) {
    throw new UserError(
      `--layer ${text}: give NAME=FORMAT, or NAME=WEIGHTS/ACTIVATIONS with either of them left out`,
    );
  }
  return [
    layer,
    {
      ...(weights === '' ? {} : { weights }),
      ...(slash === '' ? { activations: weights } : activations === '' ? {} : { activations }),
    },
  ];
}

/** Throws UserError for a layer that is given twice. */
function layersOf(texts: readonly string[]): Record<string, object> {
  const layers = new Map<string, object>();
  for (const [layer, formats] of texts.map(layerEntry)) {
    if (layers.has(layer)) throw new UserError(`--layer ${layer} is given twice; give each layer once`);
    layers.set(layer, formats);
  }
  return Object.fromEntries(layers);
}

/** Two formats, formats by layer, or a file of them are an assignment; anything else is a name, an open one too (`fixed8`). */
function formatEntry({ format, activations, layer = [] }: EvaluateArguments): unknown {
  if (isAssignmentFile(format)) {
    if (activations === undefined && layer.length === 0) return readAssignment(format);
    throw new UserError(
      `${format} says the formats of all layers; leave out --activations and --layer, or write them there`,
    );
  }
  if (layer.length > 0) {
    const formats = { weights: format, activations: activations ?? format };
    return { name: `${format}-by-layer`, ...formats, layers: layersOf(layer) };
  }
  if (activations !== undefined) return { weights: format, activations };
  return format;
}

/** Reads the options as a sweep of one point, so that both have the same rules and messages. */
export async function evaluateOne(given: EvaluateArguments): Promise<void> {
  const threads = threadCount(given.threads);
  const table = tableChoices(given);
  const axes = AXES.map(({ name }) => [name, name === 'format' ? [formatEntry(given)] : given[name]]);
  const spec = checkSpec(
    {
      name: 'evaluate',
      ...(given.dataset === undefined ? {} : { dataset: given.dataset }),
      ...(table === undefined ? {} : { table }),
      testImages: given.testImages ?? (given.vectors === undefined ? 'all' : VECTOR_IMAGES),
      ...(given.network === undefined ? {} : { network: given.network }),
      weights: given.weights,
      ...Object.fromEntries(axes),
    },
    'evaluate',
    'options',
  );
  const choices = { dataDirectory: given.data, plugins: given.plugin ?? [], tell };
  if (given.vectors !== undefined) {
    const written = await pointVectors(spec, given.vectors, choices);
    console.log(
      given.json
        ? JSON.stringify(written, null, 2)
        : `golden vectors of ${written.images} images in ${written.files.join(' and ')}`,
    );
    return;
  }
  const [row] = await evaluatePoint(spec, { ...choices, threads });
  console.log(given.json ? JSON.stringify(rowRecord(row!), null, 2) : readable(row!));
}

/** One column a line; what does not apply is left out. */
function readable(row: SweepRow): string {
  const percent = (share: number | undefined): string =>
    share === undefined ? 'n/a' : (share * 100).toFixed(2);
  const { accuracy, accuracyLow, accuracyHigh, baseline } = row;
  const interval = `95 %: ${percent(accuracyLow)} to ${percent(accuracyHigh)}`;
  const headline = `${row.network} on ${row.testImages} images of ${row.dataset} in ${row.format}: ${percent(accuracy)} % (${interval}), float32 ${percent(baseline)} %`;
  const shown = Object.entries(cellsOf(row)).filter(([, cell]) => cell !== NOT_AVAILABLE);
  const width = Math.max(...shown.map(([name]) => name.length));
  return [headline, '', ...shown.map(([name, cell]) => `${name.padEnd(width)}  ${cell}`)].join('\n');
}
