/** A made-up format in one file, as a user would write it: a name, its bits and what a code means. */
import { defineFormat } from '../../formats/define.js';

/** Sign and a magnitude that counts 0, 1, 2, 3, 5, 8, 13, 21: sparse as Fibonacci made it. */
const MAGNITUDES = [0, 1, 2, 3, 5, 8, 13, 21];

export const fibonacci4 = defineFormat({
  name: 'fibonacci4',
  bits: 4,
  decode: (code) => (code >= 8 ? -MAGNITUDES[code - 8]! : MAGNITUDES[code]!),
});
