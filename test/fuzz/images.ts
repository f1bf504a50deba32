/** The files of image sets. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadDataset } from '../../datasets/load.js';
import { cifarRecord, idxImages, idxLabels, joined } from '../datasets/made.js';
import { mutatedBytes, perhapsPacked } from './mutate-bytes.js';
import type { Kind, Subject } from './subject.js';

function imageSet(name: string, share: number, files: Readonly<Record<string, Uint8Array>>): Kind {
  return {
    name,
    share,
    prepare(own): Subject {
      for (const [file, bytes] of Object.entries(files)) writeFileSync(join(own, file), bytes);
      return {
        write(draws, folder) {
          mkdirSync(join(folder, name));
          cpSync(own, join(folder, name), { recursive: true });
          const path = join(folder, name, draws.of(readdirSync(own)));
          const bytes = readFileSync(path);
          writeFileSync(path, perhapsPacked(draws, mutatedBytes(draws, bytes)));
          // bytes that unpack to far more than they are
          if (draws.oncePer(200)) writeFileSync(path, gzipSync(joined(bytes, new Uint8Array(2 ** 26))));
        },
        async read(folder) {
          await loadDataset(name, folder);
        },
        args: (folder) => ['data', 'show', name, '--data', folder, '--count', '1'],
      };
    },
  };
}

const LABELS = idxLabels([0, 1, 2, 3, 4, 5]);

export const IDX = imageSet('mnist', 8, {
  'train-images-idx3-ubyte': idxImages(6),
  'train-labels-idx1-ubyte': LABELS,
  't10k-images-idx3-ubyte': idxImages(6),
  't10k-labels-idx1-ubyte': LABELS,
});

const BATCH = joined(cifarRecord(1), cifarRecord(9), cifarRecord(4));

export const CIFAR = imageSet('cifar-10', 3, {
  'data_batch_1.bin': BATCH,
  'data_batch_2.bin': BATCH,
  'data_batch_3.bin': BATCH,
  'data_batch_4.bin': BATCH,
  'data_batch_5.bin': BATCH,
  'test_batch.bin': BATCH,
});
