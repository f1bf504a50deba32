/** Networks from untrusted JSON: validated form, sizes within limits, then sound as a graph. */
import { z } from 'zod';
import { UserError } from '../errors.js';
import { readBytes } from '../input/bounded-file.js';
import { parseJson } from '../input/structured.js';
import { textOf } from '../input/text.js';
import type { Network } from './network.js';
import { extent } from './operators/fields.js';
import { operatorSchema } from './operators/registry.js';
import { firstIssue } from './safetensors.js';
import { LIMITS, nodeFacts } from './shapes.js';

/** Names go into file names, CSV cells and tensor names. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, 'names are up to 64 of A-Z a-z 0-9 _ . -');
/** Most inputs of a node in a description; what its operator takes is checked with the shapes. */
const MOST_INPUTS = 64;

/** Of a whole description, with the operators that are registered by now. */
export function networkSchema() {
  const operator = operatorSchema();
  return z.strictObject({
    name,
    input: z.array(extent).min(1).max(3),
    classes: z.int().min(1).max(LIMITS.classes),
    nodes: z
      .array(z.strictObject({ name, operator, inputs: z.array(name).min(1).max(MOST_INPUTS) }))
      .min(1)
      .max(LIMITS.nodes),
  });
}

/** The largest description read, in bytes; 1000 nodes take a tenth of it. */
const MOST_BYTES = 2 ** 21;
/** Of a description: 1000 nodes have some 20 each. */
const MOST_VALUES = 2 ** 16;

/** A network from parsed JSON, sound and within limits; `source` is for messages. Throws UserError. */
export function parseNetwork(value: unknown, source: string): Network {
  const parsed = networkSchema().safeParse(value);
  if (!parsed.success) throw new UserError(`${source} is not a network: ${firstIssue(parsed.error)}`);
  nodeFacts(parsed.data);
  return parsed.data;
}

/** JSON from a file of at most `most` bytes. Throws UserError. */
export async function readJson(path: string, most = MOST_BYTES): Promise<unknown> {
  const bytes = readBytes(path, { most, wanted: 'a JSON file' });
  return parseJson(textOf(bytes, path), path, { values: MOST_VALUES });
}

/** A network description from a JSON file (docs/file-formats.md). Throws UserError. */
export async function loadNetwork(path: string): Promise<Network> {
  return parseNetwork(await readJson(path), path);
}
