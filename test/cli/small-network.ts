/** A network for tests that need any: two small dense layers for the strokes, where mlp4 would take most of the time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseNetwork } from '../../networks/schema.js';

const DESCRIPTION = {
  name: 'two-dense',
  input: [28, 28, 1],
  classes: 10,
  nodes: [
    { name: 'flatten', inputs: ['input'], operator: { type: 'flatten' } },
    { name: 'dense1', inputs: ['flatten'], operator: { type: 'dense', units: 16, bias: 'bias' } },
    { name: 'relu1', inputs: ['dense1'], operator: { type: 'activation', activation: 'relu' } },
    { name: 'dense2', inputs: ['relu1'], operator: { type: 'dense', units: 10, bias: 'bias' } },
  ],
} as const;

export const SMALL_NETWORK = parseNetwork(DESCRIPTION, 'two-dense');

/** Its description in a JSON file in `folder`, by its path. */
export function writeSmallNetwork(folder: string): string {
  const path = join(folder, 'two-dense.json');
  writeFileSync(path, JSON.stringify(DESCRIPTION));
  return path;
}
