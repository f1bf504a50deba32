/** The work behind `cheetah infer`. */
import { join } from 'node:path';
import { requireWhole, UserError } from '../errors.js';
import { type Inference, inferAll, openInference } from '../networks/files/inference.js';
import {
  encodeRecords,
  type RecordPart,
  readRecords,
  recordBytes,
  requireHolds,
} from '../networks/files/records.js';
import type { RequantizeMode } from '../networks/integer/requantize.js';
import type { SoftmaxChoice } from '../networks/integer/softmax-left-out.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { terminalProgress } from './progress.js';

export interface InferArguments {
  model: string;
  input: string;
  output: string | undefined;
  requantize: RequantizeMode;
  softmax: SoftmaxChoice;
  edges: string | undefined;
  records: number | undefined;
  json: boolean | undefined;
}

/** All edges of all records are held in memory until they are written. */
const MOST_EDGE_BYTES = 2 ** 30;

export async function performInfer(given: InferArguments): Promise<void> {
  if (given.records !== undefined) requireWhole(`--records ${given.records}`, given.records, 1, 2 ** 31);
  const inference = await openInference(given.model, given.requantize, given.softmax);
  const output = given.output ?? `${given.model.replace(/\.tflite$/i, '')}.outputs.bin`;
  requireHolds(output, inference.outputs);
  const all = readRecords(given.input, inference.inputs);
  const each = recordBytes(inference.inputs);
  const count = Math.min(given.records ?? Number.POSITIVE_INFINITY, all.length / each);
  const records = all.subarray(0, count * each);
  const edges = given.edges === undefined ? undefined : new Edges(inference, count);
  const progress = terminalProgress();
  progress.begin('record', count);
  const outputs = inferAll(inference, records, (done) => {
    edges?.take(done - 1);
    progress.reach(done);
  });
  progress.end();
  writeAtomically(output, encodeRecords(output, inference.outputs, outputs));
  if (edges !== undefined) edges.write(given.edges!);
  tell(given, inference, count, output);
}

function tell(given: InferArguments, inference: Inference, count: number, output: string): void {
  if (given.json) {
    const { inputs, outputs } = inference;
    const told = {
      model: given.model,
      requantize: given.requantize,
      softmax: given.softmax,
      records: count,
      inputs,
      outputs,
      output,
    };
    console.log(JSON.stringify({ ...told, edges: given.edges ?? null }, null, 2));
    return;
  }
  const shapes = inference.outputs.map(({ type, shape }) => `${type} [${shape.join(', ')}]`).join(', ');
  console.log(`${count} record${count === 1 ? '' : 's'} of ${shapes} in ${output}`);
  if (given.edges !== undefined) console.log(`${inference.edges.length} tensors of each in ${given.edges}`);
}

/** The values of every step over all records. */
class Edges {
  readonly #content: readonly Uint8Array[];

  constructor(
    private readonly inference: Inference,
    count: number,
  ) {
    const bytes = inference.edges.map(({ tensor }) => recordBytes([tensor]));
    const total = count * bytes.reduce((sum, length) => sum + length, 0);
    if (total > MOST_EDGE_BYTES) {
      throw new UserError(
        `every tensor of ${count} records takes ${total} bytes; at most ${MOST_EDGE_BYTES} are written at once: give fewer --records`,
      );
    }
    this.#content = bytes.map((length) => new Uint8Array(length * count));
  }

  take(record: number): void {
    this.#content.forEach((content, i) => {
      const bytes = this.inference.edge(i);
      content.set(bytes, record * bytes.length);
    });
  }

  write(folder: string): void {
    const files = this.inference.edges.map(({ step, tensor }, i) => {
      const file = `${String(i).padStart(3, '0')}-${step.replace(/[^\w.-]+/g, '-').slice(0, 60)}.bin`;
      writeAtomically(join(folder, file), this.#content[i]!);
      return { file, step, ...factsOf(tensor) };
    });
    writeAtomically(join(folder, 'edges.json'), `${JSON.stringify(files, null, 2)}\n`);
  }
}

function factsOf({ name, type, shape }: RecordPart): object {
  return { name, type, shape };
}
