/** Looking up the encoding that a quantized dataflow needs. */
import { UserError } from '../../errors.js';
import type { Encoding } from '../../quantizers/encoding.js';

/** The encoding of `name`; `what` it is (`edge`, `weights of layer`) begins the UserError where it has none. */
export function encodingOf(encodings: ReadonlyMap<string, Encoding>, name: string, what: string): Encoding {
  const encoding = encodings.get(name);
  if (!encoding) throw new UserError(`${what} '${name}' has no encoding; calibrate it or assign it a format`);
  return encoding;
}
