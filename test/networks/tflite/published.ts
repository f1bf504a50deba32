/** Published integer models, inputs, and what the reference runtimes gave; in folders that the environment names. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { IntegerGraph } from '../../../networks/integer/graph.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import type { RequantizeMode } from '../../../networks/integer/requantize.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { parseTflite } from '../../../networks/tflite/model.js';

export const { CHEETAH_MODELS: MODELS = '', CHEETAH_DATA: DATA = '' } = process.env;

/** Bytes under a tensor, or of a Buffer, whose slices are no copies. */
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A file of the models' folder, unpacked; undefined where it is not there. */
export function stored(...parts: string[]): Uint8Array | undefined {
  const path = join(MODELS, ...parts);
  if (existsSync(path)) return bytesOf(readFileSync(path));
  return existsSync(`${path}.gz`) ? bytesOf(gunzipSync(readFileSync(`${path}.gz`))) : undefined;
}

/** The same. Throws where it is not there. */
export function wanted(...parts: string[]): Uint8Array {
  const bytes = stored(...parts);
  if (bytes === undefined) throw new Error(`there is no ${join(...parts)} in ${MODELS}`);
  return bytes;
}

export interface Opened {
  readonly graph: IntegerGraph;
  readonly inputBytes: number;
  /** The output's bytes and, step by step, those of all between, until the next run. */
  run(record: Uint8Array): { readonly output: Uint8Array; readonly steps: readonly Uint8Array[] };
}

/** A model file in the mode. */
export function opened(file: string, mode: RequantizeMode): Opened {
  const graph = integerGraph(parseTflite(wanted(...file.split('/')), file));
  const runner = kernelRunner(graph, mode);
  const inputs = graph.inputs.map((at) => bytesOf(runner.values[at]!));
  const steps = graph.steps.map(({ output }) => bytesOf(runner.values[output]!));
  const output = bytesOf(runner.values[graph.outputs[0]!]!);
  return {
    graph,
    inputBytes: inputs.reduce((sum, { length }) => sum + length, 0),
    run(record) {
      let at = 0;
      for (const input of inputs) {
        input.set(record.subarray(at, at + input.length));
        at += input.length;
      }
      runner.run();
      return { output, steps };
    },
  };
}

/** The upper bytes of mulberry32 of the seed 20261129, less 128 where `lowest` is −128. */
export function mulberry(bytes: number, lowest: 0 | -128): Uint8Array {
  let state = 20261129;
  return Uint8Array.from({ length: bytes }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = ((t + Math.imul(t ^ (t >>> 7), 61 | t)) | 0) ^ t;
    return (((t ^ (t >>> 14)) >>> 24) + lowest) & 255;
  });
}

/** `count` CIFAR-10 test images, channels last, every pixel `times` × `times`, plus `offset`; all channels or the green one. */
export function cifar(
  count: number,
  times: number,
  offset: 0 | -128,
  channels: readonly number[] = [0, 1, 2],
): Uint8Array {
  const raw = gunzipSync(readFileSync(join(DATA, 'cifar-10', 'test_batch.bin.gz')));
  const side = 32 * times;
  const images = new Uint8Array(count * side * side * channels.length);
  let to = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const pixel = Math.floor(y / times) * 32 + Math.floor(x / times);
        for (const channel of channels)
          images[to++] = raw[image * 3073 + 1 + channel * 1024 + pixel]! + offset;
      }
    }
  }
  return images;
}

/** Labels of the test images. */
export function cifarLabels(): Uint8Array {
  const raw = gunzipSync(readFileSync(join(DATA, 'cifar-10', 'test_batch.bin.gz')));
  return Uint8Array.from({ length: 10_000 }, (_, i) => raw[i * 3073]!);
}

/** How many bytes differ. Throws where one has more than the other. */
export function differing(got: Uint8Array, from: Uint8Array, at = 0): number {
  if (at + got.length > from.length) throw new Error(`${at + got.length} bytes of ${from.length}`);
  let count = 0;
  for (let i = 0; i < got.length; i++) count += Number(got[i] !== from[at + i]);
  return count;
}
