import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Build, isUpToDate, recordOf } from '../../kernels/build/record.js';

describe('the record of a build', () => {
  let build: Build;
  const write = (path: string, text: string) => writeFileSync(join(build.root, path), text);

  beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), 'cheetah-record-'));
    build = { root, inputs: ['a.ts', 'b.ts'], outputs: ['a.wasm'], record: 'built-from.txt' };
    write('a.ts', 'one');
    write('b.ts', 'two');
    write('a.wasm', 'made of both');
    write('built-from.txt', recordOf(build));
  });
  afterEach(() => rmSync(build.root, { recursive: true }));

  it('says that nothing is to do while all files are as they were', () => {
    expect(isUpToDate(build)).toBe(true);
  });

  it.each([
    ['a changed source', 'b.ts', 'three'],
    ['an output that was cut', 'a.wasm', 'made'],
    ['a record that was cut', 'built-from.txt', ''],
  ])('does not for %s', (_, path, text) => {
    write(path, text);
    expect(isUpToDate(build)).toBe(false);
  });

  it.each(['a.ts', 'a.wasm', 'built-from.txt'])('does not without %s', (path) => {
    rmSync(join(build.root, path));
    expect(isUpToDate(build)).toBe(false);
  });

  it('does not for an output that no build has made yet, though the record knew that', () => {
    rmSync(join(build.root, 'a.wasm'));
    write('built-from.txt', recordOf(build));
    expect(isUpToDate(build)).toBe(false);
  });

  it('does not for a source more, as its list has it', () => {
    expect(isUpToDate({ ...build, inputs: [...build.inputs, 'c.ts'] })).toBe(false);
  });
});
