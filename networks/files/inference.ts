/** A model of any origin, run record by record, with every tensor in between. */
import { UserError } from '../../errors.js';
import { readBytes } from '../../input/bounded-file.js';
import { compileFloat } from '../dataflows/float.js';
import { kernelRunner } from '../integer/kernel-run.js';
import type { RequantizeMode } from '../integer/requantize.js';
import { lower } from '../lower.js';
import { integerGraph } from '../tflite/integer.js';
import { parseTflite } from '../tflite/model.js';
import { loadModel } from './model.js';
import { type RecordPart, recordBytes } from './records.js';

/** A model file has weights of tens of megabytes at most. */
const MOST_BYTES = 2 ** 28;

/** What is computed, in order: a step's name, and its output. */
export interface InferenceEdge {
  readonly step: string;
  readonly tensor: RecordPart;
}

export interface Inference {
  readonly name: string;
  readonly inputs: readonly RecordPart[];
  readonly outputs: readonly RecordPart[];
  readonly edges: readonly InferenceEdge[];
  /** From the little-endian bytes of one record, input after input, to the values on all edges. */
  run(record: Uint8Array): void;
  /** Little-endian bytes of an output, or of an edge, of the last run; overwritten by the next. */
  output(index: number): Uint8Array;
  edge(index: number): Uint8Array;
}

/**
 * Opens a TensorFlow Lite file, a saved model's directory, or weights of this package by name. `requantize` decides how integers are
 * requantized; models of ours run in float32. Throws UserError, one line, for what cannot be read or is not supported.
 */
export async function openInference(model: string, requantize: RequantizeMode): Promise<Inference> {
  if (!model.toLowerCase().endsWith('.tflite')) return floatInference(model);
  const bytes = readBytes(model, { most: MOST_BYTES, wanted: 'a TensorFlow Lite model' });
  const graph = integerGraph(parseTflite(bytes, model));
  const runner = kernelRunner(graph, requantize);
  const raw = runner.values.map(
    (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  const part = (at: number): RecordPart => graph.tensors[at]!;
  return {
    name: model,
    inputs: graph.inputs.map(part),
    outputs: graph.outputs.map(part),
    edges: graph.steps.map((step) => ({ step: step.name, tensor: part(step.output) })),
    run(record) {
      let from = 0;
      for (const at of graph.inputs) {
        const to = raw[at]!;
        to.set(record.subarray(from, from + to.length));
        from += to.length;
      }
      runner.run();
    },
    output: (index) => raw[graph.outputs[index]!]!,
    edge: (index) => raw[graph.steps[index]!.output]!,
  };
}

async function floatInference(model: string): Promise<Inference> {
  const { network, parameters } = await loadModel(model);
  const program = lower(network, parameters);
  const plan = compileFloat(program, { batch: 1 });
  const part = (edge: number): RecordPart => {
    const { name, shape, size } = program.edges[edge]!;
    return { name, shape, size, type: 'float32' };
  };
  const input = new Float32Array(part(program.input).size);
  const raw = new Uint8Array(input.buffer);
  const bytesOf = (edge: number): Uint8Array => {
    const { buffer, byteOffset, byteLength } = Float32Array.from(plan.edgeValues(edge, 1));
    return new Uint8Array(buffer, byteOffset, byteLength);
  };
  return {
    name: network.name,
    inputs: [part(program.input)],
    outputs: [part(program.output)],
    edges: program.steps.map(({ name, output }) => ({ step: name, tensor: part(output) })),
    run(record) {
      raw.set(record);
      plan.run(input, 1);
    },
    output: () => bytesOf(program.output),
    edge: (index) => bytesOf(program.steps[index]!.output),
  };
}

/** The outputs of every record, one after another. Throws UserError where `records` is no whole number of them. */
export function inferAll(
  inference: Inference,
  records: Uint8Array,
  reach: (done: number) => void = () => {},
): Uint8Array {
  const each = recordBytes(inference.inputs);
  if (records.length % each !== 0) {
    throw new UserError(`${records.length} bytes are no whole number of records of ${each}`);
  }
  const count = records.length / each;
  const outputBytes = recordBytes(inference.outputs);
  const all = new Uint8Array(count * outputBytes);
  for (let record = 0; record < count; record++) {
    inference.run(records.subarray(record * each, (record + 1) * each));
    let at = record * outputBytes;
    inference.outputs.forEach((_, i) => {
      const bytes = inference.output(i);
      all.set(bytes, at);
      at += bytes.length;
    });
    reach(record + 1);
  }
  return all;
}
