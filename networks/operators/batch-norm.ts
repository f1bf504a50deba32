/**
 * Batch normalisation over the last axis (Ioffe and Szegedy 2015): y = gamma·(x − mean)/√(variance + epsilon) +
 * beta. Training normalises by the batch's own mean and (biased) variance and tracks the running ones with
 * running = (1 − momentum)·running + momentum·batch, the variance unbiased; evaluation uses the running ones.
 * Sums are float64, pixels ascending.
 */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { pixelWindow } from '../window.js';
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
      node.replaceMaker({ ...maker, weights, bias });
      return;
    }
    const weights = Float32Array.from(gain);
    const bias = beta!.map((b, c) => b - mean![c]! * gain[c]!);
    checkFolded(node, weights, bias);
    const shape = { window: pixelWindow(node.output), groups: gain.length, outChannels: gain.length, k: 1 };
    node.add({ kind: 'mac', inputs: [node.inputs[0]!], ...shape, weights, bias, activation: 'identity' });
  },
  layer(operator, { kernels, batch, inputs, output, parameter }) {
    const input = inputs[0]!;
    const channels = input.shape[input.shape.length - 1]!;
    const view = (pointer: number, length: number) => kernels.f32(pointer, length);
    const x = view(input.values, batch * input.size);
    const y = view(output.values, batch * input.size);
    const dx = view(input.gradient, batch * input.size);
    const dy = view(output.gradient, batch * input.size);
    const gamma = view(parameter('gamma').values, channels);
    const beta = view(parameter('beta').values, channels);
    const gammaGradient = view(parameter('gamma').gradient, channels);
    const betaGradient = view(parameter('beta').gradient, channels);
    const runningMean = view(parameter('mean').values, channels);
    const runningVariance = view(parameter('variance').values, channels);
    const mean = new Float64Array(channels);
    const inverse = new Float64Array(channels);
    let statistics: 'batch' | 'running' = 'running';

    function measure(n: number): void {
      const rows = n / channels;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = c; i < n; i += channels) sum += x[i]!;
        const average = sum / rows;
        let squares = 0;
        for (let i = c; i < n; i += channels) squares += (x[i]! - average) * (x[i]! - average);
        mean[c] = average;
        inverse[c] = 1 / Math.sqrt(squares / rows + operator.epsilon);
        const unbiased = squares / Math.max(rows - 1, 1);
        runningMean[c] = (1 - operator.momentum) * runningMean[c]! + operator.momentum * average;
        runningVariance[c] = (1 - operator.momentum) * runningVariance[c]! + operator.momentum * unbiased;
      }
    }

    return {
      forward(count, pass) {
        const n = count * input.size;
        statistics = pass.mode === 'train' ? 'batch' : 'running';
        if (pass.mode === 'train') measure(n);
        else {
          for (let c = 0; c < channels; c++) {
            mean[c] = runningMean[c]!;
            inverse[c] = 1 / Math.sqrt(runningVariance[c]! + operator.epsilon);
          }
        }
        for (let i = 0, c = 0; i < n; i++) {
          y[i] = gamma[c]! * (x[i]! - mean[c]!) * inverse[c]! + beta[c]!;
          if (++c === channels) c = 0;
        }
      },
      backward(count) {
        const n = count * input.size;
        const rows = n / channels;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          let dot = 0;
          for (let i = c; i < n; i += channels) {
            sum += dy[i]!;
            dot += dy[i]! * (x[i]! - mean[c]!) * inverse[c]!;
          }
          betaGradient[c]! += sum;
          gammaGradient[c]! += dot;
          const gain = gamma[c]! * inverse[c]!;
          // with the running statistics mean and variance are constants, so only the first term is left
          const [shift, slope] = statistics === 'batch' ? [sum / rows, dot / rows] : [0, 0];
          for (let i = c; i < n; i += channels) {
            dx[i] = gain * (dy[i]! - shift - (x[i]! - mean[c]!) * inverse[c]! * slope);
          }
        }
      },
    };
  },
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
