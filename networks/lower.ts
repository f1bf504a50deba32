/** From a network and its parameters to the few steps every dataflow runs (networks/program.ts). */
import { UserError } from '../errors.js';
import type { Activation, Network, Node, Operator, Parameters, Shape, Tensor } from './network.js';
import { checkParameters } from './parameters.js';
import type { Edge, MacStep, Program, Step, Window } from './program.js';
import { nodeFacts } from './shapes.js';
import { conv1dWindow, conv2dWindow, denseWindow, elementsOf, pixelWindow, poolWindow } from './window.js';

type BatchNorm = Extract<Operator, { type: 'batch-norm' }>;

/** A step under construction; its `output` edge is last read by nobody yet. */
type Draft = { -readonly [K in keyof MacStep]: MacStep[K] } | Exclude<Step, MacStep>;

/**
 * Lowers `network`: batch-norm becomes part of the mac it alone reads (folded in float64, then rounded to
 * float32) or, elsewhere, a 1×1 mac of one group a channel; an activation that alone reads a mac or add is
 * fused into it; dropout, flatten and the final softmax vanish. Throws UserError where the network is unsound,
 * a parameter is missing, of the wrong shape, NaN or infinite, or folding overflows.
 */
export function lower(network: Network, parameters: Parameters): Program {
  checkParameters(network, parameters);
  return new Lowering(network, parameters).run();
}

class Lowering {
  readonly #edges: Edge[] = [];
  readonly #steps: Draft[] = [];
  /** Edge each node's value stands on. */
  readonly #edgeOf = new Map<string, number>();
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
    for (const node of this.network.nodes) this.#lowerNode(node);
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

  #input(node: Node, position = 0): number {
    return this.#edgeOf.get(node.inputs[position]!)!;
  }

  #lowerNode(node: Node): void {
    const { operator } = node;
    const input = this.#input(node);
    const inputShape = this.#edges[input]!.shape;
    switch (operator.type) {
      case 'dense':
        this.#addMac(node, denseWindow(this.#edges[input]!.size), 1, operator.units);
        return;
      case 'conv2d': {
        const window = conv2dWindow(operator, inputShape, node.name);
        this.#addMac(node, window, operator.groups, operator.filters);
        return;
      }
      case 'conv1d': {
        const window = conv1dWindow(operator, inputShape, node.name);
        this.#addMac(node, window, operator.groups, operator.filters);
        return;
      }
      case 'pool': {
        const window = poolWindow(operator, inputShape, node.name);
        const { name } = node;
        const output = this.#newOutput(node);
        this.#steps.push({ kind: 'pool', name, pooling: operator.pooling, input, output, window });
        return;
      }
      case 'add': {
        const inputs = [input, this.#input(node, 1)] as const;
        const output = this.#newOutput(node);
        this.#steps.push({ kind: 'add', name: node.name, inputs, output, activation: 'identity' });
        return;
      }
      case 'activation':
        this.#lowerActivation(node, operator.activation);
        return;
      case 'batch-norm':
        this.#lowerBatchNorm(node, operator);
        return;
      case 'dropout':
      case 'flatten':
      case 'softmax':
        this.#edgeOf.set(node.name, input);
        return;
      default:
        throw new Error(`no lowering of ${operator satisfies never}`);
    }
  }

  #newOutput(node: Node): number {
    const edge = this.#newEdge(node.name, this.#shapes.get(node.name)!);
    this.#edgeOf.set(node.name, edge);
    return edge;
  }

  #addMac(node: Node, window: Window, groups: number, outChannels: number): void {
    const weights = this.parameters.get(`${node.name}.weight`)!.data;
    const bias = this.parameters.get(`${node.name}.bias`)?.data ?? new Float32Array(outChannels);
    this.#pushMac(node, window, groups, outChannels, weights.slice(), bias.slice());
  }

  #pushMac(
    node: Node,
    window: Window,
    groups: number,
    outChannels: number,
    weights: Float32Array,
    bias: Float32Array,
  ): void {
    const input = this.#input(node);
    const output = this.#newOutput(node);
    const k = weights.length / outChannels;
    const shape = { window, groups, outChannels, k, weights, bias };
    this.#steps.push({ kind: 'mac', name: node.name, input, output, ...shape, activation: 'identity' });
  }

  /** The step that makes the node's input, if nothing else reads it on the way. */
  #soleMaker(node: Node): Draft | undefined {
    let name = node.inputs[0]!;
    for (;;) {
      if (this.#readers.get(name) !== 1) return undefined;
      const maker = this.network.nodes.find((candidate) => candidate.name === name);
      if (maker === undefined) return undefined;
      if (maker.operator.type !== 'dropout' && maker.operator.type !== 'flatten') break;
      name = maker.inputs[0]!;
    }
    const edge = this.#edgeOf.get(name);
    return this.#steps.find((step) => step.output === edge);
  }

  /** Moves the edge `step` writes under the name of the node fused into it. */
  #rename(step: Draft, node: Node): void {
    this.#edges[step.output] = { ...this.#edges[step.output]!, name: node.name };
    this.#edgeOf.set(node.name, step.output);
  }

  #lowerActivation(node: Node, activation: Activation): void {
    const maker = this.#soleMaker(node);
    if ((maker?.kind === 'mac' || maker?.kind === 'add') && maker.activation === 'identity') {
      const at = this.#steps.indexOf(maker);
      this.#steps[at] = { ...maker, activation };
      this.#rename(maker, node);
      return;
    }
    const input = this.#input(node);
    const output = this.#newOutput(node);
    this.#steps.push({ kind: 'activation', name: node.name, input, output, activation });
  }

  #lowerBatchNorm(node: Node, operator: BatchNorm): void {
    const tensor = (suffix: string): Tensor => this.parameters.get(`${node.name}.${suffix}`)!;
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((s) => tensor(s).data);
    const gain = Float64Array.from(
      gamma!,
      (g, channel) => g / Math.sqrt(variance![channel]! + operator.epsilon),
    );
    const maker = this.#soleMaker(node);
    // folding multiplies by output channel, which survives a flatten only where the channels are the features
    const fits = maker?.kind === 'mac' && maker.outChannels === gain.length;
    if (fits && maker.activation === 'identity') {
      const weights = maker.weights.map((w, i) => w * gain[Math.floor(i / maker.k)]!);
      const bias = maker.bias.map((b, c) => (b - mean![c]!) * gain[c]! + beta![c]!);
      this.#checkFolded(node, weights, bias);
      this.#steps[this.#steps.indexOf(maker)] = { ...maker, weights, bias };
      this.#rename(maker, node);
      return;
    }
    const weights = Float32Array.from(gain);
    const bias = beta!.map((b, c) => b - mean![c]! * gain[c]!);
    this.#checkFolded(node, weights, bias);
    const shape = this.#shapes.get(node.name)!;
    this.#pushMac(node, pixelWindow(shape), gain.length, gain.length, weights, bias);
  }

  #checkFolded(node: Node, weights: Float32Array, bias: Float32Array): void {
    for (const [what, data] of [
      ['weight', weights],
      ['bias', bias],
    ] as const) {
      const bad = data.findIndex((value) => !Number.isFinite(value));
      if (bad < 0) continue;
      throw new UserError(
        `batch-norm ${node.name}: folded into a ${what}, element ${bad} is ${data[bad]}; its variance must not be negative, nor its gain overflow float32`,
      );
    }
  }
}
