/** Records of random codes, and what the runner of integer graphs makes of them. */
import { expect } from 'vitest';
import { cProgram } from '../../../networks/export-c/c/program.js';
import { codesOnly } from '../../../networks/export-c/codes-only.js';
import { exportedNetwork } from '../../../networks/export-c/export.js';
import type { IntegerGraph } from '../../../networks/integer/graph.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import type { RequantizeMode } from '../../../networks/integer/requantize.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { parseTflite } from '../../../networks/tflite/model.js';
import { Random } from '../integer/random-graph.js';
import { everyOperator } from '../tflite/small-models.js';
import { writeTflite } from '../tflite/write-tflite.js';
import { COMPILERS, outputsOf } from './compiled.js';

export const MODES = ['gemmlowp', 'single', 'exact'] as const;
export const TYPES = ['int8', 'uint8'] as const;

/** Of every operator that files have in integers. */
export const smallModel = (type: 'int8' | 'uint8'): IntegerGraph =>
  integerGraph(parseTflite(writeTflite(everyOperator(type)), 'small.tflite'));

/** The codes of every step are outputs. */
export function everyTensor(graph: IntegerGraph): IntegerGraph {
  const bare = codesOnly(graph);
  return { ...bare, outputs: bare.steps.map(({ output }) => output) };
}

function randomRecords({ tensors, inputs }: IntegerGraph, count: number, random: Random): Uint8Array {
  const size = inputs.reduce((sum, at) => sum + tensors[at]!.size, 0);
  return Uint8Array.from({ length: count * size }, () => random.whole(0, 255));
}

/** Bytes of all outputs of all records. */
function expectedOutputs(graph: IntegerGraph, mode: RequantizeMode, records: Uint8Array): Uint8Array {
  const runner = kernelRunner(graph, mode);
  const raw = runner.values.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const outputs: Uint8Array[] = [];
  for (let at = 0; at < records.length; ) {
    for (const input of graph.inputs) {
      const to = raw[input]!;
      to.set(records.subarray(at, at + to.length));
      at += to.length;
    }
    runner.run();
    for (const output of graph.outputs) outputs.push(raw[output]!.slice());
  }
  return Buffer.concat(outputs);
}

export function programOf(graph: IntegerGraph, mode: RequantizeMode): string {
  return cProgram(exportedNetwork(graph, mode), 'network').text;
}

/** Compiled and run on records, random ones where a number is given; returns how many values the outputs have. */
export function compared(
  folder: string,
  graph: IntegerGraph,
  mode: RequantizeMode,
  flags: readonly string[],
  given: number | Uint8Array,
): number {
  const bare = codesOnly(graph);
  const records = typeof given === 'number' ? randomRecords(bare, given, new Random(given)) : given;
  const expected = expectedOutputs(bare, mode, records);
  const text = programOf(graph, mode);
  for (const compiler of COMPILERS) {
    const got = outputsOf(folder, text, records, flags, compiler);
    expect(got.equals(expected), `${compiler} ${flags.join(' ')} ${mode}`).toBe(true);
  }
  return new Set(expected).size;
}
