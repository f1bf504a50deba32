/** `cheetah data fetch`. */
import { IMAGE_SETS } from '../datasets/catalog.js';
import { fetchImageSet } from '../datasets/fetch.js';
import { loadImageSet } from '../datasets/images.js';
import { UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { terminalProgress } from './progress.js';

/** Fetches a set by name into `to`, then reads it whole to see that it is sound. */
export async function fetchNamed(
  name: string,
  to: string,
  from: string | undefined,
  form: 'text' | 'json',
): Promise<void> {
  const set = IMAGE_SETS.find((known) => known.name === name);
  if (set === undefined) {
    const names = IMAGE_SETS.map((known) => known.name);
    throw new UserError(`data fetch ${name}: can fetch ${names.join(', ')}${didYouMean(name, names)}`);
  }
  const progress = terminalProgress();
  try {
    await fetchImageSet(set, to, {
      ...(from === undefined ? {} : { from }),
      onFile: (file) => progress.begin(`${file.name} (bytes)`, file.bytes),
      onProgress: (received) => progress.reach(received),
    });
  } finally {
    progress.end();
  }
  const dataset = loadImageSet(set, to);
  if (form === 'json') {
    const { train, test, checksum } = dataset;
    const counts = { train: train.count, test: test.count };
    console.log(
      JSON.stringify(
        { set: set.name, to, ...counts, checksum, published: checksum === set.checksum },
        null,
        2,
      ),
    );
    return;
  }
  console.log(`${set.name}: ${dataset.train.count} training and ${dataset.test.count} test images in ${to}`);
  console.log(`sha256 ${dataset.checksum}${dataset.checksum === set.checksum ? ' (as published)' : ''}`);
}
