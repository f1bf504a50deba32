/**
 * Classes without a softmax: the largest of its outputs is the largest of what it reads, so a graph may end there. Where two
 * probabilities have one code, logits may still differ.
 */
import { UserError } from '../../errors.js';
import type { IntegerGraph } from './graph.js';

export type SoftmaxChoice = 'computed' | 'left-out';

/**
 * The graph as it is, or one whose outputs are the codes that a softmax reads, where an output is a softmax's or its codes in another type
 * or scale. Throws UserError where one is left out of a graph without any.
 */
export function endedBy(softmax: SoftmaxChoice, graph: IntegerGraph): IntegerGraph {
  if (softmax === 'computed') return graph;
  const makerOf = (tensor: number) => graph.steps.find(({ output }) => output === tensor);
  const logitsOf = (output: number): number => {
    const last = makerOf(output);
    const maker = last?.kind === 'quantize' ? makerOf(last.inputs[0]) : last;
    return maker?.kind === 'softmax' ? maker.inputs[0] : output;
  };
  const outputs = graph.outputs.map(logitsOf);
  if (outputs.every((output, i) => output === graph.outputs[i])) throw noSoftmax(graph.name);
  return { ...graph, outputs, steps: graph.steps.filter(needed(graph, outputs)) };
}

export function noSoftmax(name: string): UserError {
  return new UserError(`${name} has no softmax at its end that could be left out; leave out --softmax`);
}

/** Whether a step is on the way to these tensors. */
function needed({ steps }: IntegerGraph, outputs: readonly number[]) {
  const wanted = new Set(outputs);
  for (const { inputs, output } of steps.toReversed()) {
    if (wanted.has(output)) for (const input of inputs) wanted.add(input);
  }
  return ({ output }: { readonly output: number }): boolean => wanted.has(output);
}
