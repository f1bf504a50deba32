import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Lowest first: a file imports from its own floor and from those before it. */
const FLOORS = [
  'arithmetic',
  'kernels',
  'formats',
  'quantizers',
  'emac',
  'datasets',
  'networks',
  'sweep',
  'report',
  'cli',
] as const;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('kernels/assembly/'));
}

function imports(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g);
  return [...found].map((match) => posix.normalize(posix.join(posix.dirname(path), match[1]!)));
}

describe('imports run one way along the floors', () => {
  for (const [height, floor] of FLOORS.entries()) {
    it(floor, () => {
      const allowed = FLOORS.slice(0, height + 1).map((name) => `${name}/`);
      const wrong = sources(floor).flatMap((path) =>
        imports(path)
          .filter((target) => target.includes('/') && !allowed.some((prefix) => target.startsWith(prefix)))
          .map((target) => `${path} imports ${target}`),
      );
      expect(sources(floor).length).toBeGreaterThan(0);
      expect(wrong).toEqual([]);
    });
  }

  it('the cost model knows no networks, and nothing but the EMAC and what is below it', () => {
    const wrong = sources('emac/cost').flatMap((path) =>
      imports(path).filter((target) => !/^(emac|formats|arithmetic)\/|^[a-z]+\.js$/.test(target)),
    );
    expect(wrong).toEqual([]);
  });

  it('only the kernels floor touches WebAssembly memory', () => {
    const users = FLOORS.filter((floor) => floor !== 'kernels').flatMap((floor) =>
      sources(floor).filter((path) => /new WebAssembly\./.test(readFileSync(join(root, path), 'utf8'))),
    );
    expect(users).toEqual([]);
  });

  it('nothing draws from Math.random, and no transcendental of the host reaches a value', () => {
    const forbidden =
      /Math\.(random|exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|atan|atan2|tanh|sinh|cosh|cbrt|hypot)\(/;
    const floors = FLOORS.filter((floor) => floor !== 'report' && floor !== 'cli');
    const users = floors.flatMap((floor) =>
      sources(floor).filter((path) => forbidden.test(readFileSync(join(root, path), 'utf8'))),
    );
    expect(users).toEqual([]);
  });
});
