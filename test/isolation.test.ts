import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMPUTING } from '../vitest.config.js';

/** What outlives a file of tests in its process: registries, mocks, the process's folder, environment and globals. */
const OUTLIVES =
  /\bregister[A-Z]\w*\(|\bvi\.|\bprocess\.(chdir|exit|exitCode)|\bprocess\.env(\.\w+|\[.*?\]) *=[^=]|\bglobalThis\.\w+ *=[^=]/;

it('tests that share a process change nothing that the next file would see', () => {
  const files = COMPUTING.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => OUTLIVES.test(readFileSync(file, 'utf8')))).toEqual([]);
});
