/** What every operator that multiplies shares: parameters, counts, its step and its trainable layer. */
import type { Window } from '../../emac/layer/window.js';
import { UserError } from '../../errors.js';
import { allocateFloats } from '../primitives/memory.js';
import { packedWeights } from '../primitives/packed-weights.js';
import type { Frame } from '../program.js';
import type { Shape } from '../tensor.js';
import type { Layer, LayerContext, LoweredNode, ParameterFacts } from './operator.js';

/** `weight` [out, k] by He's rule with fan-in k, and `bias` [out] from 0. */
export function macParameters(out: number, k: number, bias: 'bias' | 'no-bias'): readonly ParameterFacts[] {
  const weight: ParameterFacts = {
    suffix: 'weight',
    shape: [out, k],
    initial: { kind: 'he', fanIn: k },
    training: 'learned',
  };
  if (bias === 'no-bias') return [weight];
  const shape: Shape = [out];
  return [weight, { suffix: 'bias', shape, initial: { kind: 'constant', value: 0 }, training: 'learned' }];
}

/** Dot products of length k an image, times k. */
export function macCount(window: Window, groups: number, out: number): number {
  const k = (window.kernelHeight * window.kernelWidth * window.inChannels) / groups;
  return window.outHeight * window.outWidth * out * k;
}

/** Throws UserError unless `groups` divides both channel counts. */
export function checkGroups(groups: number, channels: number, filters: number, node: string): void {
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new UserError(
      `node ${node}: ${groups} groups must divide both its ${channels} input channels and ${filters} filters`,
    );
  }
}

/** The node as one mac step over `window`; a pad that it alone reads becomes part of the window. */
export function lowerMac(node: LoweredNode, window: Window, groups: number, outChannels: number): void {
  const weights = node.parameter('weight')!.slice();
  const bias = node.parameter('bias')?.slice() ?? new Float32Array(outChannels);
  const k = weights.length / outChannels;
  const rest = { kind: 'mac', groups, outChannels, k, weights, bias, activation: 'identity' } as const;
  const maker = node.soleMaker();
  // to a dense layer behind a flatten every value of the padded image is a channel of its own
  if (maker?.kind === 'pad' && maker.frame.channels === window.inChannels) {
    const { name, output } = node;
    const { inputs, output: edge, frame } = maker;
    node.replaceMaker({ ...rest, name, inputs, output: edge, window: withoutFrame(window, frame) }, output);
  } else node.add({ ...rest, inputs: [node.inputs[0]!], window });
}

/** The same windows over the image inside its padding: what lay in the padding lies outside, which is real 0 as well. */
function withoutFrame(window: Window, { height, width, top, left }: Frame): Window {
  const [padTop, padLeft] = [window.padTop + top, window.padLeft + left];
  return { ...window, inHeight: height, inWidth: width, padTop, padLeft };
}

export function macLayer(
  context: LayerContext,
  window: Window,
  groups: number,
  out: number,
  hasBias: 'bias' | 'no-bias',
): Layer {
  const { kernels, scratch } = context;
  const weight = context.parameter('weight');
  const weights = context.common(() => packedWeights(kernels, window, groups, out, 'trained'));
  const mac = weights.product(scratch);
  const noBias = () => ({ values: allocateFloats(kernels, out), gradient: allocateFloats(kernels, out) });
  const bias = hasBias === 'bias' ? context.parameter('bias') : noBias();
  const input = context.inputs[0]!;
  return {
    prepare() {
      weights.pack(weight.values);
    },
    forward(count) {
      mac.forward(count, input.values, bias.values, context.output.values);
    },
    backward(count) {
      mac.backward(
        count,
        input.values,
        context.output.gradient,
        weight.gradient,
        bias.gradient,
        context.inputGradients === 'needed' ? input.gradient : undefined,
      );
    },
  };
}
