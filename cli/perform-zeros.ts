/** The work behind `cheetah zeros`. */
import Papa from 'papaparse';
import { requireWhole } from '../errors.js';
import { listedNames } from '../input/listed-names.js';
import { type Column, givenColumn, type Table, type TableRow } from '../report/table.js';
import { textTable } from '../report/table-text.js';
import { terminalStyle } from '../report/terminal.js';
import { formatPair } from '../sweep/sensitivity/request.js';
import { checkSpec } from '../sweep/spec.js';
import { MOST_LANES, type ZeroRecord, zeroSkipping } from '../sweep/zero-skipping.js';
import { tell } from './notes.js';
import { terminalProgress } from './progress.js';

export interface ZerosArguments {
  model: string;
  format: string;
  data: string | undefined;
  quantizer: string;
  granularity: string;
  dataflow: string;
  calibrationImages: number;
  seed: number;
  testImages: number | undefined;
  simd: string;
  macShare: number;
  json: boolean | undefined;
  csv: boolean | undefined;
}

const TEST_IMAGES = 100;

export async function performZeros(given: ZerosArguments): Promise<void> {
  const { model, quantizer, granularity, dataflow, calibrationImages, seed } = given;
  const spec = checkSpec(
    {
      name: 'zeros',
      weights: model,
      format: listedNames(given.format).map((text) => (text.includes('/') ? formatPair(text) : text)),
      quantizer,
      granularity,
      dataflow,
      calibrationImages,
      seed,
      testImages: given.testImages ?? TEST_IMAGES,
    },
    'zeros',
    'options',
  );
  const progress = terminalProgress();
  progress.begin('format', 1);
  const records = await zeroSkipping(spec, {
    dataDirectory: given.data,
    tell,
    lanes: listedNames(given.simd).map(lanesOf),
    macShare: given.macShare,
    onPoint(done, points) {
      if (done === 1) progress.begin('format', points);
      progress.reach(done);
    },
  });
  progress.end();
  if (given.json) process.stdout.write(`${JSON.stringify(records.map(plain), null, 2)}\n`);
  else if (given.csv) process.stdout.write(`${Papa.unparse(records.map(plain), { newline: '\n' })}\n`);
  else process.stdout.write(textTable(tableOf(records, given.macShare), terminalStyle(process.stdout)));
}

function lanesOf(text: string): number {
  requireWhole(`--simd ${text}`, Number(text), 1, MOST_LANES);
  return Number(text);
}

/** Six digits are more than the counts hold. */
function plain(record: ZeroRecord): Record<string, string | number> {
  const digits = (value: number): number => Number(value.toPrecision(6));
  return {
    format: record.format,
    quantizer: record.quantizer,
    granularity: record.granularity,
    dataflow: record.dataflow,
    layer: record.layer,
    operands: record.operands,
    zero_point_weights: record.zeroPoints?.weights ?? 'n/a',
    zero_point_activations: record.zeroPoints?.activations ?? 'n/a',
    simd: record.lanes,
    products: record.products,
    padding: digits(record.padding),
    zero_activations: digits(record.zeroActivations),
    independent: digits(record.independent),
    zero_weights: digits(record.zeroWeights),
    cycles_before: digits(record.cyclesBefore),
    cycles_after: digits(record.cyclesAfter),
    time: digits(record.time),
  };
}

function percent(key: string, header: string, priority: number): Column {
  return { key, header, unit: '%', align: 'right', priority, digits: { kind: 'decimals', count: 1 } };
}

function tableOf(records: readonly ZeroRecord[], macShare: number): Table {
  const cycles = (key: string, header: string): Column => ({
    key,
    header,
    align: 'right',
    priority: 0,
    digits: { kind: 'decimals', count: 2 },
  });
  const rows = records.map((record, at): TableRow => {
    const before = records[at - 1];
    return {
      ...(before?.format === record.format && before.quantizer === record.quantizer
        ? {}
        : { format: record.format }),
      layer: record.layer,
      operands: record.operands,
      simd: record.lanes,
      padding: 100 * record.padding,
      activations: 100 * record.zeroActivations,
      independent: 100 * record.independent,
      weights: 100 * record.zeroWeights,
      before: record.cyclesBefore,
      after: record.cyclesAfter,
      time: 100 * record.time,
    };
  });
  return {
    columns: [
      givenColumn('left', 'format', 'format'),
      givenColumn('left', 'layer', 'layer'),
      givenColumn('left', 'operands', 'operands'),
      givenColumn('right', 'simd', 'simd'),
      percent('padding', 'padding', 2),
      percent('activations', 'zero activations', 0),
      percent('independent', 'if independent', 1),
      percent('weights', 'zero weights', 0),
      cycles('before', 'cycles'),
      cycles('after', 'skipping'),
      percent('time', 'time', 0),
    ],
    rows,
    strong: new Set(records.flatMap(({ zeroPoints }, at) => (zeroPoints === undefined ? [at] : []))),
    notes: [
      'zero activations: turns of the loop whose activation is zero in all simd lanes, padding included; zero weights: those whose weight alone is. cycles, skipping: a product, by a model of SparCE.',
      `operands: values, zero points subtracted in the loop, or codes, where a zero is the code 0. time: of the loop; of all layers with loops at ${macShare * 100} % of the time.`,
    ],
  };
}
