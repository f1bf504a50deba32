/** Published files in integers, and records for them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { IntegerGraph } from '../../../networks/integer/graph.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { parseTflite } from '../../../networks/tflite/model.js';

const { CHEETAH_MODELS: models = '', CHEETAH_DATA: data = '' } = process.env;
const cifar = join(data, 'cifar-10', 'test_batch.bin.gz');

export const NO_MODELS = !existsSync(join(models, 'mlperf-tiny', 'ic_resnet8_int8.tflite'));
export const NO_CIFAR = NO_MODELS || data === '' || !existsSync(cifar);

export function publishedGraph(folder: string, name: string): IntegerGraph {
  return integerGraph(parseTflite(readFileSync(join(models, folder, `${name}.tflite`)), name));
}

/** Test images of CIFAR-10, channels last, as int8 codes: pixels less 128. */
export function cifarRecords(count: number): Uint8Array {
  const images = gunzipSync(readFileSync(cifar));
  return Uint8Array.from({ length: count * 3072 }, (_, i) => {
    const [image, pixel, channel] = [Math.floor(i / 3072), Math.floor((i % 3072) / 3), i % 3];
    return images[image * 3073 + 1 + channel * 1024 + pixel]! - 128;
  });
}
