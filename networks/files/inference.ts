/** A model of any origin, run record by record, with every tensor in between. */
import { UserError } from '../../errors.js';
import { compileFloat } from '../dataflows/float.js';
import type { IntegerGraph } from '../integer/graph.js';
import { kernelRunner } from '../integer/kernel-run.js';
import type { RequantizeMode } from '../integer/requantize.js';
import { endedBy, noSoftmax, type SoftmaxChoice } from '../integer/softmax-left-out.js';
import { lower } from '../lower.js';
import { softmaxOf } from '../operators/softmax.js';
import { floatNetwork, isFloatModel } from '../tflite/float.js';
import { integerGraph } from '../tflite/integer.js';
import { loadModel, type Model } from './model.js';
import { type RecordPart, recordBytes } from './records.js';
import { isTfliteFile, readTflite } from './tflite-file.js';

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
 * requantized; floats run in float32, with the softmax at the end where the network has one, unless it is left out: then outputs are
 * logits. Throws UserError, one line, for what cannot be read or is not supported.
 */
export async function openInference(
  model: string,
  requantize: RequantizeMode,
  softmax: SoftmaxChoice = 'computed',
): Promise<Inference> {
  if (!isTfliteFile(model)) return floatInference(await loadModel(model), softmax);
  const file = readTflite(model);
  if (isFloatModel(file)) return { ...floatInference(floatNetwork(file), softmax), name: model };
  return integerInference(endedBy(softmax, integerGraph(file)), requantize);
}

function integerInference(graph: IntegerGraph, requantize: RequantizeMode): Inference {
  const runner = kernelRunner(graph, requantize);
  const raw = runner.values.map(
    (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  const part = (at: number): RecordPart => graph.tensors[at]!;
  return {
    name: graph.name,
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

function floatInference(
  { network, parameters }: Pick<Model, 'network' | 'parameters'>,
  softmax: SoftmaxChoice,
): Inference {
  const program = lower(network, parameters);
  const plan = compileFloat(program, { batch: 1 });
  const part = (edge: number): RecordPart => {
    const { name, shape, size } = program.edges[edge]!;
    return { name, shape, size, type: 'float32' };
  };
  const input = new Float32Array(part(program.input).size);
  const raw = new Uint8Array(input.buffer);
  const valuesOf = (edge: number): Float32Array => Float32Array.from(plan.edgeValues(edge, 1));
  const made = program.steps.map(({ name, output }) => ({
    step: name,
    tensor: part(output),
    values: () => valuesOf(output),
  }));
  let result = { tensor: part(program.output), values: () => valuesOf(program.output) };
  const last = network.nodes.at(-1)!;
  // a program ends before its softmax, on which no class depends
  if (last.operator.type !== 'softmax') {
    if (softmax === 'left-out') throw noSoftmax(network.name);
  } else if (softmax === 'computed') {
    const { tensor, values } = result;
    result = { tensor: { ...tensor, name: last.name }, values: () => probabilities(values(), tensor) };
    made.push({ step: last.name, ...result });
  }
  return {
    name: network.name,
    inputs: [part(program.input)],
    outputs: [result.tensor],
    edges: made,
    run(record) {
      raw.set(record);
      plan.run(input, 1);
    },
    output: () => bytesOf(result.values()),
    edge: (index) => bytesOf(made[index]!.values()),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Of each pixel's logits; the last axis has the classes. */
function probabilities(logits: Float32Array, { shape }: RecordPart): Float32Array {
  const out = new Float32Array(logits.length);
  const classes = shape.at(-1)!;
  for (let at = 0; at < logits.length; at += classes) softmaxOf(logits, at, classes, out, at);
  return out;
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
