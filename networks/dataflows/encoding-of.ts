/** Looking up the encoding that a quantized dataflow needs, and comparing two. */
import { UserError } from '../../errors.js';
import type { Encoding } from '../../quantizers/encoding.js';

/** The encoding of `name`; `what` it is (`edge`, `weights of layer`) begins the UserError where it has none. */
export function encodingOf(encodings: ReadonlyMap<string, Encoding>, name: string, what: string): Encoding {
  const encoding = encodings.get(name);
  if (!encoding) throw new UserError(`${what} '${name}' has no encoding; calibrate it or assign it a format`);
  return encoding;
}

/** Whether a code stands for one real in both: codes then go from one to the other untouched (docs/numerics.md §4). */
export function sameCodes(a: Encoding, b: Encoding): boolean {
  return a.format.name === b.format.name && a.scales[0] === b.scales[0] && a.zeroPoint === b.zeroPoint;
}
