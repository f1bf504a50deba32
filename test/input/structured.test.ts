import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { parseJson, parseYaml } from '../../input/structured.js';

const bounds = { values: 2 ** 14 };
const json = (text: string) => parseJson(text, 'x.json', bounds);
const yaml = (text: string) => parseYaml(text, 'x.yaml', bounds);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON', () => {
  it('is what JSON.parse makes of it', () => {
    const value = { a: [1, -0.5, 'x,[{"\\'], b: { c: null, d: true } };
    expect(json(JSON.stringify(value))).toEqual(value);
    expect(() => json('{"a":')).toThrow('x.json is not JSON; is it whole, and the right file?');
  });

  it('is refused too deep or with too many values, brackets in texts not counted', () => {
    expect(json(nested(32))).toBeDefined();
    expect(() => json(nested(33))).toThrow('x.json nests more than 32 deep');
    expect(() => json('['.repeat(1e6))).toThrow('x.json nests more than 32 deep');
    expect(json(JSON.stringify(nested(100)))).toBe(nested(100));
    expect(json(JSON.stringify(`"${'[,'.repeat(20_000)}`))).toHaveLength(40_001);
    expect(json(`[${'1,'.repeat(16_000)}1]`)).toHaveLength(16_001);
    for (const text of [
      `[${'1,'.repeat(16_384)}1]`,
      `[${'[],'.repeat(10_000)}1]`,
      `{${'"a":1,'.repeat(9000)}"b":1}`,
    ]) {
      expect(() => json(text)).toThrow('x.json has more than 16384 values');
    }
  });
});

describe('YAML', () => {
  it('is read with its own forms and as JSON', () => {
    expect(yaml('a: 1\nb: [2, {c: 3}]\nd:\n  - yes\n')).toEqual({ a: 1, b: [2, { c: 3 }], d: ['yes'] });
    expect(yaml('{"a": [1]}')).toEqual({ a: [1] });
    expect(yaml('{a: [1]}')).toEqual({ a: [1] });
    expect(yaml('a: &x 1\nb: *x')).toEqual({ a: 1, b: 1 });
    expect(yaml('')).toBeNull();
  });

  it.each([
    ['brackets', 'a: '.concat('['.repeat(33))],
    ['braces', '{'.repeat(15_000)],
    ['dashes', '- '.repeat(15_000)],
    ['question marks', '? '.repeat(15_000)],
    ['colons', ': '.repeat(15_000)],
    ['indentation', Array.from({ length: 40 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('is refused too deep: %s', (_, text) => {
    expect(() => yaml(text)).toThrow('x.yaml nests more than 32 deep');
  });

  it.each([
    ['flow', `a: [${'1,'.repeat(400_000)}1]`],
    ['block', '- 1\n'.repeat(200_000)],
    ['keys', Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['blank lines', '\n'.repeat(200_000)],
    ['tags', '!!x '.repeat(100_000)],
    ['documents', '---\n'.repeat(100_000)],
  ])('is refused with too many values: %s', (_, text) => {
    expect(() => yaml(text)).toThrow('x.yaml has more than 16384 values');
  });

  it('is refused with too many anchors, and for what is none', () => {
    const anchors = Array.from({ length: 65 }, (_, i) => `k${i}: &a${i} 1`).join('\n');
    expect(() => yaml(anchors)).toThrow('x.yaml has more than 64 anchors and aliases');
    for (const text of ['name: [', '"', 'a: b: c', '%x', '"\\x', 'a: *b', 'a: 1\na: 2']) {
      expect(() => yaml(text)).toThrow(UserError);
      expect(() => yaml(text)).toThrow(/^x\.yaml is not YAML or JSON: [^\n]+$/);
    }
  });
});
