import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { specJsonSchema } from '../../sweep/json-schema.js';
import { readSpecs } from '../../sweep/spec.js';
import { specPage } from '../../sweep/spec-page.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const experiments = readdirSync(join(root, 'experiments')).filter((name) => name.endsWith('.yaml'));
const committed = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');

describe('the page about specs and its JSON Schema', () => {
  it('are those that `npm run docs` makes', () => {
    expect(committed('sweep-spec.md')).toBe(specPage());
    expect(JSON.parse(committed('sweep-spec.schema.json'))).toEqual(specJsonSchema());
  });

  it('the example of the page is a spec', () => {
    const [, yaml] = /```yaml\n(.*?)```/s.exec(specPage())!;
    expect(schema.safeParse(parse(yaml!)).success).toBe(true);
  });

  const schema = z.fromJSONSchema(specJsonSchema() as z.core.JSONSchema.JSONSchema);

  it.each(experiments)('the schema takes %s, as the program does', (name) => {
    const file = join(root, 'experiments', name);
    expect(() => readSpecs(file)).not.toThrow();
    const result = schema.safeParse(parse(readFileSync(file, 'utf8')));
    expect(result.error?.issues ?? []).toEqual([]);
  });

  // zod's intersections take a key that one side knows: the object itself is asked
  const [object] = specJsonSchema().allOf as z.core.JSONSchema.JSONSchema[];
  it.each([
    ['an unknown field', { quantisers: ['linear'] }],
    ['a renamed field', { formats: ['posit8es1'] }],
  ])('the object of the schema refuses %s', (_, more) => {
    const fields = z.fromJSONSchema(object!);
    expect(fields.safeParse(good).success).toBe(true);
    expect(fields.safeParse({ ...good, ...more }).success).toBe(false);
  });

  const good = { name: 'a', weights: 'm', format: ['posit8es1'] };
  it.each([
    ['an unknown word', { ...good, mode: 'nearest' }],
    ['a number out of range', { ...good, scaleBits: 54 }],
    ['neither weights nor training', { name: 'a', format: ['posit8es1'] }],
    ['a grid key that no family has', { ...good, format: [{ posit: { bits: 8, exponents: 1 } }] }],
    ['no weights in a list', { ...good, weights: [] }],
    ['half a pair', { ...good, format: [{ weights: 'int8' }] }],
  ])('the schema refuses %s', (_, spec) => {
    expect(schema.safeParse(good).success).toBe(true);
    expect(schema.safeParse(spec).success).toBe(false);
  });
});
