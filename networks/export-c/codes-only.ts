/** A graph without its floats: whoever calls it quantizes what goes in, and reads codes. */
import { UserError } from '../../errors.js';
import type { IntegerGraph, IntegerStep } from '../integer/graph.js';

/**
 * A float input becomes the tensor that it is quantized to, a float output the codes that it is made of. Throws UserError, naming the
 * step, where floats stand between steps, and for graphs without a step in integers.
 */
export function codesOnly(graph: IntegerGraph): IntegerGraph {
  const { tensors } = graph;
  const isFloat = (at: number): boolean => tensors[at]!.type === 'float32';
  const crossing = (step: IntegerStep): boolean =>
    step.kind === 'quantize' && isFloat(step.inputs[0]) !== isFloat(step.output);
  const dropped = graph.steps.filter(
    (step) =>
      crossing(step) &&
      (isFloat(step.output) ? graph.outputs.includes(step.output) : graph.inputs.includes(step.inputs[0]!)),
  );
  const steps = graph.steps.filter((step) => !dropped.includes(step));
  const wrong = steps.find((step) => [...step.inputs, step.output].some(isFloat));
  if (wrong !== undefined) {
    throw new UserError(
      `step ${wrong.name} computes with float32 values; export-c writes integers alone: quantize the whole model`,
    );
  }
  const input = (at: number): number =>
    isFloat(at) ? only(graph, at, dropped.find((step) => step.inputs[0] === at)?.output) : at;
  const output = (at: number): number =>
    isFloat(at) ? only(graph, at, dropped.find((step) => step.output === at)?.inputs[0]) : at;
  const bare = { ...graph, steps, inputs: graph.inputs.map(input), outputs: graph.outputs.map(output) };
  if (
    bare.outputs.some((at) => bare.inputs.includes(at)) ||
    new Set(bare.outputs).size < bare.outputs.length
  ) {
    throw new UserError(
      `${graph.name} gives an input or an output back as an output; export-c writes models whose outputs are computed, each once`,
    );
  }
  return bare;
}

function only({ name, tensors }: IntegerGraph, at: number, codes: number | undefined): number {
  if (codes !== undefined) return codes;
  throw new UserError(
    `${name}: float tensor ${tensors[at]!.name} is not quantized or dequantized; export-c writes integers alone`,
  );
}
