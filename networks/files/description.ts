/** Descriptions of networks, from JSON files. */
import { readBytes } from '../../input/bounded-file.js';
import { parseJson } from '../../input/structured.js';
import { textOf } from '../../input/text.js';
import type { Network } from '../network.js';
import { parseNetwork } from '../schema.js';

/** The largest description read, in bytes; 1000 nodes take a tenth of it. */
const MOST_BYTES = 2 ** 21;
/** Of a description: 1000 nodes have some 20 each. */
const MOST_VALUES = 2 ** 16;

/** JSON from a file of at most `most` bytes. Throws UserError. */
export async function readJson(path: string, most = MOST_BYTES): Promise<unknown> {
  const bytes = readBytes(path, { most, wanted: 'a JSON file' });
  return parseJson(textOf(bytes, path), path, { values: MOST_VALUES });
}

/** A network description from a JSON file (docs/file-formats.md). Throws UserError. */
export async function loadNetwork(path: string): Promise<Network> {
  return parseNetwork(await readJson(path), path);
}
