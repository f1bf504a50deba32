/** The records of `cheetah layers`: made from a trained network, and written as text, CSV or JSON. */
import Papa from 'papaparse';
import { calibrationIndices } from '../datasets/load.js';
import { DEFAULT_CHOICES, REQUANTIZATIONS } from '../emac/layer/choices.js';
import { NEAREST_EVEN } from '../formats/format.js';
import { createKernels } from '../kernels/loader.js';
import { imageBatches } from '../networks/batches.js';
import { collectHistograms, makeEncodings } from '../networks/calibration.js';
import type { Dataflow } from '../networks/dataflows/dataflow.js';
import { compileFloat } from '../networks/dataflows/float.js';
import { getDataflow } from '../networks/dataflows/registry.js';
import { layerTable, type TensorRecord } from '../networks/layer-table.js';
import { lower } from '../networks/lower.js';
import type { Plan } from '../networks/plan.js';
import type { EncodingTable, Program } from '../networks/program.js';
import { type RunError, runErrors } from '../networks/run-errors.js';
import { type LayerFormats, parseAssignment } from '../quantizers/assignment.js';
import { checkChoice } from '../quantizers/calibrate.js';
import { parseQuantizer, type Quantizer, quantizerName } from '../quantizers/quantizer.js';
import { scaledFormat } from '../quantizers/scaled-format.js';
import { type Column, givenColumn, type TableRow } from '../report/table.js';
import { textTable } from '../report/table-text.js';
import { terminalStyle } from '../report/terminal.js';
import { SCALE_NOTE } from '../sweep/choice.js';
import { formatPair } from '../sweep/sensitivity/request.js';
import { BATCH } from '../sweep/share.js';
import { type LayersSource, openLayers } from './layers-source.js';
import { tell } from './notes.js';

export interface LayersRequest extends LayersSource {
  readonly formats: readonly string[];
  readonly quantizer: string;
  readonly granularity: 'tensor' | 'channel';
  /** The network also runs so. */
  readonly dataflow?: string | undefined;
  /** Of integer dataflows. */
  readonly requantize?: string | undefined;
  readonly print: 'text' | 'csv' | 'json';
}

/** The whole output. Throws UserError for a request that cannot be met, before any training. */
export async function describeLayers(request: LayersRequest): Promise<string> {
  const quantizer = parseQuantizer(request.quantizer);
  const assignments = request.formats.map((text) => parseAssignment(formatPair(text)));
  const used = assignments.flatMap(({ defaults }) => [defaults.weights, defaults.activations]);
  if (used.some((format) => scaledFormat(format, quantizer) !== format)) tell(SCALE_NOTE);
  for (const { defaults } of assignments) {
    checkChoice(defaults.weights, quantizer, NEAREST_EVEN);
    checkChoice(defaults.activations, quantizer, NEAREST_EVEN);
  }
  const dataflow = request.dataflow === undefined ? undefined : getDataflow(request.dataflow);
  const { dataset, network, parameters, validation } = await openLayers(request);
  const program = lower(network, parameters);
  const plan = compileFloat(program, { batch: BATCH });
  const indices = calibrationIndices(
    dataset,
    Math.min(request.calibrationImages, dataset.train.count),
    request.seed,
    validation,
  );
  const batches = () => imageBatches(dataset, dataset.train, indices, BATCH);
  const calibration = collectHistograms(plan, batches());
  const { granularity } = request;
  const tables = assignments.map((assignment) =>
    makeEncodings(program, calibration, { assignment, quantizer, rounding: NEAREST_EVEN, granularity }),
  );
  const records: ShownRecord[] = layerTable(plan, batches(), tables);
  if (dataflow !== undefined) {
    addRuns(
      records,
      tables.map((table) => runErrors(plan, compiled(dataflow, program, table, request), batches())),
    );
  }
  switch (request.print) {
    case 'json':
      return `${JSON.stringify(records.map(plainRecord), null, 2)}\n`;
    case 'csv':
      return `${Papa.unparse(records.map(plainRecord), { newline: '\n' })}\n`;
    case 'text':
      return layersText(
        records,
        assignments.map(({ defaults }, i) => headerOf(request.formats[i]!, defaults, quantizer)),
        `${program.network} on ${indices.length} calibration images of ${dataset.name}, quantizer ${quantizerName(quantizer)}`,
      );
    default:
      return request.print satisfies never;
  }
}

/** A tensor in a format; `ran`: what a dataflow made of it, or `n/a` of weights. */
interface ShownRecord extends TensorRecord {
  ran?: RunError | 'n/a';
}

function compiled(
  dataflow: Dataflow,
  program: Program,
  table: EncodingTable,
  { requantize }: LayersRequest,
): Plan {
  const asked = REQUANTIZATIONS.find((mode) => mode === requantize) ?? DEFAULT_CHOICES.requantize;
  const choices = { ...DEFAULT_CHOICES, requantize: asked, ...dataflow.fixed };
  return dataflow.compile(program, table, choices, { batch: BATCH, kernels: createKernels() });
}

