/**
 * Batch normalisation over the last axis (Ioffe and Szegedy 2015): y = gamma·(x − mean)/√(variance + epsilon) +
 * beta. Training normalises by the batch's own mean and (biased) variance and tracks the running ones with
 * running = (1 − momentum)·running + momentum·batch, the variance unbiased; evaluation uses the running ones.
 * What training computes is in batch-norm-layer.ts.
 */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { pixelWindow } from '../window.js';
import { BatchNormLayer } from './batch-norm-layer.js';
import { defineOperator, type LoweredNode, type ParameterFacts } from './operator.js';

const constant = (suffix: string, value: number, channels: number, training: ParameterFacts['training']) =>
  ({ suffix, shape: [channels], initial: { kind: 'constant', value }, training }) as const;

export const batchNorm = defineOperator({
  type: 'batch-norm',
  schema: z.strictObject({
    type: z.literal('batch-norm'),
    epsilon: z.number().positive().max(1).default(1e-5),
    momentum: z.number().min(0).max(1).default(0.1),
  }),
  inputs: 1,
  place: 'anywhere',
  shape: (_, [input]) => input!,
  parameters(_, [input]) {
    const channels = input![input!.length - 1]!;
    return [
      constant('gamma', 1, channels, 'learned'),
      constant('beta', 0, channels, 'learned'),
      constant('mean', 0, channels, 'tracked'),
      constant('variance', 1, channels, 'tracked'),
    ];
  },
  macs: () => 0,
  /** Folded in float64, then rounded to float32, into the mac it alone reads; elsewhere a 1×1 mac, a group a channel. */
  lower({ epsilon }, node) {
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(
      (s) => node.parameter(s)!,
    );
    const gain = Float64Array.from(gamma!, (g, channel) => g / Math.sqrt(variance![channel]! + epsilon));
    const maker = node.soleMaker();
    // folding multiplies by output channel, which survives a flatten only where the channels are the features
    const fits = maker?.kind === 'mac' && maker.outChannels === gain.length;
    if (fits && maker.activation === 'identity') {
      const weights = maker.weights.map((w, i) => w * gain[Math.floor(i / maker.k)]!);
      const bias = maker.bias.map((b, c) => (b - mean![c]!) * gain[c]! + beta![c]!);
      checkFolded(node, weights, bias);
      // of two batch-norms in a row the gains multiply
      const before = maker.unfolded?.gain;
      const gains = Float32Array.from(gain, (g, c) => g * (before?.[c] ?? 1));
      const unfolded = { weights: maker.unfolded?.weights ?? maker.weights, gain: gains };
      node.replaceMaker({ ...maker, weights, bias, unfolded });
      return;
    }
    const weights = Float32Array.from(gain);
    const bias = beta!.map((b, c) => b - mean![c]! * gain[c]!);
    checkFolded(node, weights, bias);
    const shape = { window: pixelWindow(node.output), groups: gain.length, outChannels: gain.length, k: 1 };
    node.add({ kind: 'mac', inputs: [node.inputs[0]!], ...shape, weights, bias, activation: 'identity' });
  },
  layer: (operator, context) => new BatchNormLayer(operator, context),
});

function checkFolded(node: LoweredNode, weights: Float32Array, bias: Float32Array): void {
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
