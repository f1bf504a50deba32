/**
 * From a TensorFlow Lite file whose tensors are floats to a network of ours with its weights. Nodes are called by what they do
 * and the number of their operator in the file: `conv_0`, `relu_0`, `add_3`.
 */
import { UserError } from '../../errors.js';
import type { Network, Parameters } from '../network.js';
import { checkParameters } from '../parameters.js';
import { parseNetwork } from '../schema.js';
import { nodeFacts } from '../shapes.js';
import { elementsOf, type Shape } from '../tensor.js';
import { FloatNodes } from './float-nodes.js';
import { activationObjection, FLOAT_OPERATORS, reshapesInput } from './float-operators.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './model.js';
import { type Objection, refuse } from './refuse.js';

/** Whether all that the file computes, takes and gives is float32. */
export function isFloatModel({ inputs, operators }: TfliteModel): boolean {
  const tensors = [...inputs, ...operators.flatMap(({ outputs }) => outputs)];
  return tensors.every(({ type }) => type === 'float32');
}

/**
 * Throws UserError, one line, that lists all operators and options that are not supported, with their places; that names a
 * dynamic-range file as one; or that says where shapes do not fit or a limit of networks is passed.
 */
export function floatNetwork(model: TfliteModel): { network: Network; parameters: Parameters } {
  const { source } = model;
  refuseDynamicRange(model);
  refuse(
    model,
    model.operators.flatMap((operator) => objectionsTo(operator, model)),
    Object.keys(FLOAT_OPERATORS),
  );
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new UserError(
      `${source} has ${model.inputs.length} inputs and ${model.outputs.length} outputs; float files of one each are read`,
    );
  }
  const [output] = model.outputs;
  const nodes = new FloatNodes(model);
  for (const operator of model.operators) FLOAT_OPERATORS[operator.name]!.read(nodes, operator);
  const described: Network = {
    name: nameOf(source),
    input: inputOf(model),
    classes: elementsOf(output!.shape),
    nodes: nodes.nodes,
  };
  const network = parseNetwork(described, source);
  checkShapes(network, nodes, model);
  checkParameters(network, nodes.parameters);
  return { network, parameters: nodes.parameters };
}

/** Of a path: its last part without the ending, in letters that names may have. */
function nameOf(source: string): string {
  const last = source.split(/[\\/]/).at(-1)!;
  const plain = last.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_.-]/g, '_');
  return `${/^[A-Za-z0-9_]/.test(plain) ? '' : '_'}${plain}`.slice(0, 64);
}

/** As the file's input, or as the reshape makes it that alone reads it. */
function inputOf(model: TfliteModel): Shape {
  const reshape = model.operators.find((operator) => reshapesInput(operator, model));
  return (reshape?.outputs[0] ?? model.inputs[0]!).shape.slice(1);
}

function objectionsTo(operator: TfliteOperator, model: TfliteModel): Objection[] {
  const { name, index, outputs } = operator;
  const rule = FLOAT_OPERATORS[name];
  if (rule === undefined) return [{ what: name, index }];
  const found = [
    rule.objection?.(operator, model),
    rule.activation === undefined ? undefined : activationObjection(operator, rule.activation),
    outputs.length === 1 ? undefined : `${name} of ${outputs.length} outputs`,
    name === 'DEQUANTIZE' || outputs.every(isBatchOfOne) ? undefined : 'outputs that are no batch of one',
  ];
  return found.filter((what) => what !== undefined).map((what) => ({ what, index }));
}

const isBatchOfOne = ({ shape }: TfliteTensor): boolean => shape.length >= 2 && shape[0] === 1;

function refuseDynamicRange({ source, operators }: TfliteModel): void {
  const mixed = operators.filter(
    ({ name, inputs }) =>
      name !== 'DEQUANTIZE' &&
      inputs[0]?.type === 'float32' &&
      ['int8', 'uint8', 'int4'].includes(inputs[1]?.type ?? ''),
  );
  if (mixed.length === 0) return;
  throw new UserError(
    `${source} is a dynamic-range file: activations are float32, the weights of ${mixed.length} operators are ${mixed[0]!.inputs[1]!.type} (the first: operator ${mixed[0]!.index} ${mixed[0]!.name}); give the file in float32, or with integer activations`,
  );
}

/** The last node of every operator has the shape that the file says. */
function checkShapes(network: Network, nodes: FloatNodes, model: TfliteModel): void {
  const shapes = new Map(nodeFacts(network).map(({ name, output }) => [name, output]));
  for (const operator of model.operators) {
    const name = nodes.given(operator);
    const shape = name === undefined ? undefined : (shapes.get(name) ?? network.input);
    if (shape !== undefined && shape.join() !== operator.outputs[0]!.shape.slice(1).join()) {
      throw nodes.misfit(operator);
    }
  }
  const last = model.operators.findLast((operator) => nodes.given(operator) !== undefined);
  if (last?.outputs[0] !== model.outputs[0]) {
    throw new UserError(
      `${model.source}: its output is not what its last operator gives, which is not supported`,
    );
  }
}
