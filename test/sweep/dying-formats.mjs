// Formats for crash.test.ts that take a worker thread down while it compares logits, each in its own way. In the main
// thread they are plain integers.
import { isMainThread } from 'node:worker_threads';
import { defineFormat } from '../../dist/formats/define.js';

/** As many reads of a value are within the first batches of a run. */
const LIFE = 2000;

function dying(name, die) {
  const format = defineFormat({ name, bits: 5, decode: (code) => (code >= 16 ? code - 32 : code) });
  let reads = 0;
  return {
    ...format,
    toNumber(code) {
      if (!isMainThread && ++reads > LIFE) die();
      return format.toNumber(code);
    },
  };
}

export const throws5 = dying('throws5', () => {
  throw new Error('a fault of the format\nin two lines');
});
export const exits5 = dying('exits5', () => process.exit(9));
