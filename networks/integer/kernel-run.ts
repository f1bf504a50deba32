/** Runs an integer graph on the kernels where they do a step, and as `referenceRunner` does elsewhere: the same codes, sooner. */
import { createKernels, type Kernels } from '../../kernels/loader.js';
import { type IntegerGraph, type IntegerStep, type Values, valueBytes, valuesOver } from './graph.js';
import { KernelMac, suitsKernels } from './kernel-mac.js';
import type { RequantizeMode } from './requantize.js';
import { type IntegerRunner, referenceAction } from './run.js';

/** Vectors are read and written past the last value. */
const SLACK = 64;

/** Throws UserError as `referenceRunner` does. */
export function kernelRunner(
  graph: IntegerGraph,
  mode: RequantizeMode,
  kernels: Kernels = createKernels(),
): IntegerRunner {
  const pointers = graph.tensors.map(({ size, type }) => kernels.allocate(size * valueBytes(type) + SLACK));
  const { buffer } = kernels.memory;
  const values = graph.tensors.map((tensor, i) => valuesOver(tensor, buffer, pointers[i]!));
  const actions = graph.steps.map((step) => {
    // its checks are those of the kernels' way too
    const reference = referenceAction(graph, step, values, mode);
    return (
      kernelAction(graph, step, pointers, kernels, mode) ??
      tableAction(step, values, graph, reference) ??
      reference
    );
  });
  return {
    graph,
    values,
    run() {
      for (const action of actions) action();
    },
    step(index) {
      actions[index]!();
    },
  };
}

function kernelAction(
  { tensors }: IntegerGraph,
  step: IntegerStep,
  pointers: readonly number[],
  kernels: Kernels,
  mode: RequantizeMode,
): (() => void) | undefined {
  if (step.kind !== 'mac') return undefined;
  const [input, output] = [tensors[step.inputs[0]]!, tensors[step.output]!];
  if (!suitsKernels(step, input, output)) return undefined;
  const mac = new KernelMac(kernels, step, input, output, mode);
  const [from, to] = [pointers[step.inputs[0]]!, pointers[step.output]!];
  return () => mac.run(from, to);
}

/** A step that makes each byte from one byte or two: all its results are looked up, computed once by `reference`. */
function tableAction(
  step: IntegerStep,
  values: readonly Values[],
  { tensors }: IntegerGraph,
  reference: () => void,
): (() => void) | undefined {
  if (step.kind !== 'add' && step.kind !== 'multiply') return undefined;
  const [first, second] = step.inputs.map((at) => values[at]!) as [Values, Values];
  const to = values[step.output]!;
  if ([first, second, to].some(({ BYTES_PER_ELEMENT }) => BYTES_PER_ELEMENT !== 1)) return undefined;
  if (tensors[step.inputs[0]]!.type !== tensors[step.inputs[1]]!.type || to.length < 256) return undefined;
  let table: Uint8Array | undefined;
  const bytes = (from: Values): Uint8Array => new Uint8Array(from.buffer, from.byteOffset, from.length);
  const [a, b, out] = [bytes(first), bytes(second), bytes(to)];
  return () => {
    table ??= tableOf(a, b, out, reference);
    for (let i = 0; i < out.length; i++) out[i] = table[(a[i]! << 8) | b[i]!]!;
  };
}

/** All pairs, as many at once as the tensors hold; what they held is put back. */
function tableOf(a: Uint8Array, b: Uint8Array, out: Uint8Array, reference: () => void): Uint8Array {
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
