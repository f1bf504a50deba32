/** The trainable layer and parameters of every operator that multiplies. */
import type { Shape } from '../network.js';
import type { Window } from '../program.js';
import { FloatMac } from './float-mac.js';
import { allocateFloats, type Layer, type LayerContext, type ParameterFacts } from './operator.js';

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

export function macLayer(
  context: LayerContext,
  window: Window,
  groups: number,
  out: number,
  hasBias: 'bias' | 'no-bias',
): Layer {
  const { kernels } = context;
  const mac = new FloatMac(kernels, window, groups, out, 'trained');
  const weight = context.parameter('weight');
  const noBias = () => ({ values: allocateFloats(kernels, out), gradient: allocateFloats(kernels, out) });
  const bias = hasBias === 'bias' ? context.parameter('bias') : noBias();
  const input = context.inputs[0]!;
  return {
    forward(count) {
      mac.pack(weight.values);
      mac.forward(count, input.values, bias.values, context.output.values);
    },
    backward(count) {
      mac.backward(
        count,
        input.values,
        weight.values,
        context.output.gradient,
        weight.gradient,
        bias.gradient,
        context.inputGradients === 'needed' ? input.gradient : undefined,
      );
    },
  };
}
