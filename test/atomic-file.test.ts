import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeAtomically } from '../atomic-file.js';
import { UserError } from '../errors.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-atomic-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('writeAtomically', () => {
  it('replaces the whole file and leaves no temporary one', () => {
    const file = join(folder, 'new', 'file.txt');
    writeAtomically(file, 'first');
    writeAtomically(file, 'second');
    expect(readFileSync(file, 'utf8')).toBe('second');
    expect(readdirSync(join(folder, 'new'))).toEqual(['file.txt']);
  });

  it('leaves nothing where it cannot write, and says why', () => {
    const place = join(folder, 'taken');
    mkdirSync(join(place, 'x.csv'), { recursive: true });
    expect(() => writeAtomically(join(place, 'x.csv'), 'text')).toThrow(UserError);
    expect(() => writeAtomically(join(place, 'x.csv'), 'text')).toThrow(
      /x\.csv cannot be written: it is a directory/,
    );
    expect(readdirSync(place)).toEqual(['x.csv']);
  });

  it('says so where a part of the path is a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    expect(() => writeAtomically(join(file, 'below'), 'x')).toThrow(/a part of its path is a file/);
    expect(readFileSync(file, 'utf8')).toBe('x');
  });
});
