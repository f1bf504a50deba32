import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingFrom, type Shown, shownIn } from './console.js';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/findings.md');
const isThere = existsSync(page);
if (!isThere) console.warn('docs/findings.md does not exist: no finding is tried');

const shown = isThere ? shownIn(readFileSync(page, 'utf8')) : [];

/** By the shell, from the root, as a reader does, but by the build that is tested. */
function run({ command }: Shown) {
  const { CHEETAH_DATA: _, COLUMNS: __, ...env } = process.env;
  const call = command.replaceAll(/\bnpx cheetah\b/g, `"${process.execPath}" dist/cli/main.js`);
  return spawnSync('sh', ['-c', call], { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
}

describe.skipIf(!isThere)('the findings (skipped: no docs/findings.md)', () => {
  it('have commands', () => {
    expect(shown.length).toBeGreaterThan(0);
  });

  it.each(shown.map((one) => [one.command, one] as const))('%s', (_, one) => {
    const { status, stdout, stderr } = run(one);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const missing = missingFrom(one.output, stdout);
    expect(missing === undefined ? '' : `${missing.join('\n')}\n--- is not in ---\n${stdout}`).toBe('');
  });
});
