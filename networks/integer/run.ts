/**
 * Runs an integer graph one record at a time, step by step as it is defined: the slow, obvious way that kernels are compared with.
 * Only quantizing floats, `float32` requantization and the concat of old uint8 files touch a float.
 */

import type { Window } from '../../emac/layer/window.js';
import { UserError } from '../../errors.js';
import {
  type Clamp,
  INTEGER_TYPES,
  type IntegerGraph,
  type IntegerMac,
  type IntegerStep,
  type IntegerTensor,
  type Values,
  valueBytes,
  valuesOver,
} from './graph.js';
import { joined } from './join.js';
import { meanAction } from './mean.js';
import { pickAction } from './pick.js';
import { averageOf } from './pool.js';
import { joinedCode, quantized } from './quantize.js';
import { type RequantizeMode, requantizer } from './requantize.js';
import { softmaxCodes } from './softmax.js';

/** A graph with room for one record. `values` are those of the last run, by tensor. */
export interface IntegerRunner {
  readonly graph: IntegerGraph;
  readonly values: readonly Values[];
  /** Computes every tensor from those of the inputs. */
  run(): void;
  /** Computes the output of one step from what its inputs hold. */
  step(index: number): void;
}

/** Throws UserError, naming the step, where a sum may not fit 32 bits or a step's types are not supported. */
export function referenceRunner(graph: IntegerGraph, mode: RequantizeMode): IntegerRunner {
  const values = graph.tensors.map((tensor) =>
    valuesOver(tensor, new ArrayBuffer(tensor.size * valueBytes(tensor.type)), 0),
  );
  const actions = graph.steps.map((step) => referenceAction(graph, step, values, mode));
  return {
    graph,
    values,
    run() {
      for (const action of actions) action();
    },
    step(index) {
      actions[index]!();
    },
  };
}

/** Computes one step of one record from `values` to `values`. */
export function referenceAction(
  graph: IntegerGraph,
  step: IntegerStep,
  values: readonly Values[],
  mode: RequantizeMode,
): () => void {
  const inputs = step.inputs.map((at) => graph.tensors[at]!);
  const output = graph.tensors[step.output]!;
  const from = step.inputs.map((at) => values[at]!);
  const to = values[step.output]!;
  const first = inputs[0]!;
  switch (step.kind) {
    case 'mac':
      return macAction(step, first, output, from[0]!, to, mode);
    case 'add':
    case 'multiply': {
      const code = joined(step, inputs, output, mode);
      return () => {
        for (let i = 0; i < to.length; i++) to[i] = code(from[0]![i]!, from[1]![i]!);
      };
    }
    case 'pool':
      return poolAction(step, first, from[0]!, to);
    case 'softmax':
      return softmaxCodes(step, first, output, from[0]!, to, mode);
    case 'quantize': {
      const code = quantized(step, first, output, mode);
      return () => {
        for (let i = 0; i < to.length; i++) to[i] = code(from[0]![i]!);
      };
    }
    case 'reshape':
      return () => to.set(from[0]!);
    case 'concat':
      return concatAction(step, inputs, output, from, to, mode);
    case 'pick':
      return pickAction(step, first, output, from[0]!, to);
    case 'mean':
      return meanAction(step, first, output, from[0]!, to, mode);
    case 'activation': {
      const code = quantized(step, first, output, mode);
      return () => {
        for (let i = 0; i < to.length; i++) to[i] = clamped(code(from[0]![i]!), step.clamp);
      };
    }
    default:
      return step satisfies never;
  }
}

/** Every tap of every window of one image: its place, or outside where the padding is. */
function eachTap(w: Window, pixel: number, tell: (tap: number, place: number) => void): void {
  const [oy, ox] = [Math.floor(pixel / w.outWidth), pixel % w.outWidth];
  for (let ky = 0; ky < w.kernelHeight; ky++) {
    for (let kx = 0; kx < w.kernelWidth; kx++) {
      const y = oy * w.strideY - w.padTop + ky * w.dilationY;
      const x = ox * w.strideX - w.padLeft + kx * w.dilationX;
      if (y < 0 || y >= w.inHeight || x < 0 || x >= w.inWidth) continue;
      tell(ky * w.kernelWidth + kx, (y * w.inWidth + x) * w.inChannels);
    }
  }
}

