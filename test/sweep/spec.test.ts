import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { canonicalJson, hashOf } from '../../sweep/hash.js';
import { parseSpec } from '../../sweep/spec.js';

const base = `name: tiny
dataset: strokes
network: mlp4
training: { epochs: 1 }
format: [posit8es1]
`;

function complaint(content: string): string {
  try {
    parseSpec(content, 'spec.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('the spec was accepted');
}

describe('parseSpec', () => {
  it('fills in what is not said', () => {
    const spec = parseSpec(base, 'spec.yaml');
    expect(spec.quantizer).toEqual(['linear:mse']);
    expect(spec.testImages).toBe('all');
    expect(spec.scaleBits).toEqual([16]);
    expect(spec.seed).toEqual([0]);
    expect(spec.calibrationImages).toEqual([1000]);
    expect(spec.training?.epochs).toBe(1);
  });

  it('reads JSON too', () => {
    const json = JSON.stringify({
      name: 'tiny',
      dataset: 'strokes',
      network: 'mlp4',
      training: { epochs: 1 },
      format: ['posit8es1'],
    });
    expect(parseSpec(json, 'spec.json')).toEqual(parseSpec(base, 'spec.yaml'));
  });

  it('accepts ranges, lists and single values', () => {
    const spec = parseSpec(
      base.replace('[posit8es1]', '[{ posit: { bits: 5..8, es: [0, 2] } }, { affine: { bits: 8 } }]'),
      'spec.yaml',
    );
    expect(spec.format[0]!.families?.posit).toEqual({ bits: [5, 6, 7, 8], es: [0, 2] });
    expect(spec.format[1]!.families?.affine).toEqual({ bits: [8] });
  });

  it.each([
    [
      'an unknown key',
      `${base}quantiser: [rounding]\n`,
      /key 'quantiser' is unknown; did you mean quantizer or requantizer or requantize\?/,
    ],
    ['an unknown format', base.replace('posit8es1', 'posti8es1'), /format\[0\].*posti8es1/],
    ['an impossible format', base.replace('posit8es1', 'posit1es0'), /format\[0\].*posit1es0/],
    [
      'an unknown mode',
      `${base}mode: nearest\n`,
      /^spec\.yaml: mode got "nearest"; give one or a list of nearest-even/,
    ],
    [
      'bits out of range',
      base.replace('[posit8es1]', '[{ posit: { bits: 64, es: 0 } }]'),
      /format\[0\]\.posit\.bits got 64/,
    ],
    [
      'a family without its field',
      base.replace('[posit8es1]', '[{ posit: { bits: 8 } }]'),
      /format\[0\]\.posit\.es/,
    ],
    [
      'an unknown family',
      base.replace('[posit8es1]', '[{ posits: { bits: 8 } }]'),
      /key 'posits' is unknown; did you mean posit/,
    ],
    ['an empty list of formats', base.replace('[posit8es1]', '[]'), /format is empty/],
    [
      'a pair without activations',
      base.replace('[posit8es1]', '[{ weights: posit8es1 }]'),
      /format\[0\] gives weights/,
    ],
    ['neither weights nor training', base.replace(/training.*\n/, ''), /neither of weights and training/],
    ['both weights and training', `${base}weights: x.safetensors\n`, /both of weights and training/],
    ['a missing field', base.replace(/dataset.*\n/, ''), /dataset/],
    ['a name with a slash', base.replace('tiny', '../tiny'), /name got "\.\.\/tiny"/],
    ['a repeated key', `${base}name: again\n`, /not YAML or JSON/],
    ['broken YAML', 'name: [', /not YAML or JSON/],
    ['a list at the top', '- a\n- b\n', /a spec is fields/],
    ['nothing', '', /a spec is fields/],
    ['an unknown accumulator', `${base}accumulator: wrap1\n`, /accumulator accumulator 'wrap1'/],
    ['an unknown quantizer', `${base}quantizer: [round]\n`, /quantizer\[0\] quantizer 'round'/],
    ['a negative seed', `${base}seed: -1\n`, /seed got -1/],
    ['zero images', `${base}testImages: 0\n`, /testImages got 0/],
    ['a training rate of text', base.replace('epochs: 1', 'rate: fast'), /training\.rate got "fast"/],
    ['a prototype key', `${base}__proto__: { x: 1 }\n`, /__proto__|unknown/],
  ])('refuses %s in one line', (_, content, expected) => {
    const message = complaint(content);
    expect(message).toMatch(expected);
    expect(message).not.toContain('\n');
    expect(message.startsWith('spec.yaml')).toBe(true);
  });

  it('refuses a YAML bomb quickly', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) {
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    }
    // expanded it would be 10^12 strings: the time limit is against a hang
    expect(complaint(lines.join('\n'))).toMatch(/alias/i);
  }, 20_000);

  it('refuses deep nesting and oversized text without a crash', () => {
    expect(complaint(`name: ${'['.repeat(50_000)}`)).not.toContain('\n');
    expect(complaint(' '.repeat(2 ** 20 + 1))).toMatch(/at most/);
  });
});

describe('hashOf', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: 1 })).toBe('{"a":1,"b":[{"x":2,"y":1}]}');
    expect(hashOf({ a: 1, b: 2 })).toBe(hashOf({ b: 2, a: 1 }));
    expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: 2 }));
  });
});
