import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { assertConforms, checkFormat } from '../../formats/conformance/suite.js';
import { defineFormat } from '../../formats/define.js';
import { getFormat, listFormats, registerFormat } from '../../formats/registry.js';
import { loadPlugin } from '../../input/plugin.js';
import { cheetah } from '../cli/run-cheetah.js';
import { fibonacci4 } from './plugin-format.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-plugin-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a format in one file', () => {
  it('is found by its name, listed, and conforms', () => {
    registerFormat(fibonacci4);
    const format = getFormat('fibonacci4');
    expect(listFormats()).toContain(format);
    assertConforms(format);
    expect(format.facts).toMatchObject({ max: 21, min: -21, minPositive: 1, distinct: 15, reserved: 0 });
    expect([4, 4.1, -6.5, 17, 100, -0].map((x) => format.encode(x))).toEqual([4, 4, 12, 6, 7, 8]);
  });

  it('is loaded by path, once however often it is named', () => {
    const plugin = fileURLToPath(new URL('plugin-format.ts', import.meta.url));
    const ran = cheetah(['formats', 'show', 'fibonacci4', '--plugin', plugin, '--plugin', plugin]);
    expect(ran.err).toBe('');
    expect(ran.out).toMatch(/max +21\n/);
  });

  it.each(['commonjs', 'module', undefined])(
    'in TypeScript loads in a package of type %s, with a file of its own beside it, this package installed or not',
    (type) => {
      const place = mkdtempSync(join(folder, 'project-'));
      if (type !== undefined) writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'x', type }));
      writeFileSync(join(place, 'values.mts'), 'export const VALUES: readonly number[] = [0, 1, NaN, -1];\n');
      writeFileSync(
        join(place, 'ternary.ts'),
        `import { defineFormat, registerFormat } from 'cheetah-numerics';
         import { VALUES } from './values.mjs';
         registerFormat(defineFormat({ name: 'ternary', family: 'ternary', bits: 2, decode: (code: number) => VALUES[code]! }));`,
      );
      const ran = cheetah(['formats', 'show', 'ternary', '--plugin', './ternary.ts'], { cwd: place });
      expect(ran.err).toBe('');
      expect(ran.out).toContain('ternary: ternary, 2 bits');
    },
  );

  it.each([
    ['missing.ts', undefined, /missing.ts does not exist; give .* plugin/],
    ['empty.mjs', 'export const nothing = 1;', /plugin empty.mjs brings no format/],
    [
      'broken.mjs',
      'throw new Error("first line\\nsecond line");',
      /plugin broken.mjs failed to load: first line$/,
    ],
    ['syntax.mjs', 'export const = 3;', /plugin syntax.mjs failed to load: /],
  ])('%s is refused in one line', async (name, text, says) => {
    const file = text === undefined ? join(folder, name) : fileOf(name, text);
    await expect(loadPlugin(file)).rejects.toThrow(says);
  });

  it('in TypeScript with a syntax error is refused with its line', () => {
    const ran = cheetah(['formats', '--plugin', fileOf('syntax.ts', '\nexport const = 3;')]);
    expect(ran.err).toMatch(
      /^cheetah: plugin syntax\.ts failed to load: line 2: Expected identifier[^\n]*\n$/,
    );
  });

  it('may not take a name that is taken', () => {
    const twice = defineFormat({ name: 'posit8es1', bits: 2, decode: (code) => code });
    expect(() => registerFormat(twice)).toThrow("'posit8es1' is already registered");
  });
});

describe('definitions that cannot be formats', () => {
  const plain = (code: number) => code;
  it.each([
    [{ name: 'Bad Name', bits: 4, decode: plain }, 'lower-case'],
    [{ name: 'wide', bits: 33, decode: plain }, '2 to 32'],
    [{ name: 'wide', bits: 20, decode: plain }, 'must give levels and grid'],
    [{ name: 'nozero', bits: 4, decode: (code: number) => code + 1 }, 'a code for +0'],
    [
      { name: 'nopositive', bits: 4, decode: (code: number) => (code === 0 ? 0 : -code) },
      'positive finite value',
    ],
  ])('%j', (definition, says) => {
    expect(() => defineFormat(definition)).toThrow(says);
  });
});

describe('the conformance suite', () => {
  it('finds levels out of order, a boundary off its place and wrong special codes', () => {
    const good = { name: 'toy', bits: 3, decode: (code: number) => (code >= 4 ? code - 8 : code) };
    const failures = (change: object) =>
      checkFormat({ ...defineFormat(good), ...change })
        .filter(({ passed }) => !passed)
        .map(({ property }) => property);
    const toy = defineFormat(good);
    expect(failures({})).toEqual([]);
    expect(failures({ boundary: (index: number) => toy.boundary(index - 1) })).toContain(
      'of two neighbours exactly one is even and the boundary lies between them',
    );
    expect(failures({ nan: 3 })).toContain('special codes mean what they say');
    expect(failures({ isEven: () => true })).not.toEqual([]);
    expect(failures({ encode: () => 0 })).toContain(
      'decode then encode gives the code back in every rounding',
    );
    expect(failures({ facts: { ...toy.facts, max: 4 } })).toContain('facts are those of the codes');
    const reversed = { ...toy.levels, code: (index: number) => toy.levels.code(7 - index) };
    expect(failures({ levels: reversed })).toContain('levels ascend strictly and know their codes');
  });

  it('takes codes in any order and finds the even ones by distance from zero', () => {
    const values = [4, 0, 2, -1];
    const shuffled = defineFormat({ name: 'shuffled', bits: 2, decode: (code) => values[code]! });
    assertConforms(shuffled);
    expect([-0.5, 1, 3].map((x) => shuffled.toNumber(shuffled.encode(x)))).toEqual([0, 0, 4]);
  });
});
