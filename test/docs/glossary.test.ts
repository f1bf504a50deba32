import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Entry {
  readonly term: string;
  readonly meaning: string;
  readonly where: string;
}

/** The rows of the table. */
const entries: readonly Entry[] = readFileSync(join(root, 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => {
    const [term, meaning, where] = line.split('|').slice(1, 4) as [string, string, string];
    return { term: term.trim(), meaning: meaning.trim(), where: where.trim() };
  });

/** Home-made words for which the field has its own, as identifiers or parts of them; some in the unit only. */
const RETIRED =
  /[Ll]adder|LADDER|[Ss]taircase|[Bb]racket|\bcuts|Cuts?(?![a-z])|(?:\b|_)DRAWS?|(?:\bd|D)raws?(?![a-z])/;
const RETIRED_IN_EMAC =
  /\brests?\b|\brest[A-Z]|Rests?(?![a-z])|\bopen\b|\bopen[A-Z]|[nN]arrow(?:Columns|Buckets)|\bslots\b|[a-z]Steps\b/;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Identifiers of a source: its words outside comments, strings and regular expressions. */
function identifiers(text: string): string[] {
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, ' ')
    .replace(/\/\/.*$/gm, ' ')
    .replace(/`[^`]*`/g, (template) => (template.match(/\$\{[^}]*\}/g) ?? []).join(' '));
  return code.match(/[A-Za-z_$][\w$]*/g) ?? [];
}

describe('the glossary', () => {
  it('is alphabetical, each term once', () => {
    const terms = entries.map(({ term }) => term.toLowerCase());
    expect(terms.length).toBeGreaterThan(40);
    expect(terms).toEqual([...new Set(terms)].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('says what each term means in one sentence, and names files that exist', () => {
    for (const { term, meaning, where } of entries) {
      expect(meaning, term).toMatch(/^[A-Z0-9].*\.$/);
      const files = [...where.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
      expect(files.length, term).toBeGreaterThan(0);
      for (const file of files) expect(existsSync(join(root, file)), `${term}: ${file}`).toBe(true);
    }
  });

  it('leaves no identifier and no file to the words it replaces', () => {
    for (const path of ['formats', 'quantizers', 'emac', 'kernels/assembly', 'networks'].flatMap(sources)) {
      const retired = [RETIRED, ...(path.startsWith(join(root, 'emac')) ? [RETIRED_IN_EMAC] : [])];
      const found = identifiers(readFileSync(path, 'utf8')).filter((name) =>
        retired.some((words) => words.test(name)),
      );
      expect(found, path).toEqual([]);
      expect(path.slice(root.length)).not.toMatch(RETIRED);
    }
  });
});
