/** TensorFlow Lite files, and records for them. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inferAll, openInference } from '../../networks/files/inference.js';
import { encodeRecords, readRecords } from '../../networks/files/records.js';
import { everyOperator } from '../networks/tflite/small-models.js';
import { writeTflite } from '../networks/tflite/write-tflite.js';
import type { Draws } from './draws.js';
import { mutatedBytes } from './mutate-bytes.js';
import type { Kind } from './subject.js';

const MODEL_FILE = 'model.tflite';
const RECORDS_FILE = 'records.npy';
/** Multiplications and more that a changed model may take: shapes may be what they like. */
const MOST_VALUES = 2 ** 16;

function kind(name: string, share: number, altered: string): Kind {
  return {
    name,
    share,
    prepare(own) {
      writeFileSync(join(own, MODEL_FILE), writeTflite(everyOperator()));
      const values = Float32Array.from({ length: 2 * 90 }, (_, i) => (i % 17) / 8 - 1);
      const part = { name: 'input', shape: [6, 5, 3], size: 90, type: 'float32' } as const;
      const content = new Uint8Array(values.buffer);
      writeFileSync(join(own, RECORDS_FILE), encodeRecords(RECORDS_FILE, [part], content));
      return {
        write(draws: Draws, folder: string) {
          cpSync(own, folder, { recursive: true });
          const path = join(folder, altered);
          writeFileSync(path, mutatedBytes(draws, readFileSync(path)));
        },
        async read(folder) {
          const inference = await openInference(join(folder, MODEL_FILE), 'gemmlowp');
          const records = readRecords(join(folder, RECORDS_FILE), inference.inputs);
          const values = inference.edges.reduce((sum, { tensor }) => sum + tensor.size, 0);
          if (values < MOST_VALUES) inferAll(inference, records);
        },
        args: (folder) => [
          'infer',
          join(folder, MODEL_FILE),
          '--input',
          join(folder, RECORDS_FILE),
          '--edges',
          join(folder, 'edges'),
        ],
      };
    },
  };
}

export const TFLITE = kind('tflite', 6, MODEL_FILE);
export const NPY = kind('npy', 3, RECORDS_FILE);
