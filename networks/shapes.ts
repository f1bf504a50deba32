/** Shapes, parameters and multiply-accumulates of every node, and the check that a network is sound. */
import { UserError } from '../errors.js';
import type { Network } from './network.js';
import type { ParameterFacts } from './operators/operator.js';
import { ruleOf } from './operators/registry.js';
import { elementsOf, type Shape } from './tensor.js';

/**
 * Most nodes, values on all edges of one image, parameters, multiply-accumulates of one image, and classes: what
 * keeps a hostile file from exhausting memory or time.
 */
export const LIMITS = {
  nodes: 1000,
  edgeElements: 2 ** 22,
  /** However many are asked for. */
  parameters: 2 ** 27,
  macs: 2 ** 36,
  classes: 256,
} as const;

/** Parameters a network may have where nothing else is said: 64 MB of float32, and several times that in training. */
export const USUAL_PARAMETERS = 2 ** 24;

let allowedParameters: number = USUAL_PARAMETERS;

/** Allows larger networks, or only smaller ones, for this process. Throws UserError for what is no count up to 2^27. */
export function allowParameters(count: number): void {
  if (!(Number.isInteger(count) && count >= 1 && count <= LIMITS.parameters)) {
    throw new UserError(
      `--max-parameters ${count} is impossible; give a whole number from 1 to ${LIMITS.parameters}`,
    );
  }
  allowedParameters = count;
}

/** How many parameters a network may have now. */
export function mostParameters(): number {
  return allowedParameters;
}

export interface NamedParameter extends ParameterFacts {
  /** `<node>.<suffix>`. */
  readonly name: string;
}

export interface NodeFacts {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  readonly parameters: readonly NamedParameter[];
  /** Learned and tracked values in all. */
  readonly parameterCount: number;
  /** Multiply-accumulates an image. */
  readonly macs: number;
}

/**
 * Facts of every node, in order. Throws UserError, naming the node, where names repeat or are unknown, shapes
 * do not fit, a node is read by none, the output does not have one value a class, or a limit is passed.
 */
export function nodeFacts(network: Network): readonly NodeFacts[] {
  if (network.nodes.length === 0 || network.nodes.length > LIMITS.nodes) {
    throw new UserError(
      `network ${network.name}: it has ${network.nodes.length} nodes; give 1 to ${LIMITS.nodes}`,
    );
  }
  let elements = checkedSize('input', network.input);
  let macs = 0;
  const shapes = new Map<string, Shape>([['input', network.input]]);
  const read = new Set<string>();
  const facts: NodeFacts[] = [];
  let parameters = 0;
  for (const node of network.nodes) {
    const { name, operator } = node;
    if (shapes.has(name)) throw new UserError(`node ${name}: the name is taken; give every node its own`);
    const rule = ruleOf(operator);
    checkInputCount(name, operator.type, rule.inputs, node.inputs.length);
    const inputs = node.inputs.map((input) => {
      const shape = shapes.get(input);
      if (shape === undefined) {
        throw new UserError(`node ${name}: its input ${input} is not an earlier node; name one, or 'input'`);
      }
      read.add(input);
      return shape;
    });
    if (rule.place === 'last' && node !== network.nodes.at(-1)) {
      throw new UserError(`node ${name}: ${operator.type} may only be the last node`);
    }
    const output = rule.shape(operator, inputs, name);
    elements += checkedSize(name, output);
    shapes.set(name, output);
    const own = rule.parameters(operator, inputs);
    const parameterCount = own.reduce((sum, parameter) => sum + elementsOf(parameter.shape), 0);
    parameters += parameterCount;
    const ownMacs = rule.macs(operator, inputs, output);
    macs += ownMacs;
    checkLimit(network, name, 'values on its edges', elements, LIMITS.edgeElements);
    checkParameterCount(network, name, parameters);
    checkLimit(network, name, 'multiply-accumulates an image', macs, LIMITS.macs);
    facts.push({
      name,
      type: operator.type,
      inputs,
      output,
      parameters: own.map((parameter) => ({ ...parameter, name: `${name}.${parameter.suffix}` })),
      parameterCount,
      macs: ownMacs,
    });
  }
  const last = facts.at(-1)!;
  for (const { name } of facts) {
    if (name !== last.name && !read.has(name)) {
      throw new UserError(`node ${name}: no node reads it and it is not the last; remove it or use it`);
    }
  }
  if (elementsOf(last.output) !== network.classes) {
    throw new UserError(
      `network ${network.name}: its last node gives shape [${last.output.join(', ')}], but it has ${network.classes} classes`,
    );
  }
  return facts;
}

function checkInputCount(name: string, type: string, taken: number | 'two or more', given: number): void {
  if (taken === 'two or more' ? given >= 2 : given === taken) return;
  throw new UserError(`node ${name}: ${type} takes ${taken} input${taken === 1 ? '' : 's'}, got ${given}`);
}

function checkedSize(name: string, shape: Shape): number {
  if (shape.length >= 1 && shape.every((extent) => Number.isInteger(extent) && extent >= 1)) {
    return elementsOf(shape);
  }
  throw new UserError(`node ${name}: shape [${shape.join(', ')}] must be positive whole numbers`);
}

function checkParameterCount(network: Network, node: string, count: number): void {
  if (count <= allowedParameters) return;
  throw new UserError(
    `network ${network.name}: with node ${node} it has ${count} parameters; at most ${allowedParameters} are allowed (--max-parameters raises it, to ${LIMITS.parameters} at most)`,
  );
}

function checkLimit(network: Network, node: string, what: string, value: number, most: number): void {
  if (value <= most) return;
  throw new UserError(
    `network ${network.name}: with node ${node} it has ${value} ${what}; at most ${most} are allowed`,
  );
}

/** Parameters (learned and tracked) and multiply-accumulates an image of the whole network. */
export function networkTotals(network: Network): { parameters: number; macs: number } {
  const facts = nodeFacts(network);
  return {
    parameters: facts.reduce((sum, node) => sum + node.parameterCount, 0),
    macs: facts.reduce((sum, node) => sum + node.macs, 0),
  };
}
