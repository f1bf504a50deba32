/** `cheetah data fetch`. */
import { fetchData } from '../datasets/fetch-data.js';
import { terminalProgress } from './progress.js';

/** Fetches a set by name into `to` and says what is there. */
export async function fetchNamed(
  name: string,
  to: string,
  from: string | undefined,
  form: 'text' | 'json',
): Promise<void> {
  const progress = terminalProgress();
  const fetching = fetchData(name, to, {
    ...(from === undefined ? {} : { from }),
    onFile: (file) => progress.begin(`${file.name} (bytes)`, file.bytes),
    onProgress: (received) => progress.reach(received),
  });
  const { dataset, published } = await fetching.finally(() => progress.end());
  const { train, test, checksum } = dataset;
  if (form === 'json') {
    const counts = { train: train.count, test: test.count };
    console.log(JSON.stringify({ set: name, to, ...counts, checksum, published }, null, 2));
    return;
  }
  console.log(`${name}: ${train.count} training and ${test.count} test images in ${to}`);
  console.log(`sha256 ${checksum}${published ? ' (as published)' : ''}`);
}
