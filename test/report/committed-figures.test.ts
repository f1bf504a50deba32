/** The figures in results/ are what `cheetah plot` draws of the CSV files beside them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { performed } from '../cli/in-process.js';

const results = join(import.meta.dirname, '../../results');
const figures = readdirSync(results).filter((name) => name.endsWith('.svg'));

it.each(figures)('results/%s', async (name) => {
  const of = join(results, name.replace(/\.svg$/, ''));
  const drawn = join(mkdtempSync(join(tmpdir(), 'cheetah-figure-')), name);
  const { code, err } = await performed(['plot', existsSync(`${of}.csv`) ? `${of}.csv` : of, '--out', drawn]);
  expect(code, err).toBe(0);
  expect(readFileSync(drawn, 'utf8')).toBe(readFileSync(join(results, name), 'utf8'));
});
