import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { type Entry, entryKey, Journal, type JournalMode, refuseForeign } from '../../sweep/journal.js';
import { cellsOf } from '../../sweep/rows.js';

const entry: Entry = {
  changes: 'AAE=',
  rows: [cellsOf({ format: 'posit8es1', accuracy: 0.5 })],
  host: { milliseconds: 12, tiers: { int16: 3 } },
};
const [a, b] = ['a', 'b'].map((point) => entryKey('this', point)) as [string, string];

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cheetah-journal-')), 'x.journal');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const open = (mode: JournalMode, identity = 'this'): Journal =>
  Journal.open(
    folder,
    { name: 'x', identity, keys: ['a', 'b'].map((point) => entryKey(identity, point)) },
    mode,
  );
const points = (): string[] => readdirSync(join(folder, 'points'));

describe('Journal', () => {
  it('gives back what was kept, under the key of its point alone', () => {
    const journal = open('ask');
    expect(journal.read(a)).toBe('missing');
    journal.write(a, entry);
    expect(journal.read(a)).toEqual(entry);
    expect(open('resume').read(a)).toEqual(entry);
    expect(journal.read(b)).toBe('missing');
    expect(a).not.toBe(b);
  });

  it('takes no entry of another run, even under the right name', () => {
    open('ask').write(a, entry);
    const text = readFileSync(join(folder, 'points', `${a}.json`), 'utf8');
    const other = open('fresh', 'other');
    const otherKey = entryKey('other', 'a');
    writeFileSync(join(folder, 'points', `${otherKey}.json`), text);
    expect(other.read(otherKey)).toBe('damaged');
  });

  it('knows files that are cut anywhere or altered in any byte', () => {
    const journal = open('ask');
    journal.write(a, entry);
    const file = join(folder, 'points', `${a}.json`);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length - 1; length += 7) {
      writeFileSync(file, whole.subarray(0, length));
      expect(journal.read(a)).toBe('damaged');
    }
    for (let at = 0; at < whole.length - 1; at += 5) {
      const altered = Buffer.from(whole);
      altered[at]! ^= 1;
      writeFileSync(file, altered);
      expect(journal.read(a)).toBe('damaged');
    }
    writeFileSync(file, whole);
    expect(journal.read(a)).toEqual(entry);
  });

  it.each([
    ['cells that are no text', { ...entry, rows: [{ accuracy: 0.5 }] }],
    ['rows that are no list', { ...entry, rows: { format: 'posit8es1' } }],
    ['no row', { ...entry, rows: [] }],
    ['a time that is no number', { ...entry, host: { milliseconds: 'a', tiers: {} } }],
  ])('takes no %s, though the digest agrees', (_, wrong) => {
    const journal = open('ask');
    journal.write(a, wrong as unknown as Entry);
    expect(journal.read(a)).toBe('damaged');
  });

  it('asks before it touches unfinished points, and goes on or starts over as told', () => {
    open('ask').write(a, entry);
    expect(() => open('ask')).toThrow(UserError);
    expect(() => open('ask')).toThrow(/keeps 1 of 2 points.*--resume.*--fresh/);
    expect(open('resume').read(a)).toEqual(entry);
    expect(open('continue').read(a)).toEqual(entry);
    expect(open('fresh').read(a)).toBe('missing');
  });

  it('asks before it discards a training that has no point yet', () => {
    open('ask');
    const checkpoint = join(folder, 'training-0', 'checkpoint.safetensors');
    mkdirSync(join(folder, 'training-0'));
    writeFileSync(checkpoint, 'epochs');
    expect(() => open('ask')).toThrow(/keeps 0 of 2 points and a training.*--resume.*--fresh/);
    expect(() => open('resume', 'other')).toThrow(/keeps a training of another sweep/);
    open('resume');
    open('continue');
    expect(readFileSync(checkpoint, 'utf8')).toBe('epochs');
    open('fresh');
    expect(existsSync(checkpoint)).toBe(false);
  });

  it('refuses the points of another sweep unless told to discard them', () => {
    open('ask').write(a, entry);
    for (const mode of ['ask', 'resume'] as const) {
      expect(() => open(mode, 'other')).toThrow(/another sweep, spec, data or version/);
    }
    expect(points()).toHaveLength(1);
    open('continue', 'other');
    expect(points()).toHaveLength(0);
  });

  it.each(['ask', 'resume', 'continue'] as const)('keeps all points of a finished sweep (%s)', (mode) => {
    const journal = open('ask');
    for (const key of [a, b]) journal.write(key, entry);
    const again = open(mode);
    for (const key of [a, b]) expect(again.read(key)).toEqual(entry);
    expect(open('fresh').read(a)).toBe('missing');
  });

  it.each(['ask', 'resume', 'continue'] as const)(
    'loses nothing to a damaged or missing head: points say whose they are (%s)',
    (mode) => {
      for (const head of ['{"sweep":', '', undefined]) {
        const journal = open('fresh');
        for (const key of [a, b]) journal.write(key, entry);
        if (head === undefined) rmSync(join(folder, 'sweep.json'));
        else writeFileSync(join(folder, 'sweep.json'), head);
        expect(open(mode).read(a)).toEqual(entry);
      }
      writeFileSync(join(folder, 'sweep.json'), '{"sweep":');
      expect(() => open('ask', 'other')).toThrow(/keeps 2 points of another sweep/);
    },
  );

  it('remembers the CSV of a stopped run from one opening to the next', () => {
    const journal = open('ask');
    expect(journal.partial).toBe('');
    journal.rememberPartial('0123');
    expect(open('resume').partial).toBe('0123');
  });

  it('leaves the lock of its folder when it discards the rest', () => {
    open('ask').write(a, entry);
    writeFileSync(join(folder, '.lock'), '{}');
    open('fresh');
    expect(readdirSync(folder).sort()).toEqual(['.lock', 'points', 'sweep.json']);
  });

  it('never discards a folder with files it did not write', () => {
    open('ask');
    refuseForeign(folder);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(() => refuseForeign(folder)).toThrow(/holds 'notes.txt', which is not of a sweep's journal/);
  });
});
