/** From a network and its parameters to the few steps every dataflow runs (networks/program.ts). */
import { UserError } from '../errors.js';
import type { Network, Node, Parameters } from './network.js';
import type { LoweredNode, NewStep } from './operators/operator.js';
import { ruleOf } from './operators/registry.js';
import { checkParameters } from './parameters.js';
import type { Edge, Program, Step } from './program.js';
import { nodeFacts } from './shapes.js';
import { elementsOf, type Shape } from './tensor.js';

/**
 * Lowers `network`, node by node as each operator says: batch-norm and activations become part of what they alone
 * read where they can, a pad of the convolution that alone reads it, dropout, flatten and the final softmax vanish. Throws UserError where the network is unsound,
 * a parameter is missing, of the wrong shape, NaN or infinite, or folding overflows.
 */
export function lower(network: Network, parameters: Parameters): Program {
  checkParameters(network, parameters);
  return new Lowering(network, parameters).run();
}

class Lowering {
  readonly #edges: Edge[] = [];
  readonly #steps: Step[] = [];
  /** Edge each node's value stands on. */
  readonly #edgeOf = new Map<string, number>();
  /** Nodes whose value is that of their first input. */
  readonly #passed = new Map<string, Node>();
  readonly #readers = new Map<string, number>();
  readonly #shapes: ReadonlyMap<string, Shape>;

  constructor(
    private readonly network: Network,
    private readonly parameters: Parameters,
  ) {
    this.#shapes = new Map(nodeFacts(network).map((facts) => [facts.name, facts.output]));
    for (const node of network.nodes) {
      for (const input of node.inputs) this.#readers.set(input, (this.#readers.get(input) ?? 0) + 1);
    }
  }

  run(): Program {
    this.#edgeOf.set('input', this.#newEdge('input', this.network.input));
    for (const node of this.network.nodes) ruleOf(node.operator).lower(node.operator, this.#lowered(node));
    const output = this.#edgeOf.get(this.network.nodes.at(-1)!.name)!;
    if (this.#steps.length === 0) {
      throw new UserError(`network ${this.network.name}: it computes nothing; give it a layer`);
    }
    const { name, classes } = this.network;
    return { network: name, classes, edges: this.#edges, steps: this.#steps, input: 0, output };
  }

  #newEdge(name: string, shape: Shape): number {
    return this.#edges.push({ name, shape, size: elementsOf(shape) }) - 1;
  }

  #lowered(node: Node): LoweredNode {
    const { name } = node;
    const inputs = node.inputs.map((input) => this.#edgeOf.get(input)!);
    const output = this.#shapes.get(name)!;
    return {
      name,
      inputs,
      output,
      inputEdges: inputs.map((edge) => this.#edges[edge]!),
      parameter: (suffix) => this.parameters.get(`${name}.${suffix}`)?.data,
      add: (step: NewStep) => {
        const edge = this.#newEdge(name, output);
        this.#edgeOf.set(name, edge);
        this.#steps.push({ ...step, name, output: edge });
      },
      pass: () => {
        this.#edgeOf.set(name, inputs[0]!);
        this.#passed.set(name, node);
      },
      soleMaker: () => this.#soleMaker(node),
      replaceMaker: (step, shape) => this.#replace(step, name, shape),
    };
  }

  #soleMaker(node: Node): Step | undefined {
    let name = node.inputs[0]!;
    for (;;) {
      if (this.#readers.get(name) !== 1) return undefined;
      const passed = this.#passed.get(name);
      if (passed === undefined) break;
      name = passed.inputs[0]!;
    }
    const edge = this.#edgeOf.get(name);
    return this.#steps.find((step) => step.output === edge);
  }

  #replace(step: Step, name: string, shape = this.#edges[step.output]!.shape): void {
    this.#steps[this.#steps.findIndex(({ output }) => output === step.output)] = step;
    this.#edges[step.output] = { name, shape, size: elementsOf(shape) };
    this.#edgeOf.set(name, step.output);
  }
}
