/** The operators of a float file that multiply, as nodes of a network. */
import type { FloatNodes } from './float-nodes.js';
import type { TfliteOperator } from './model.js';
import { CONV, DEPTHWISE, FULLY_CONNECTED } from './schema.js';
import { channelsFirst, convSliding } from './sliding.js';

const biasOf = ({ inputs }: TfliteOperator) => (inputs[2] === undefined ? 'no-bias' : 'bias');

export function conv(nodes: FloatNodes, operator: TfliteOperator): void {
  const [image, weights] = [operator.inputs[0]?.shape ?? [], operator.inputs[1]?.shape ?? []];
  const [filters = 0, height = 0, width = 0, inChannels = 0] = weights;
  const sliding = convSliding(operator, [height, width], CONV);
  if (image.length !== 4 || weights.length !== 4 || sliding === undefined || inChannels < 1) {
    throw nodes.misfit(operator);
  }
  // groups that are no whole number are refused with the network's shapes
  const groups = Math.floor(image[3]! / inChannels);
  const described = { type: 'conv2d', filters, ...sliding, groups, bias: biasOf(operator) } as const;
  const name = nodes.add(operator, 'conv', described, [nodes.name(operator, 0)]);
  nodes.multiplies(operator, name, nodes.constant(operator, 1), [filters, height * width * inChannels]);
  nodes.gives(operator, name, CONV.activation);
}

export function depthwise(nodes: FloatNodes, operator: TfliteOperator): void {
  const [image, weights] = [operator.inputs[0]?.shape ?? [], operator.inputs[1]?.shape ?? []];
  const [one = 0, height = 0, width = 0, filters = 0] = weights;
  const sliding = convSliding(operator, [height, width], DEPTHWISE);
  if (image.length !== 4 || weights.length !== 4 || sliding === undefined || one !== 1) {
    throw nodes.misfit(operator);
  }
  const groups = image[3]!;
  const described = { type: 'conv2d', filters, ...sliding, groups, bias: biasOf(operator) } as const;
  const name = nodes.add(operator, 'depthwise', described, [nodes.name(operator, 0)]);
  const values = channelsFirst(nodes.constant(operator, 1), filters);
  nodes.multiplies(operator, name, values, [filters, height * width]);
  nodes.gives(operator, name, DEPTHWISE.activation);
}

export function dense(nodes: FloatNodes, operator: TfliteOperator): void {
  const [input, weights] = [operator.inputs[0]?.shape ?? [], operator.inputs[1]?.shape ?? []];
  const [units = 0, k = 0] = weights;
  if (weights.length !== 2) throw nodes.misfit(operator);
  const given = nodes.name(operator, 0);
  const flat = input.length === 2 ? given : nodes.add(operator, 'flatten', { type: 'flatten' }, [given]);
  const name = nodes.add(operator, 'dense', { type: 'dense', units, bias: biasOf(operator) }, [flat]);
  nodes.multiplies(operator, name, nodes.constant(operator, 1), [units, k]);
  nodes.gives(operator, name, FULLY_CONNECTED.activation);
}
