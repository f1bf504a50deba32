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
  'platform',
  'input',
  'datasets',
  'networks',
  'sweep',
  'report',
  'cli',
] as const;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What every floor stands on: files at the root, which import nothing but each other. */
const GROUND = ['registrations.ts', 'errors.ts', 'near.ts', 'one-line.ts'] as const;
/** The library's surface, the entries of the package: they may import every floor, and no floor may import them. */
const SURFACE = ['index.ts', 'core.ts', 'conformance.ts'] as const;

/** Floors whose numbers come out the same wherever there is JavaScript: no files, no threads, nothing of Node. */
const ANYWHERE = ['arithmetic', 'kernels', 'formats', 'quantizers', 'emac', 'networks'] as const;
/** What reads and writes files of such a floor, for those above it. */
const WITH_FILES = [
  'kernels/build/',
  'networks/files/',
  'networks/training/train.ts',
  'networks/training/threads/',
] as const;
const OF_NODE =
  /['"`]node:|\b(Buffer|process|__dirname|setImmediate|import\.meta)\.\w|\brequire\(|\bNodeJS\b|Atomics\.\w/;

/** The same within a floor: its rooms, lowest first, each of folders and files. */
const ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  formats: [
    [
      'format.ts',
      'layout.ts',
      'placement.ts',
      'levels.ts',
      'facts.ts',
      'family.ts',
      'spellings.ts',
      'code-array.ts',
    ],
    ['decoding/'],
    ['rounding/'],
    ['define.ts'],
    ['families/'],
    ['registry.ts'],
    ['events.ts', 'explain.ts'],
    ['conformance/'],
  ],
  emac: [
    ['layer/', 'requantize.ts'],
    ['codes/'],
    ['certified/bounds.ts', 'certified/float32-columns.ts', 'certified/stage.ts'],
    ['certified/round/'],
    ['certified/stages/'],
    ['certified/repair/'],
    ['certified/mac.ts', 'certified/depthwise/'],
    ['accumulators/'],
    ['mac.ts'],
    ['unit/'],
    ['cost/'],
  ],
};

/** Rooms that know less than the order would let them: each imports from these alone, and from itself. */
const KNOWS_ONLY: Readonly<Record<string, readonly string[]>> = {
  'emac/layer/': ['arithmetic/', 'formats/', 'quantizers/'],
  // a stage makes sums; it knows nothing of how they are rounded
  'emac/certified/stages/': [
    'arithmetic/',
    'kernels/',
    'formats/',
    'quantizers/',
    'emac/layer/',
    'emac/codes/',
    'emac/certified/bounds.js',
    'emac/certified/float32-columns.js',
    'emac/certified/stage.js',
  ],
  'emac/unit/': ['arithmetic/', 'formats/', 'quantizers/', 'emac/layer/'],
  // no networks, and no way of computing
  'emac/cost/': ['arithmetic/', 'formats/', 'emac/layer/', 'emac/unit/'],
};

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('kernels/assembly/'));
}

