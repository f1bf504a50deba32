/** Runs notebooks with the built command line, each in a process of its own: one registers loaders for the whole of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { MAIN } from '../../cli/run-cheetah.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'cheetah-notebook-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Its pages go into `out`, a folder below that of the test file. */
export function run(
  file: string,
  out: string,
  ...more: string[]
): { status: number | null; stdout: string; stderr: string } {
  const words = ['notebook', 'run', file, '--out', join(folder, out), ...more];
  return spawnSync(process.execPath, [MAIN, ...words], { cwd: root, encoding: 'utf8' });
}

export function notebook(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

export const bytes = (out: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, out)).map((name) => [name, readFileSync(join(folder, out, name), 'utf8')]),
  );

export function expectOneLine(name: string, content: string, message: RegExp): void {
  const { status, stderr } = run(notebook(name, content), `${name}-out`);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd()).not.toContain('\n');
}

/** A notebook of experiments/ on few images has its table and figure, with numbers in them. */
export function expectExperimentRuns(name: string): void {
  const few = ['--train-images', '100', '--test-images', '100'];
  const { status, stderr } = run(join(root, 'experiments', `${name}.ts`), name, ...few);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const written = bytes(name);
  expect(written[`${name}.html`]).toContain('<table>');
  expect(written[`${name}-1.svg`]).toMatch(/^<svg /);
  expect(written[`${name}.html`]).not.toMatch(/<td[^>]*>(NaN|undefined)</);
}
