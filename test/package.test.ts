import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../cli/commands.js';
import { MAIN } from './cli/run-cheetah.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cheetah-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Paths of the files a tarball would hold. */
function packed(): Set<string> {
  const npm = process.env.npm_execpath;
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const text = execFileSync(
    npm === undefined ? 'npm' : process.execPath,
    npm === undefined ? words : [npm, ...words],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  // some versions of npm give a list, others an object by name
  const [tarball] = Object.values(JSON.parse(text) as Record<string, { files: { path: string }[] }>);
  return new Set(tarball!.files.map(({ path }) => path));
}

/** Files of the project that a Markdown file links to, and those it names as arguments of commands. */
function linked(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) =>
    posix.join(posix.dirname(file), target!),
  );
}

const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown> & {
  bin: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  dependencies: Record<string, string>;
};

describe('the tarball', () => {
  const files = packed();
  const holds = (path: string): boolean =>
    files.has(path) || [...files].some((file) => file.startsWith(`${path}/`));

  it.each(['README.md', 'CHANGELOG.md', ...[...files].filter((path) => /^docs\/.*\.md$/.test(path))])(
    'holds what %s links to',
    (file) => {
      expect(linked(file).filter((path) => !holds(path))).toEqual([]);
    },
  );

  it('holds the files that the README runs, and every command', () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const named = text.match(/\b(?:experiments|results)\/[\w./-]+\.(?:ts|yaml|csv)\b/g) ?? [];
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((path) => !holds(path))).toEqual([]);
    expect(COMMANDS.filter(({ name }) => !holds(`dist/cli/${name}.js`))).toEqual([]);
  });

  it('holds nothing of the tests, the benches or a run', () => {
    expect(
      [...files].filter((path) => /^(test|bench|models)\/|\.journal\b|results\/(start|notebooks)/.test(path)),
    ).toEqual([]);
  });
});

describe('package.json', () => {
  it('says whose it is, where it is described and what it is about', () => {
    for (const field of ['repository', 'homepage', 'keywords', 'author', 'license', 'description']) {
      expect(about[field], field).toBeTruthy();
    }
  });

  it('has a program that can be run as it is', () => {
    expect(join(root, about.bin.cheetah!)).toBe(MAIN);
    expect(statSync(MAIN).mode & 0o111).toBe(0o111);
    if (process.platform !== 'win32') expect(spawnSync(MAIN, ['--version']).status).toBe(0);
  });

  it('leaves the drawing library to those who draw, and has it in a checkout', () => {
    for (const name of Object.keys(about.peerDependencies)) {
      expect(about.dependencies).not.toHaveProperty(name);
      expect(about.peerDependencies[name]).toBe(`^${about.devDependencies[name]}`);
    }
  });
});

describe('without the packages that draw', () => {
  it('a figure is refused in one line that says what to install, in the versions that a checkout has', () => {
    for (const part of ['package.json', 'dist']) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
    const script = `import { figureSvg } from './dist/report/figure.js';
      await figureSvg({ mark: 'point' }).catch((error) => console.log(error.name + ': ' + error.message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    const pinned = ['vega', 'vega-lite'].map((name) => `${name}@${about.devDependencies[name]}`).join(' ');
    expect(stdout).toBe(
      `UserError: figures are drawn by Vega, which is not installed; install it with \`npm install ${pinned}\`\n`,
    );
    const more = `import { fromOptional } from './dist/report/optional-package.js';
      const names = ${JSON.stringify(Object.keys(about.peerDependencies))};
      await fromOptional('drawn', names, () => import('pdfkit')).catch((error) => console.log(error.message));`;
    const asked = spawnSync(process.execPath, ['--input-type=module', '-e', more], {
      cwd: folder,
      encoding: 'utf8',
    });
    const all = Object.keys(about.peerDependencies).map((name) => `${name}@${about.devDependencies[name]}`);
    expect(asked.stdout).toBe(
      `drawn, which is not installed; install it with \`npm install ${all.join(' ')}\`\n`,
    );
  });
});
