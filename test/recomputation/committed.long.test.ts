import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recomputed } from './committed.js';
import { differences } from './comparing.js';

const folder = join(import.meta.dirname, '../../results');

const sweeps = readdirSync(folder)
  .filter((name) => name.endsWith('.csv') && !name.endsWith('.summary.csv'))
  .map((name) => name.replace(/\.csv$/, ''));

describe('every cell of a committed summary follows from the committed predictions', () => {
  it.for(sweeps)('in results/%s.csv', (name, { skip }) => {
    const base = join(folder, name);
    if (!existsSync(`${base}.summary.csv`)) skip(`results/${name}.csv has no summary beside it`);
    const { written, computed, complaints } = recomputed(base);
    expect(complaints).toEqual([]);
    expect(differences(written, computed)).toEqual([]);
  });
});
