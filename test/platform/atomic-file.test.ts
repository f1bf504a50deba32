import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { isTemporaryName, temporaryName, writeAtomically } from '../../platform/atomic-file.js';

const builtAtomicFile = fileURLToPath(new URL('../../dist/platform/atomic-file.js', import.meta.url));
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

  it('follows a symbolic link and leaves it one, also where its target is not there yet', () => {
    const place = join(folder, 'links');
    mkdirSync(join(place, 'real'), { recursive: true });
    writeFileSync(join(place, 'real', 'old.csv'), 'old');
    for (const target of ['old.csv', 'new.csv']) {
      const link = join(place, target);
      symlinkSync(join('real', target), link);
      writeAtomically(link, `through ${target}`);
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(place, 'real', target), 'utf8')).toBe(`through ${target}`);
    }
    symlinkSync('circle', join(place, 'circle'));
    expect(() => writeAtomically(join(place, 'circle'), 'x')).toThrow(/circle/);
    expect(readdirSync(place).sort()).toEqual(['circle', 'new.csv', 'old.csv', 'real']);
  });

  it('writes into a device and leaves it a device', () => {
    writeAtomically('/dev/null', 'gone');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('writes into a FIFO, behind which its reader gets every byte', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const text = 'row\n'.repeat(50_000);
    const reader = execFile('cat', [fifo], { maxBuffer: 2 ** 20 });
    let read = '';
    reader.stdout!.on('data', (piece: string) => {
      read += piece;
    });
    // a thread writes, for what a full FIFO blocks would never read here
    const writer = new Worker(
      `import('${pathToFileURL(builtAtomicFile)}').then(({ writeAtomically }) => writeAtomically(...require('node:worker_threads').workerData))`,
      { eval: true, workerData: [fifo, text] },
    );
    await Promise.all([once(reader, 'close'), once(writer, 'exit')]);
    expect(read).toBe(text);
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  it('keeps the permissions of a file it replaces', () => {
    const file = join(folder, 'mode.txt');
    writeFileSync(file, 'old', { mode: 0o640 });
    writeAtomically(file, 'new');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('cleans up what killed processes left, and nothing else', () => {
    const place = join(folder, 'left');
    mkdirSync(place);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const own = basename(temporaryName(place));
    const others = own.replace(/-\d+-/, `-${dead}-`);
    const elsewhere = own.replace(/^\.cheetah-.{8}-\d+-/, `.cheetah-00000000-${dead}-`);
    for (const name of [own, others, elsewhere, 'file.123.tmp']) writeFileSync(join(place, name), 'half');
    writeAtomically(join(place, 'file'), 'whole');
    expect(readdirSync(place).sort()).toEqual([own, elsewhere, 'file', 'file.123.tmp'].sort());
  });

  it('has names of its own for every thread', () => {
    const names = Array.from({ length: 1000 }, () => temporaryName(folder));
    expect(new Set(names).size).toBe(1000);
    expect(names.every((name) => isTemporaryName(basename(name)))).toBe(true);
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