const clamped = (code: number, { least, most }: Clamp): number => Math.min(Math.max(code, least), most);

/** Throws UserError unless Σ |w − z| · 2^bits and the bias fit int32 for every channel. */
function checkSums(step: IntegerMac, input: IntegerTensor): void {
  const [least, most] = INTEGER_TYPES[input.type as keyof typeof INTEGER_TYPES];
  const largest = Math.max(most - input.zeroPoint, input.zeroPoint - least);
  for (let c = 0; c < step.outChannels; c++) {
    let sum = Math.abs(step.bias[c]!);
    for (let p = 0; p < step.k; p++) {
      sum += Math.abs(step.weights[c * step.k + p]! - step.weightZeroPoint) * largest;
    }
    if (sum < 2 ** 31) continue;
    throw new UserError(
      `step ${step.name}: channel ${c} may sum up to ${sum}, which 32-bit accumulators do not hold; use narrower types or fewer inputs`,
    );
  }
}

function macAction(
  step: IntegerMac,
  input: IntegerTensor,
  output: IntegerTensor,
  from: Values,
  to: Values,
  mode: RequantizeMode,
): () => void {
  if (input.type === 'float32' || output.type === 'float32') {
    throw new UserError(`step ${step.name}: float tensors are not supported between integer weights`);
  }
  checkSums(step, input);
  const { window, groups, outChannels, k, weights, weightZeroPoint, bias, clamp } = step;
  const requantize = requantizer(
    step.rounding === 'always-twice' && mode === 'single' ? 'gemmlowp' : mode,
    step.multipliers,
  );
  const [groupIn, groupOut] = [window.inChannels / groups, outChannels / groups];
  const pixels = window.outHeight * window.outWidth;
  return () => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < outChannels; c++) {
        const start = Math.floor(c / groupOut) * groupIn;
        let sum = bias[c]!;
        // padding holds the zero point, which adds nothing
        eachTap(window, pixel, (tap, place) => {
          for (let i = 0; i < groupIn; i++) {
            const weight = weights[c * k + tap * groupIn + i]! - weightZeroPoint;
            sum += weight * (from[place + start + i]! - input.zeroPoint);
          }
        });
        to[pixel * outChannels + c] = clamped(requantize(sum, c) + output.zeroPoint, clamp);
      }
    }
  };
}

function poolAction(
  step: Extract<IntegerStep, { kind: 'pool' }>,
  input: IntegerTensor,
  from: Values,
  to: Values,
): () => void {
  const { window, pooling, clamp } = step;
  const channels = window.inChannels;
  return () => {
    for (let at = 0; at < to.length; at++) {
      const [pixel, c] = [Math.floor(at / channels), at % channels];
      let [count, sum, largest] = [0, 0, Number.NEGATIVE_INFINITY];
      eachTap(window, pixel, (_, place) => {
        const code = from[place + c]!;
        count++;
        sum += code;
        largest = Math.max(largest, code);
      });
      to[at] = clamped(pooling === 'max' ? largest : averageOf(sum, count, input.type), clamp);
    }
  };
}

function concatAction(
  step: Extract<IntegerStep, { kind: 'concat' }>,
  inputs: readonly IntegerTensor[],
  output: IntegerTensor,
  from: readonly Values[],
  to: Values,
  mode: RequantizeMode,
): () => void {
  const codes = inputs.map((input) => joinedCode(step, input, output, mode));
  return () => {
    let at = 0;
    for (let block = 0; block < step.outer; block++) {
      for (const [i, length] of step.inner.entries()) {
        for (let j = 0; j < length; j++) to[at++] = codes[i]!(from[i]![block * length + j]!);
      }
    }
  };
}