/** `runs`: the errors of each format. */
function addRuns(records: ShownRecord[], runs: readonly (readonly RunError[])[]): void {
  for (const [index, record] of records.entries()) {
    const errors = runs[index % runs.length]!;
    const found = errors.find(({ tensor }) => tensor === record.tensor);
    record.ran = record.kind === 'activations' && found ? found : 'n/a';
  }
}

/** The formats as they were asked for, or those that the quantizer makes of them. */
function headerOf(asked: string, { weights, activations }: LayerFormats, quantizer: Quantizer): string {
  const scaled = [weights, activations].map((format) => scaledFormat(format, quantizer));
  if (scaled[0] === weights && scaled[1] === activations) return asked;
  return [...new Set(scaled.map(({ name }) => name))].join('/');
}

/** Six significant digits are more than the counts hold; what is unknown is `n/a`, what loses nothing `exact`. */
function plainRecord(record: ShownRecord): Record<string, string | number> {
  return {
    tensor: record.tensor,
    kind: record.kind,
    format: record.format,
    scale: record.scale,
    scales: record.scales,
    zero_point: record.zeroPoint,
    values: record.values,
    sqnr_db: decibels(record.sqnr),
    max_error: digits(record.maxError),
    saturated: digits(record.saturated),
    underflow: digits(record.underflow),
    range_used: digits(record.rangeUsed),
    codes_used: record.codesUsed === undefined ? 'n/a' : digits(record.codesUsed),
    ...(record.ran && {
      run_sqnr_db: record.ran === 'n/a' ? 'n/a' : decibels(record.ran.sqnr),
      run_max_error: record.ran === 'n/a' ? 'n/a' : digits(record.ran.maxError),
    }),
  };
}

function decibels(sqnr: number): string | number {
  if (Number.isNaN(sqnr)) return 'n/a';
  return sqnr === Number.POSITIVE_INFINITY ? 'exact' : digits(sqnr);
}

function digits(value: number): number {
  return Number(value.toPrecision(6));
}

const number = (key: string, header: string, unit: string, decimals: number): Column => ({
  key,
  header,
  ...(unit === '' ? {} : { unit }),
  align: 'right',
  priority: 0,
  digits: decimals < 0 ? { kind: 'significant', count: -decimals } : { kind: 'decimals', count: decimals },
});

/** SQNR of the formats side by side, then everything about each tensor in each format. */
export function layersText(
  records: readonly ShownRecord[],
  formats: readonly string[],
  caption: string,
): string {
  const style = terminalStyle(process.stdout);
  const isRun = records.some(({ ran }) => ran !== undefined);
  const overview: TableRow[] = [];
  const details: TableRow[] = [];
  for (const [index, record] of records.entries()) {
    const of = index % formats.length;
    const head = of === 0 ? { tensor: record.tensor, kind: record.kind } : {};
    if (of === 0) overview.push({ ...head, values: record.values });
    overview[overview.length - 1] = { ...overview.at(-1), [`format ${of}`]: decibels(record.sqnr) };
    details.push({
      ...head,
      format: record.format,
      scale: record.scales === 1 ? record.scale : `${record.scales} scales`,
      sqnr: decibels(record.sqnr),
      error: record.maxError,
      saturated: 100 * record.saturated,
      underflow: 100 * record.underflow,
      range: 100 * record.rangeUsed,
      codes: record.codesUsed === undefined ? 'n/a' : 100 * record.codesUsed,
      ...(record.ran && record.ran !== 'n/a'
        ? { run: decibels(record.ran.sqnr), runError: record.ran.maxError }
        : { run: 'n/a', runError: 'n/a' }),
    });
  }
  const names = [givenColumn('left', 'tensor', 'tensor'), givenColumn('left', 'kind', 'kind')];
  const first = textTable(
    {
      caption: `SQNR in dB: ${caption}`,
      columns: [
        ...names,
        number('values', 'values', '', 0),
        ...formats.map((format, of) => number(`format ${of}`, format, '', 1)),
      ],
      rows: overview,
      notes: [
        'SQNR is 10 log10(signal / noise): 6 dB are one bit. Higher is better; each tensor is taken alone.',
      ],
    },
    style,
  );
  const second = textTable(
    {
      columns: [
        ...names,
        givenColumn('left', 'format', 'format'),
        number('scale', 'scale', '', -4),
        number('sqnr', 'SQNR', 'dB', 1),
        number('error', 'max error', '', -3),
        number('saturated', 'saturated', '%', 3),
        number('underflow', 'underflow', '%', 3),
        number('range', 'range used', '%', 1),
        number('codes', 'codes used', '%', 1),
        ...(isRun ? [number('run', 'SQNR run', 'dB', 1), number('runError', 'max error run', '', -3)] : []),
      ],
      rows: details,
      notes: [
        'saturated: beyond the overflow boundary, half a step past the largest value. underflow: became 0, or held at ±minpos by a posit. range used: largest magnitude over the largest the format has at this scale.',
        ...(isRun
          ? ['SQNR run: of what the edge held when the network ran, errors of the layers before it included.']
          : []),
      ],
    },
    style,
  );
  return `${first}\n${second}`;
}
