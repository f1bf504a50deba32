/** The work behind `cheetah requantize`. */

import { normalizedImages } from '../datasets/dataset.js';
import { calibrationIndices } from '../datasets/load.js';
import { requireWhole, UserError } from '../errors.js';
import { NEAREST_EVEN } from '../formats/format.js';
import { firstIndices, imageBatches } from '../networks/batches.js';
import { collectHistograms, makeEncodings } from '../networks/calibration.js';
import { compileFloat } from '../networks/dataflows/float.js';
import { readRecords, recordBytes } from '../networks/files/records.js';
import { isTfliteFile, readTflite } from '../networks/files/tflite-file.js';
import { BASE, type CodeDifferences, OTHERS, RequantizationComparison } from '../networks/integer/compare.js';
import { integerProgram } from '../networks/integer/from-program.js';
import type { IntegerGraph } from '../networks/integer/graph.js';
import { lower } from '../networks/lower.js';
import { integerGraph } from '../networks/tflite/integer.js';
import { parseAssignment } from '../quantizers/assignment.js';
import { parseQuantizer } from '../quantizers/quantizer.js';
import { givenColumn, type TableRow } from '../report/table.js';
import { textTable } from '../report/table-text.js';
import { terminalStyle } from '../report/terminal.js';
import { loadSource } from '../sweep/source.js';
import { tell } from './notes.js';
import { terminalProgress } from './progress.js';

export interface RequantizeArguments {
  model: string;
  input: string | undefined;
  data: string | undefined;
  records: number;
  json: boolean | undefined;
}

/** Training images that set the scales of a saved model. */
const CALIBRATION_IMAGES = 1000;
const BATCH = 100;

/** A network in integers, and the bytes of records to run it on. */
interface Subject {
  readonly graph: IntegerGraph;
  readonly records: Uint8Array;
}

export async function performRequantize(given: RequantizeArguments): Promise<void> {
  requireWhole(`--records ${given.records}`, given.records, 1, 10_000_000);
  const { graph, records } = await (isTfliteFile(given.model) ? fromFile(given) : fromModel(given));
  const each = recordBytes(graph.inputs.map((input) => graph.tensors[input]!));
  const count = Math.min(given.records, records.length / each);
  const comparison = new RequantizationComparison(graph);
  const progress = terminalProgress();
  progress.begin('record', count);
  for (let record = 0; record < count; record++) {
    comparison.take(records.subarray(record * each, (record + 1) * each));
    progress.reach(record + 1);
  }
  progress.end();
  print(comparison, given.json === true ? 'json' : 'table');
}

async function fromFile({ model, input }: RequantizeArguments): Promise<Subject> {
  if (input === undefined) throw new UserError(`${model}: give records of its inputs with --input`);
  const graph = integerGraph(readTflite(model));
  return {
    graph,
    records: readRecords(
      input,
      graph.inputs.map((at) => graph.tensors[at]!),
    ),
  };
}

/** The test images of the data a saved model was trained on, and the model in int8. */
async function fromModel({ model, data, records }: RequantizeArguments): Promise<Subject> {
  const source = await loadSource({
    network: undefined,
    weights: model,
    dataset: undefined,
    table: undefined,
    directory: data,
    load: { seed: 0, tell },
  });
  const { network, dataset, parameters, validation } = source;
  const program = lower(network, parameters!);
  const indices = calibrationIndices(
    dataset,
    Math.min(CALIBRATION_IMAGES, dataset.train.count),
    0,
    validation,
  );
  const batches = imageBatches(dataset, dataset.train, indices, BATCH);
  const calibration = collectHistograms(compileFloat(program, { batch: BATCH }), batches);
  const table = makeEncodings(program, calibration, {
    assignment: parseAssignment({ weights: 'affine8s', activations: 'affine8', layers: {} }),
    quantizer: parseQuantizer('linear:max'),
    rounding: NEAREST_EVEN,
    granularity: 'channel',
  });
  const count = Math.min(records, dataset.test.count);
  const images = new Float32Array(count * program.edges[program.input]!.size);
  normalizedImages(dataset, dataset.test, firstIndices(count), images);
  return { graph: integerProgram(program, table, 'tflite'), records: new Uint8Array(images.buffer) };
}

function print(comparison: RequantizationComparison, form: 'table' | 'json'): void {
  const [steps, network] = [comparison.steps(), comparison.network()];
  if (form === 'json') {
    console.log(JSON.stringify({ base: BASE, steps, network }, null, 2));
    return;
  }
  const columns = [
    givenColumn('left', 'step', 'layer'),
    givenColumn('right', 'codes', 'codes'),
    ...OTHERS.map((mode) => givenColumn('right', mode, mode, '% of codes')),
  ];
  const cells = ({ codes, differing, largest }: CodeDifferences): TableRow => ({
    codes,
    ...Object.fromEntries(
      OTHERS.map((mode) => {
        const most = largest[mode]! > 1 ? ` (by up to ${largest[mode]})` : '';
        return [mode, `${((100 * differing[mode]!) / codes).toFixed(3)}${most}`];
      }),
    ),
  });
  const rows = [
    ...steps.map((one): TableRow => ({ step: one.step, ...cells(one) })),
    { step: 'whole network', ...cells(network) },
  ];
  const classes = OTHERS.map((mode) => `${mode} ${network.classes[mode]}`).join(', ');
  const notes = [
    `Codes that differ from ${BASE}'s, on ${network.records} records; each layer from the same inputs.`,
    `Records whose class differs: ${classes}.`,
  ];
  process.stdout.write(textTable({ columns, rows, notes }, terminalStyle(process.stdout)));
}
