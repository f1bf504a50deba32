/**
 * Runs an integer graph on the kernels where they do a step, and as `referenceRunner` does elsewhere: the same codes, sooner, many
 * records at a time.
 */
import { heapUint16 } from '../../emac/codes/heap-array.js';
import { createKernels, type Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';
import { averagePool, maxPool } from './batch-pool.js';
import {
  INTEGER_TYPES,
  type IntegerAdd,
  type IntegerConcat,
  type IntegerGraph,
  type IntegerMac,
  type IntegerMultiply,
  type IntegerPool,
  type IntegerQuantize,
  type IntegerStep,
  type Values,
  valueBytes,
  valuesOver,
} from './graph.js';
import { KernelMac, suitsKernels } from './kernel-mac.js';
import { averageOf } from './pool.js';
import type { RequantizeMode } from './requantize.js';
import { type IntegerRunner, referenceAction } from './run.js';

/** Vectors are read and written past the last value. */
const SLACK = 64;

/** As IntegerRunner, of many records: `values` [batch][size], of which `run` computes the first `count`, or all. */
export interface BatchRunner extends IntegerRunner {
  run(count?: number): void;
}

interface Making {
  readonly graph: IntegerGraph;
  readonly mode: RequantizeMode;
  readonly kernels: Kernels;
  readonly batch: number;
  readonly pointers: readonly Pointer[];
  readonly values: readonly Values[];
}

/** Computes the output of a step for the first `count` records. */
type BatchAction = (count: number) => void;

/** Throws UserError as `referenceRunner` does. */
export function kernelRunner(
  graph: IntegerGraph,
  mode: RequantizeMode,
  kernels: Kernels = createKernels(),
  batch = 1,
): BatchRunner {
  const pointers = graph.tensors.map(({ size, type }) =>
    kernels.allocate(batch * size * valueBytes(type) + SLACK),
  );
  const { buffer } = kernels.memory;
  const values = graph.tensors.map((tensor, i) =>
    valuesOver({ ...tensor, size: batch * tensor.size }, buffer, pointers[i]!),
  );
  const making = { graph, mode, kernels, batch, pointers, values };
  const actions = graph.steps.map((step) => actionOf(step, making));
  return {
    graph,
    values,
    run(count = batch) {
      for (const action of actions) action(count);
    },
    step(index) {
      actions[index]!(batch);
    },
  };
}

function actionOf(step: IntegerStep, making: Making): BatchAction {
  // its checks are those of the kernels' way too
  const alone = oneByOne(step, making);
  switch (step.kind) {
    case 'mac':
      return macAction(step, making) ?? alone.run;
    case 'add':
    case 'multiply':
      return pairAction(step, making, alone) ?? alone.run;
    case 'pool':
      return poolAction(step, making) ?? alone.run;
    case 'quantize':
      return quantizeAction(step, making) ?? alone.run;
    case 'concat':
      return concatAction(step, making) ?? alone.run;
    case 'softmax':
    case 'reshape':
    case 'pick':
    case 'mean':
    case 'activation':
      return alone.run;
    default:
      return step satisfies never;
  }
}

/** One record's tensors of a step, and the reference over them. */
interface Alone {
  /** Record after record. */
  readonly run: BatchAction;
  readonly act: () => void;
  /** By tensor; those of the step. */
  readonly values: readonly Values[];
}

function oneByOne(step: IntegerStep, { graph, mode, batch, values }: Making): Alone {
  const own = graph.tensors.map((tensor, at) => {
    if (batch === 1) return values[at]!;
    const isOurs = at === step.output || step.inputs.includes(at);
    const size = isOurs ? tensor.size : 0;
    return valuesOver({ ...tensor, size }, new ArrayBuffer(size * valueBytes(tensor.type)), 0);
  });
  const act = referenceAction(graph, step, own, mode);
  if (batch === 1) return { run: act, act, values: own };
  const to = own[step.output]!;
  const run = (count: number): void => {
    for (let record = 0; record < count; record++) {
      for (const at of step.inputs) {
        const { length } = own[at]!;
        own[at]!.set(values[at]!.subarray(record * length, (record + 1) * length));
      }
      act();
      values[step.output]!.set(to, record * to.length);
    }
  };
  return { run, act, values: own };
}

function macAction(step: IntegerMac, making: Making): BatchAction | undefined {
  const { graph, kernels, mode, batch, pointers } = making;
  const [input, output] = [graph.tensors[step.inputs[0]]!, graph.tensors[step.output]!];
  if (!suitsKernels(step, input, output)) return undefined;
  const mac = new KernelMac(kernels, step, input, output, mode, batch);
  const [from, to] = [pointers[step.inputs[0]]!, pointers[step.output]!];
  return (count) => mac.run(from, to, count);
}

function poolAction(
  { inputs, output, window, pooling, clamp }: IntegerPool,
  { graph, kernels, pointers, values }: Making,
): BatchAction | undefined {
  const [from, to] = [values[inputs[0]]!, values[output]!];
  const { type } = graph.tensors[inputs[0]]!;
  const isSame = graph.tensors[output]!.type === type;
  if (type === 'float32' || from instanceof Float32Array || to instanceof Float32Array || !isSame) {
    return undefined;
  }
  if (pooling === 'max') {
    return maxPool(kernels, window, type, clamp, pointers[inputs[0]]!, pointers[output]!);
  }
  const { least, most } = clamp;
  const average = (sum: number, count: number): number =>
    Math.min(Math.max(averageOf(sum, count, type), least), most);
  return averagePool(window, average, from, to);
}

/** Of codes that stay as they are, with the output's scale and zero point. */
function concatAction(
  { inputs, output, outer, inner }: IntegerConcat,
  { graph, kernels, pointers }: Making,
): BatchAction | undefined {
  const { type, scale, zeroPoint } = graph.tensors[output]!;
  const isSame = inputs.every((at) => {
    const input = graph.tensors[at]!;
    return input.type === type && input.scale === scale && input.zeroPoint === zeroPoint;
  });
  if (!isSame) return undefined;
  const lengths = inner.map((length) => length * valueBytes(type));
  const whole = lengths.reduce((sum, bytes) => sum + bytes, 0);
  return (count) => {
    let to = pointers[output]!;
    lengths.forEach((bytes, i) => {
      kernels.call.copyLines(count * outer, bytes, pointers[inputs[i]!]!, bytes, to, whole);
      to += bytes;
    });
  };
}

/** Of floats as bytes. */
function quantizeAction(
  { inputs, output }: IntegerQuantize,
  { graph, kernels, pointers }: Making,
): BatchAction | undefined {
  const [from, to] = [graph.tensors[inputs[0]]!, graph.tensors[output]!];
  if (from.type !== 'float32' || to.type === 'float32' || to.type === 'int16') return undefined;
  const [least, most] = INTEGER_TYPES[to.type];
  const [source, target] = [pointers[inputs[0]]!, pointers[output]!];
  return (count) =>
    kernels.call.quantizeBytes(count * to.size, source, to.scale, to.zeroPoint, least, most, target);
}

/** A step that makes each byte from two: all its results are looked up, computed once by the reference. */
function pairAction(
  step: IntegerAdd | IntegerMultiply,
  { graph, values, kernels, pointers }: Making,
  alone: Alone,
): BatchAction | undefined {
  const tensors = [...step.inputs, step.output];
  const { size } = graph.tensors[step.output]!;
  if (tensors.some((at) => values[at]!.BYTES_PER_ELEMENT !== 1) || size < 256) return undefined;
  if (graph.tensors[step.inputs[0]]!.type !== graph.tensors[step.inputs[1]]!.type) return undefined;
  const [a, b, out] = tensors.map((at) => pointers[at]!) as [Pointer, Pointer, Pointer];
  const table = heapUint16(kernels, 65_536);
  let isKnown = false;
  return (count) => {
    if (!isKnown) table.values.set(tableOf(bytesOf(alone.values, step), alone.act));
    isKnown = true;
    kernels.call.lookUpKnownPairs(0, count * size, a, b, 8, table.pointer, out);
  };
}

type Bytes = readonly [a: Uint8Array, b: Uint8Array, out: Uint8Array];

function bytesOf(values: readonly Values[], { inputs, output }: IntegerAdd | IntegerMultiply): Bytes {
  const at = (tensor: number): Uint8Array => {
    const { buffer, byteOffset, length } = values[tensor]!;
    return new Uint8Array(buffer, byteOffset, length);
  };
  return [at(inputs[0]), at(inputs[1]), at(output)];
}

/** All pairs, as many at once as the tensors hold; what they held is put back. */
function tableOf([a, b, out]: Bytes, reference: () => void): Uint8Array {
  const table = new Uint8Array(65_536);
  const [keptA, keptB] = [a.slice(), b.slice()];
  for (let from = 0; from < table.length; from += a.length) {
    for (let i = 0; i < a.length; i++) {
      a[i] = (from + i) >> 8;
      b[i] = from + i;
    }
    reference();
    table.set(out.subarray(0, Math.min(a.length, table.length - from)), from);
  }
  a.set(keptA);
  b.set(keptB);
  return table;
}
