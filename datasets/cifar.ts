/**
 * The binary version of CIFAR-10: records of 3073 bytes without a header, a label and then 1024 red, 1024 green
 * and 1024 blue bytes, each plane 32×32 row-major.
 */
import { UserError } from '../errors.js';
import { readUnpacked } from '../input/packed-file.js';
import { type Split, sharedBytes } from './dataset.js';

const PLANE = 32 * 32;
const RECORD = 1 + 3 * PLANE;

/** Records in each official batch file. */
const BATCH = 10_000;

/**
 * Batches, raw or .gz, one after the other, channels last. Batches shorter than the official 10,000 records are
 * taken; longer ones, part records, empty files and labels above 9 are a UserError.
 */
export function readCifarBatches(paths: readonly string[]): Split {
  const batches = paths.map(readRecords);
  const count = batches.reduce((total, batch) => total + batch.length / RECORD, 0);
  const labels = sharedBytes(count);
  const raw = sharedBytes(count * 3 * PLANE);
  let image = 0;
  let to = 0;
  for (const batch of batches) {
    for (let record = 0; record < batch.length; record += RECORD) {
      labels[image++] = batch[record]!;
      for (let red = record + 1; red < record + 1 + PLANE; red++) {
        raw[to++] = batch[red]!;
        raw[to++] = batch[red + PLANE]!;
        raw[to++] = batch[red + 2 * PLANE]!;
      }
    }
  }
  return { count, labels, raw };
}

function readRecords(path: string): Uint8Array {
  const content = readUnpacked(path, { most: BATCH * RECORD, wanted: 'a batch of CIFAR-10' });
  if (content.length === 0 || content.length % RECORD !== 0) {
    throw new UserError(
      `${path}: truncated: ${content.length} bytes are not whole records of ${RECORD}; fetch it again`,
    );
  }
  for (let record = 0; record < content.length; record += RECORD) {
    const label = content[record]!;
    if (label > 9) {
      throw new UserError(`${path}: record ${record / RECORD} has label ${label}; labels are 0..9`);
    }
  }
  return content;
}
