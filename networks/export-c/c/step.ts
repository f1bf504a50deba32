/** A step in C: the functions it needs, its constants, and the call. */
import type {
  ExportedConcat,
  ExportedMac,
  ExportedNetwork,
  ExportedStep,
  ExportedTensor,
} from '../integers.js';
import type { Constants } from './arrays.js';
import { concatSnippet } from './concat.js';
import {
  addSnippet,
  exactAddSnippet,
  type JoinTypes,
  multiplySnippet,
  quantizeSnippet,
} from './elementwise.js';
import { macSnippet } from './mac.js';
import { copySnippet, pickSnippet, tableSnippet } from './moves.js';
import { meanSnippet, poolSnippet } from './pool.js';
import type { Snippet, StepText } from './snippet.js';
import { softmaxSnippet } from './softmax.js';

/** `layer` begins the names of its constants; `pointer` tells a tensor's name in C. */
export function stepText(
  step: ExportedStep,
  network: ExportedNetwork,
  constants: Constants,
  layer: string,
  pointer: (tensor: number) => string,
): StepText {
  const inputs = step.inputs.map((at) => network.tensors[at]!);
  const output = network.tensors[step.output]!;
  const first = inputs[0]!;
  const codes = [...step.inputs, step.output].map(pointer).join(', ');
  const one = (snippet: Snippet, rest: string): StepText => ({
    snippets: [snippet],
    calls: [`${snippet.name}(${codes}, ${rest});`],
  });
  const types = (): JoinTypes => [first.type, inputs[1]!.type, output.type];
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
    case 'dense': {
      const [input, weights, to] = [first.type, step.weightType, output.type];
      const variant = { kind: step.kind, input, weights, output: to, rounding: step.rescale.rounding };
      return one(macSnippet(variant), macRest(step, first, output, constants, layer));
    }
    case 'add':
      constants.rescale(layer, step.first, '_first');
      constants.rescale(layer, step.second, '_second');
      constants.rescale(layer, step.sum);
      joinStruct(step, inputs, output, constants, layer);
      return one(
        addSnippet(types(), step.sum.rounding),
        `${output.size}, &${layer}_rescale_first, &${layer}_rescale_second, &${layer}_rescale, &${layer}_join`,
      );
    case 'exact-add': {
      constants.rescale(layer, step.sum);
      joinStruct(step, inputs, output, constants, layer);
      const factors = step.factors.map((factor) => `INT64_C(${factor})`).join(', ');
      return one(exactAddSnippet(types()), `${output.size}, ${factors}, &${layer}_rescale, &${layer}_join`);
    }
    case 'multiply':
      constants.rescale(layer, step.rescale);
      joinStruct(step, inputs, output, constants, layer);
      return one(
        multiplySnippet(types(), step.rescale.rounding),
        `${output.size}, &${layer}_rescale, &${layer}_join`,
      );
    case 'max-pool':
    case 'average-pool':
      constants.window(`${layer}_window`, step.window);
      return one(
        poolSnippet(step.kind, first.type),
        `&${layer}_window, ${step.clamp.least}, ${step.clamp.most}`,
      );
    case 'softmax': {
      const { classes, multiplier, shift, furthest } = step;
      return one(softmaxSnippet(first.type), [first.size, classes, multiplier, shift, furthest].join(', '));
    }
    case 'copy':
      return one(copySnippet(output.type), String(output.size));
    case 'quantize':
      constants.rescale(layer, step.rescale);
      return one(
        quantizeSnippet(first.type, output.type, step.rescale.rounding),
        `${output.size}, ${first.zeroPoint}, ${output.zeroPoint}, &${layer}_rescale`,
      );
    case 'concat':
      return concatText(step, inputs, output, constants, layer, pointer);
    case 'table':
      constants.array(output.type, `${layer}_table`, step.table);
      return one(tableSnippet(first.type, output.type), `${output.size}, ${layer}_table`);
    case 'pick':
      constants.pick(layer, step.axes, first.shape, output.zeroPoint);
      return one(pickSnippet(output.type), `${output.size}, &${layer}_pick`);
    case 'mean': {
      constants.rescale(layer, step.rescale);
      const sizes = [step.pixels, step.channels, first.zeroPoint, output.zeroPoint].join(', ');
      return one(meanSnippet(first.type, step.rescale.rounding), `${sizes}, &${layer}_rescale`);
    }
    default:
      return step satisfies never;
  }
}

function macRest(
  step: ExportedMac,
  input: ExportedTensor,
  output: ExportedTensor,
  constants: Constants,
  layer: string,
): string {
  const { kind, window, groups, outChannels, weights, weightType, weightZeroPoint, bias, clamp } = step;
  constants.array(weightType, `${layer}_weights`, weights);
  constants.array('int32', `${layer}_bias`, bias);
  constants.rescale(layer, step.rescale);
  if (kind !== 'dense') constants.window(`${layer}_window`, window);
  const zeros = [input.zeroPoint, weightZeroPoint, output.zeroPoint];
  constants.struct('codes', `${layer}_codes`, [...zeros, clamp.least, clamp.most].join(', '));
  const sizes = {
    convolution: `&${layer}_window, ${groups}, ${outChannels}`,
    depthwise: `&${layer}_window, ${outChannels}`,
    dense: `${window.inChannels}, ${outChannels}`,
  };
  return `${sizes[kind]}, ${['weights', 'bias'].map((what) => `${layer}_${what}`).join(', ')}, &${layer}_rescale, &${layer}_codes`;
}

function joinStruct(
  { clamp }: Extract<ExportedStep, { kind: 'add' | 'exact-add' | 'multiply' }>,
  inputs: readonly ExportedTensor[],
  output: ExportedTensor,
  constants: Constants,
  layer: string,
): void {
  const zeros = [...inputs, output].map(({ zeroPoint }) => zeroPoint);
  constants.struct('join', `${layer}_join`, [...zeros, clamp.least, clamp.most].join(', '));
}

/** A call for each input: its blocks go where they stand in the output. */
function concatText(
  step: ExportedConcat,
  inputs: readonly ExportedTensor[],
  output: ExportedTensor,
  constants: Constants,
  layer: string,
  pointer: (tensor: number) => string,
): StepText {
  const whole = step.inner.reduce((sum, length) => sum + length, 0);
  const snippets: Snippet[] = [];
  let start = 0;
  const calls = inputs.map((input, i) => {
    const table = step.tables[i];
    const snippet = concatSnippet(input.type, output.type, table === undefined ? 'same' : 'table');
    snippets.push(snippet);
    const [from, length] = [pointer(step.inputs[i]!), step.inner[i]!];
    const blocks = `${from}, ${pointer(step.output)} + ${start}, ${step.outer}, ${length}, ${whole}`;
    start += length;
    if (table === undefined) return `${snippet.name}(${blocks});`;
    constants.array(output.type, `${layer}_table_${i}`, table);
    return `${snippet.name}(${blocks}, ${layer}_table_${i});`;
  });
  return { snippets, calls };
}
