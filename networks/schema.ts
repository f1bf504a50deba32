/** Networks from untrusted JSON: validated form, sizes within limits, then sound as a graph. */
import { z } from 'zod';
import { UserError } from '../errors.js';
import { firstIssue } from './first-issue.js';
import type { Network } from './network.js';
import { extent } from './operators/fields.js';
import { operatorSchema } from './operators/registry.js';
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

/** A network from parsed JSON, sound and within limits; `source` is for messages. Throws UserError. */
export function parseNetwork(value: unknown, source: string): Network {
  const parsed = networkSchema().safeParse(value);
  if (!parsed.success) throw new UserError(`${source} is not a network: ${firstIssue(parsed.error)}`);
  nodeFacts(parsed.data);
  return parsed.data;
}
