/** Runs described models of one input in integers. */
import { expect } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import type { RequantizeMode } from '../../../networks/integer/requantize.js';
import { referenceRunner } from '../../../networks/integer/run.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import type { TfliteModel } from '../../../networks/tflite/model.js';
import type { Codes } from './described.js';

export const INT8: Codes = { type: 'int8', scale: Math.fround(0.1), zeroPoint: -3 };
export const RANGES = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767] } as const;

/** Codes of every output for codes of the input, by the reference and by the kernels, which agree. */
export function run(
  model: TfliteModel,
  codes: readonly number[],
  mode: RequantizeMode = 'gemmlowp',
): number[][] {
  const graph = integerGraph(model);
  const [slow, fast] = [referenceRunner, kernelRunner].map((runner) => {
    const { values, run } = runner(graph, mode);
    values[graph.inputs[0]!]!.set(codes);
    run();
    return graph.outputs.map((at) => [...values[at]!]);
  }) as [number[][], number[][]];
  expect(fast).toEqual(slow);
  return slow;
}

export function randomCodes(length: number, type: keyof typeof RANGES, seed: number): number[] {
  const stream = new Stream(seed, 'dataset');
  const [least, most] = RANGES[type];
  return Array.from({ length }, () => least + stream.below(most - least + 1));
}
