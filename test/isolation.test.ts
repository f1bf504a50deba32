import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALONE } from '../vitest.config.js';

/** What outlives a file of tests in its process: registries, mocks, the environment, globals. */
const OUTLIVES =
  /\bregister[A-Z]\w*\(|\bvi\.|\bprocess\.chdir|\bprocess\.exitCode *=[^=]|\bprocess\.env(\.\w+|\[.*?\]) *=[^=]|\bdelete process\.env|\bglobalThis\.\w+ *=[^=]/;

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((path) => /(?<!\.long)\.test\.ts$/.test(path));

it('tests that change what outlives them have a process of their own', () => {
  const changing = files.filter(
    (path) => path !== 'test/isolation.test.ts' && OUTLIVES.test(readFileSync(path, 'utf8')),
  );
  expect(changing.length).toBeGreaterThan(5);
  expect(changing.filter((path) => !ALONE.includes(path))).toEqual([]);
});

it('the list of them names files that are there', () => {
  expect(ALONE.filter((path) => !files.includes(path))).toEqual([]);
});
