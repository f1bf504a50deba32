import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALONE } from '../vitest.config.js';

/** What outlives a file of tests in its process: registries, mocks, the environment, globals. */
const OUTLIVES =
  /\bregister[A-Z]\w*\(|\bvi\.|\bprocess\.chdir|\bprocess\.exitCode *=[^=]|\bprocess\.env(\.\w+|\[.*?\]) *=[^=]|\bdelete process\.env|\bglobalThis\.\w+ *=[^=]/;

/** What tests share that changes such things and puts them back before it returns, whatever happens. */
const RESTORING = ['test/cli/in-process.ts'];

const sources = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.long.test.ts'));

it('tests that change what outlives them have a process of their own', () => {
  const changing = sources.filter(
    (path) => path !== 'test/isolation.test.ts' && OUTLIVES.test(readFileSync(path, 'utf8')),
  );
  expect(changing.length).toBeGreaterThan(5);
  expect(changing.filter((path) => !ALONE.includes(path) && !RESTORING.includes(path))).toEqual([]);
});

it('the list of them names files that are there', () => {
  expect([...ALONE, ...RESTORING].filter((path) => !sources.includes(path))).toEqual([]);
});
