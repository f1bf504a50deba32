import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recomputed } from './committed.js';
import { differences } from './comparing.js';

const folder = join(import.meta.dirname, '../../results');

const hasSummary = (name: string): boolean => existsSync(join(folder, `${name}.summary.csv`));

const sweeps = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.csv') && !name.endsWith('.summary.csv') && !name.startsWith('bench/'))
  .map((name) => name.replace(/\.csv$/, ''));
const without = sweeps.filter((name) => !hasSummary(name));
for (const name of without)
  console.warn(`results/${name}.csv has no summary beside it: nothing is recomputed`);

describe('every cell of a committed summary follows from the committed predictions', () => {
  it.each(sweeps.filter(hasSummary))('in results/%s.csv', (name) => {
    const { written, computed, complaints } = recomputed(join(folder, name));
    expect(complaints).toEqual([]);
    expect(differences(written, computed)).toEqual([]);
  });

  it.skip.each(without)('in results/%s.csv (skipped: no summary beside it)', () => {});
});
