/** Every command that a page of docs/ shows with its output gives that output. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingFrom, type Shown, shownIn } from './console.js';

const root = join(import.meta.dirname, '../..');

/** Pages with blocks of `console`: others show commands that no result of the repository stands behind. */
const pages = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, readFileSync(join(root, 'docs', name), 'utf8')] as const)
  .filter(([, text]) => text.includes('```console\n'));

const shown = pages.flatMap(([page, text]) =>
  shownIn(text).map((one): [string, string, Shown] => [page, one.command, one]),
);

/** By the shell, from the root, as a reader does, but by the build that is tested. */
function run({ command }: Shown) {
  const { CHEETAH_DATA: _, COLUMNS: __, ...env } = process.env;
  const call = command.replaceAll(/\bnpx cheetah\b/g, `"${process.execPath}" dist/cli/main.js`);
  return spawnSync('sh', ['-c', call], { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
}

describe('the pages', () => {
  it('show commands, those of the findings among them', () => {
    expect(pages.map(([page]) => page)).toContain('findings.md');
    expect(shown.length).toBeGreaterThan(0);
  });

  it.each(shown)('%s: %s', (_page, _command, one) => {
    const { status, stdout, stderr } = run(one);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const missing = missingFrom(one.output, stdout);
    expect(missing === undefined ? '' : `${missing.join('\n')}\n--- is not in ---\n${stdout}`).toBe('');
  });
});