/** Relative targets of every import, export from, `import type`, `import('…')` type and dynamic import. */
function targets(text: string, path: string): string[] {
  const found = text.matchAll(/\b(?:from|import)\s*\(?\s*(['"`])(\.{1,2}\/[^'"`]+)\1/g);
  return [...found].map((match) => posix.normalize(posix.join(posix.dirname(path), match[2]!)));
}

function imports(path: string): string[] {
  return targets(readFileSync(join(root, path), 'utf8'), path);
}

function isGround(target: string): boolean {
  return GROUND.some((file) => target === file.replace(/ts$/, 'js'));
}

describe('imports run one way along the floors', () => {
  for (const [height, floor] of FLOORS.entries()) {
    it(floor, () => {
      const allowed = FLOORS.slice(0, height + 1).map((name) => `${name}/`);
      const wrong = sources(floor).flatMap((path) =>
        imports(path)
          .filter((target) => !isGround(target) && !allowed.some((prefix) => target.startsWith(prefix)))
          .map((target) => `${path} imports ${target}`),
      );
      expect(sources(floor).length).toBeGreaterThan(0);
      expect(wrong).toEqual([]);
    });
  }

  for (const [floor, rooms] of Object.entries(ROOMS)) {
    const heightOf = (path: string): number =>
      rooms.findIndex((room) =>
        room.some((name) => path.startsWith(`${floor}/${name.replace(/\.ts$/, '.')}`)),
      );

    it(`and along the rooms of ${floor}`, () => {
      const wrong = sources(floor).flatMap((path) =>
        imports(path)
          .filter((target) => target.startsWith(`${floor}/`) && heightOf(target) > heightOf(path))
          .map((target) => `${path} imports ${target}`),
      );
      expect(sources(floor).filter((path) => heightOf(path) < 0)).toEqual([]);
      expect(wrong).toEqual([]);
    });
  }

  it('the ground imports nothing but itself', () => {
    const wrong = GROUND.flatMap((path) =>
      imports(path)
        .filter((target) => !isGround(target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('every folder and root file of the built package is a floor, the ground or the surface', () => {
    const { exclude } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8')) as {
      exclude: string[];
    };
    // what git ignores is no part of the house
    const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split(/\/?\n/);
    const built = readdirSync(root, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.') && !exclude.includes(name) && !ignored.includes(name))
      .filter((entry) => (entry.isDirectory() ? sources(entry.name).length > 0 : entry.name.endsWith('.ts')))
      .map(({ name }) => name);
    expect(built.sort()).toEqual([...FLOORS, ...GROUND, ...SURFACE].sort());
  });

  it('no file imports itself through others, not even for types', () => {
    const all = new Set(FLOORS.flatMap(sources));
    const next = new Map([...all].map((path) => [path, imports(path).map((to) => to.replace(/js$/, 'ts'))]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
      if (done.has(path) || !all.has(path) || way.includes(path)) return;
      for (const to of next.get(path)!) visit(to, [...way, path]);
      done.add(path);
    };
    for (const path of all) visit(path, []);
    expect(circles).toEqual([]);
  });

  it('every way to import is seen', () => {
    const ways = [
      "import { a } from '../b/a.js';",
      "import type { A } from '../b/b.js';",
      "export { type C, c } from '../b/c.js';",
      "import '../b/d.js';",
      "const e = await import('../b/e.js');",
      "let f: import('../b/f.js').F;",
      'const g = await import(\n  "../b/g.js"\n);',
      "import {\n  h,\n} from '../b/h.js';",
    ];
    const seen = targets(ways.join('\n'), 'a/x.ts');
    expect(seen).toEqual([...'abcdefgh'].map((letter) => `b/${letter}.js`));
  });

  it.each([...ANYWHERE])('%s needs neither files nor threads nor anything of Node', (floor) => {
    const wrong = sources(floor)
      .filter((path) => !WITH_FILES.some((room) => path.startsWith(room)))
      .flatMap((path) => {
        const named = OF_NODE.exec(readFileSync(join(root, path), 'utf8'))?.[0];
        const reached = imports(path).filter((target) =>
          [...WITH_FILES, 'platform/', 'input/'].some((room) => target.startsWith(room.replace(/ts$/, 'js'))),
        );
        return [...reached, ...(named === undefined ? [] : [named])].map((what) => `${path}: ${what}`);
      });
    expect(wrong).toEqual([]);
  });

  it('nor does the ground', () => {
    expect(GROUND.filter((path) => OF_NODE.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });

  it('the entry for browsers reaches nothing of Node, however far its imports go', () => {
    const reached = new Set(['core.ts']);
    for (const path of reached) {
      for (const target of imports(path)) reached.add(target.replace(/js$/, 'ts'));
    }
    expect(reached.has('networks/dataflows/emac.ts')).toBe(true);
    const wrong = [...reached].filter(
      (path) => /^(platform|input)\//.test(path) || OF_NODE.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(KNOWS_ONLY))('%s knows only what it must', (room, known) => {
    const wrong = sources(room).flatMap((path) =>
      imports(path)
        .filter(
          (target) => !isGround(target) && ![room, ...known].some((prefix) => target.startsWith(prefix)),
        )
        .map((target) => `${path} imports ${target}`),
    );
    expect(sources(room).length).toBeGreaterThan(0);
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

  it('no test reads a clock: what is slow is measured by the benches, what is waited for is an event', () => {
    const clock = /(performance|Date)\.now\(|cpuUsage|resourceUsage|hrtime|hookTimeout|from 'node:timers/;
    const users = sources('test').filter((path) => {
      return path !== 'test/floors.test.ts' && clock.test(readFileSync(join(root, path), 'utf8'));
    });
    expect(users).toEqual([]);
  });
});
