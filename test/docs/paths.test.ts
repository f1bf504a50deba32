import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Files and folders of the tree by their paths from its root; what is made or installed is left out. */
const files: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !/^(\.|node_modules$|dist$)/.test(name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? [
          entry.name,
          ...readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' }).map((path) =>
            join(entry.name, path),
          ),
        ]
      : [entry.name],
  )
  .filter((path) => !/(^|\/)(node_modules|\.cache)(\/|$)/.test(path));

const known = new Set(
  files.flatMap((path) => path.split('/').map((_, at, parts) => parts.slice(at).join('/'))),
);

/** Sources and pages that a text names, with folders or without; no patterns such as `<name>.ts` and `emac-*.ts`. */
function namedFiles(text: string): string[] {
  return [
    ...text.matchAll(/(?<![\w<>*./${}-])(?:\.{0,2}\/)*((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|md))\b/g),
  ].map((match) => match[1]!);
}

/** The comments of a source. */
function comments(text: string): string {
  return (text.match(/\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/.*$/gm) ?? []).join('\n');
}

/** Folders that a page names, in code and with their slash; none that commands write to. */
function namedFolders(text: string): string[] {
  return [...text.matchAll(/`((?:[\w-]+\/)+)`/g)]
    .map((match) => match[1]!.slice(0, -1))
    .filter((name) => !name.startsWith('results/'));
}

/** A file that a reader writes by an example, and names that stand for any. */
const EXAMPLES = new Set(['ternary.ts', 'file.ts', 'NAME.md']);

function missing(paths: readonly string[], named: (text: string) => string[]): string[] {
  return paths.flatMap((path) =>
    named(readFileSync(join(root, path), 'utf8'))
      .filter((name) => !known.has(name) && !EXAMPLES.has(name))
      .map((name) => `${path}: ${name}`),
  );
}

describe('files and folders that are named exist', () => {
  it('on pages', () => {
    const pages = files.filter((path) => /^(docs\/[^/]+|[A-Z]+)\.md$/.test(path) && path !== 'CHANGELOG.md');
    expect(pages.length).toBeGreaterThan(10);
    expect(missing(pages, (text) => [...namedFiles(text), ...namedFolders(text)])).toEqual([]);
  });

  it('in comments', () => {
    const sources = files.filter((path) => path.endsWith('.ts') && path !== 'kernels/calls.ts');
    expect(sources.length).toBeGreaterThan(300);
    expect(missing(sources, (text) => namedFiles(comments(text)))).toEqual([]);
  });
});
