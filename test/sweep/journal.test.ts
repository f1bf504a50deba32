import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { type Entry, Journal, type JournalMode } from '../../sweep/journal.js';
import { formatRow } from '../../sweep/rows.js';

const entry: Entry = {
  rows: [formatRow({ format: 'posit8es1', accuracy: 0.5 })],
  host: { milliseconds: 12, tiers: { int16: 3 } },
};

let folder = '';
let csv = '';
beforeEach(() => {
  const above = mkdtempSync(join(tmpdir(), 'cheetah-journal-'));
  folder = join(above, 'x.journal');
  csv = join(above, 'x.csv');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const open = (mode: JournalMode, identity = 'this', points = 2): Journal =>
  Journal.open(folder, 'x', identity, points, mode, csv);

describe('Journal', () => {
  it('gives back what was kept, under the key of its point alone', () => {
    const journal = open('ask');
    const key = journal.key({ format: 'posit8es1' });
    expect(journal.read(key)).toBeUndefined();
    journal.write(key, entry);
    expect(journal.read(key)).toEqual(entry);
    expect(open('resume').read(key)).toEqual(entry);
    expect(journal.key({ format: 'posit8es2' })).not.toBe(key);
  });

  it('takes no entry of another run, even under the right name', () => {
    const first = open('ask', 'this');
    const key = first.key('point');
    first.write(key, entry);
    const text = readFileSync(join(folder, 'points', `${key}.json`), 'utf8');
    const other = open('fresh', 'other');
    const otherKey = other.key('point');
    writeFileSync(join(folder, 'points', `${otherKey}.json`), text);
    expect(otherKey).not.toBe(key);
    expect(other.read(otherKey)).toBeUndefined();
  });

  it('ignores files that are cut anywhere or altered in any byte', () => {
    const journal = open('ask');
    const key = journal.key('point');
    journal.write(key, entry);
    const file = join(folder, 'points', `${key}.json`);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length - 1; length += 7) {
      writeFileSync(file, whole.subarray(0, length));
      expect(journal.read(key)).toBeUndefined();
    }
    for (let at = 0; at < whole.length - 1; at += 5) {
      const altered = Buffer.from(whole);
      altered[at]! ^= 1;
      writeFileSync(file, altered);
      expect(journal.read(key)).toBeUndefined();
    }
    writeFileSync(file, whole);
    expect(journal.read(key)).toEqual(entry);
  });

  it('asks before it touches unfinished points, and goes on or starts over as told', () => {
    const journal = open('ask');
    const key = journal.key('point');
    journal.write(key, entry);
    expect(() => open('ask')).toThrow(UserError);
    expect(() => open('ask')).toThrow(/keeps 1 of 2 points.*--resume.*--fresh/);
    expect(open('resume').read(key)).toEqual(entry);
    expect(open('continue').read(key)).toEqual(entry);
    expect(open('fresh').read(key)).toBeUndefined();
  });

  it('refuses the points of another sweep unless told to discard them', () => {
    const journal = open('ask', 'this');
    journal.write(journal.key('point'), entry);
    for (const mode of ['ask', 'resume'] as const) {
      expect(() => open(mode, 'other')).toThrow(/another sweep, spec, data or version/);
    }
    expect(readdirSync(join(folder, 'points'))).toHaveLength(1);
    open('continue', 'other');
    expect(readdirSync(join(folder, 'points'))).toHaveLength(0);
  });

  it('starts over without asking when all points and the CSV are there', () => {
    const journal = open('ask');
    for (const point of ['a', 'b']) journal.write(journal.key(point), entry);
    writeFileSync(csv, 'done\n');
    const again = open('ask');
    expect(again.read(again.key('a'))).toBeUndefined();
    expect(existsSync(csv)).toBe(true);
  });

  it('is not misled by a damaged head', () => {
    const journal = open('ask');
    journal.write(journal.key('point'), entry);
    writeFileSync(join(folder, 'sweep.json'), '{"sweep":');
    const again = open('resume');
    expect(again.read(again.key('point'))).toBeUndefined();
  });

  it('never discards a folder with files it did not write', () => {
    open('ask');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    for (const mode of ['ask', 'resume', 'fresh', 'continue'] as const) {
      expect(() => open(mode)).toThrow(/holds 'notes.txt', which is not of a sweep's journal/);
    }
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });
});
