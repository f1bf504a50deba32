import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isFile, readBytes, readHead, requireFile } from '../../input/bounded-file.js';
import { readUnpacked } from '../../input/packed-file.js';
import { complaintOf } from '../cli/in-process.js';
import { temporaryFolder } from '../datasets/made.js';
import { commandsOf } from './file-options.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const bounds = { most: 10, wanted: 'a list of names' };

describe('readBytes', () => {
  it('gives the content of a file, also through a link, up to the bound', () => {
    writeFileSync(at('ten'), '0123456789');
    symlinkSync(at('ten'), at('link'));
    for (const name of ['ten', 'link']) {
      expect(Buffer.from(readBytes(at(name), bounds)).toString()).toBe('0123456789');
    }
    writeFileSync(at('none'), '');
    expect(readBytes(at('none'), bounds)).toHaveLength(0);
    expect(readHead(at('ten'), 4, 'x')).toEqual({ head: Uint8Array.from(Buffer.from('0123')), size: 10 });
  });

  it('refuses what is too large, by what the system says and by what comes', () => {
    writeFileSync(at('eleven'), '0123456789a');
    expect(() => readBytes(at('eleven'), bounds)).toThrow(
      /eleven has 11 bytes; at most 10 bytes are read: give a list of names$/,
    );
    expect(() => requireFile(at('eleven'), bounds)).toThrow(/11 bytes/);
  });

  it.runIf(process.platform === 'linux')('reads files that state no size, up to the bound', () => {
    expect(() => readBytes('/proc/self/status', bounds)).toThrow(/has more; at most 10 bytes/);
    const status = readBytes('/proc/self/status', { most: 100_000, wanted: 'x' });
    expect(Buffer.from(status).toString()).toContain(`Pid:\t${process.pid}`);
  });

  it('says what stands there where it is no file, without waiting for it', async () => {
    mkdirSync(at('directory'));
    execFileSync('mkfifo', [at('fifo')]);
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    symlinkSync(at('loop'), at('loop'));
    try {
      for (const [path, reason] of [
        [at('directory'), /is a directory, not a file; give a list of names$/],
        [at('fifo'), /is a pipe \(FIFO\), not a file; give/],
        [at('socket'), /is a socket/],
        ['/dev/zero', /is a device, not a file/],
        ['/dev/null', /is a device, not a file/],
        [at('loop'), /its links lead back to themselves/],
        [at('absent'), /absent does not exist; give/],
        [join(at('ten'), 'x'), /does not exist: a part of its path is a file/],
        [at('x'.repeat(5000)), /does not exist: no name is that long/],
        ['a\0b', /does not exist: no name has a NUL/],
      ] as const) {
        expect(() => readBytes(path, bounds)).toThrow(reason);
        expect(() => requireFile(path, bounds)).toThrow(reason);
        expect(isFile(path)).toBe(false);
      }
    } finally {
      server.close();
    }
  });
});

describe('readUnpacked', () => {
  it('knows gzip by its first bytes, whatever the name', () => {
    writeFileSync(at('names.txt'), gzipSync('a,b'));
    expect(Buffer.from(readUnpacked(at('names.txt'), { most: 100, wanted: 'x' })).toString()).toBe('a,b');
    writeFileSync(at('plain.gz'), 'a,b');
    expect(Buffer.from(readUnpacked(at('plain.gz'), bounds)).toString()).toBe('a,b');
  });

  it('stops at the bound, and says where the gzip is damaged', () => {
    const packed = gzipSync(Buffer.alloc(2 ** 24));
    writeFileSync(at('bomb.gz'), packed);
    expect(() => readUnpacked(at('bomb.gz'), { most: 2 ** 20, wanted: 'x' })).toThrow(
      /unpacks to more than the 1048576 bytes that are read; give x/,
    );
    writeFileSync(at('cut.gz'), packed.subarray(0, 100));
    expect(() => readUnpacked(at('cut.gz'), { most: 2 ** 20, wanted: 'x' })).toThrow(/not a whole gzip file/);
  });
});

describe('every option that names a file refuses a device in one line; a pipe: test/cli/fifo.long.test.ts', () => {
  it.each(commandsOf('/dev/zero', at('mine.json')))('%s %s', async (...args) => {
    expect(await complaintOf(args)).toMatch(/^cheetah: .* is a device, not a file; give .*$/);
  });
});
