import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listCostSources } from '../../emac/cost/built-in.js';
import { complaintOf, performed } from './in-process.js';
import { cheetah } from './run-cheetah.js';

const directory = mkdtempSync(join(tmpdir(), 'cheetah-cost-'));
afterAll(() => rmSync(directory, { recursive: true }));

const UNITS = [
  'fixed5q2,630',
  'fixed6q3,770',
  'fixed8q4,900',
  'posit6es1,1610',
  'posit8es0,1240',
  'float8e4m3,1500',
];
writeFileSync(
  join(directory, 'units.csv'),
  ['format,k,delay_ps', ...UNITS.map((unit) => unit.replace(',', ',1024,')), 'float8e3m4,64,1050', ''].join(
    '\n',
  ),
);
const fit = (...more: string[]) => performed(['cost', 'fit', 'units.csv', ...more], { cwd: directory });

describe('cheetah cost', () => {
  it('lists every source, and what it prices', async () => {
    const { code, out } = cheetah(['cost', 'list']);
    expect(code).toBe(0);
    for (const { name } of listCostSources()) expect(out).toContain(`${name} `);
    expect(out).toContain('area ±8 %, energy ±21 %, period ±23 %');
    expect(JSON.parse((await performed(['cost', 'list', '--json'])).out)).toEqual(listCostSources());
  });

  it('fits a CSV, says how well, and writes the same source every time', async () => {
    const { code, out } = await fit('--name', 'mine', '--out', 'mine.json', '--describes', '7 nm');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^delay_ps: 7 units, R² 0\.\d{3}, rms [\d.]+ %, leave-one-out [\d.]+ %\nmine is in mine.json/,
    );
    const text = readFileSync(join(directory, 'mine.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ name: 'mine', describes: '7 nm', period: { unit: 'ns' } });
    await fit('--name', 'mine', '--out', 'again.json', '--describes', '7 nm');
    expect(readFileSync(join(directory, 'again.json'), 'utf8')).toBe(text);
    const told = JSON.parse((await fit('--name', 'mine', '--out', 'again.json', '--json')).out);
    expect(told).toMatchObject({
      source: 'mine',
      out: 'again.json',
      fits: [{ figure: 'delay_ps', units: 7 }],
    });
  });

  it.each([
    [['--name', 'library45', '--out', 'a.json'], /^cheetah: --name library45 is a built-in/],
    [['--name', 'mine', '--out', 'a.txt'], /^cheetah: --out a.txt is no name of a cost file/],
    [['--name', 'Mine!', '--out', 'a.json'], /^cheetah: name: a name is lower-case/],
    [['--out', 'a.json'], /^cheetah: .*name/],
  ])('refuses %j in one line and writes nothing', async (more, message) => {
    const line = await complaintOf(['cost', 'fit', 'units.csv', ...more], directory);
    expect(line).toMatch(message);
    expect(line).not.toContain('\n');
    expect(readdirSync(directory).filter((name) => name.startsWith('a.'))).toEqual([]);
  });
});
