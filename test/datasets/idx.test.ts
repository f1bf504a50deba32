import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readIdxImages, readIdxLabels } from '../../datasets/idx.js';
import { UserError } from '../../errors.js';
import { idxHeader, idxImages, idxLabels, joined, temporaryFolder, write } from './made.js';

const folder = temporaryFolder();

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('nothing was refused');
}

describe('IDX files', () => {
  it('give counts, axes, pixels and labels, raw and .gz alike', () => {
    const content = idxImages(3, 5, 4);
    const raw = readIdxImages(write(folder, 'images', content));
    expect(raw).toMatchObject({ count: 3, rows: 5, columns: 4 });
    expect([...raw.pixels]).toEqual([...content.subarray(16)]);
    const packed = readIdxImages(write(folder, 'images.gz', content));
    expect({ ...packed, pixels: [...packed.pixels] }).toEqual({ ...raw, pixels: [...raw.pixels] });
    for (const name of ['labels', 'labels.gz']) {
      expect([...readIdxLabels(write(folder, name, idxLabels([7, 0, 9])), 10)]).toEqual([7, 0, 9]);
    }
  });

  for (const ending of ['', '.gz']) {
    it(`are refused when truncated, too long or empty (${ending || 'raw'})`, () => {
      const content = idxImages(3, 5, 4);
      const short = write(folder, `short${ending}`, content.subarray(0, content.length - 1));
      expect(refusal(() => readIdxImages(short))).toMatch(/truncated: 75 bytes where 76 belong/);
      const long = write(folder, `long${ending}`, joined(content, Uint8Array.of(1)));
      expect(refusal(() => readIdxImages(long))).toMatch(/more than the 76 bytes|too long: 77 bytes/);
      const stub = write(folder, `stub${ending}`, content.subarray(0, 10));
      expect(refusal(() => readIdxImages(stub))).toMatch(/truncated: 10 bytes; an IDX header has 16/);
      const none = write(folder, `none${ending}`, new Uint8Array(0));
      expect(refusal(() => readIdxLabels(none, 10))).toMatch(/truncated: 0 bytes/);
    });

    it(`are refused for a wrong magic, an empty axis, a label out of range (${ending || 'raw'})`, () => {
      const wrong = write(folder, `wrong${ending}`, idxImages(1, 5, 4, 2052));
      expect(refusal(() => readIdxImages(wrong))).toMatch(/magic number 2052 where IDX images have 2051/);
      const swapped = write(folder, `swapped${ending}`, idxLabels([1, 2, 3, 4, 5, 6, 7, 8]));
      expect(refusal(() => readIdxImages(swapped))).toMatch(/magic number 2049/);
      const flat = write(folder, `flat${ending}`, idxHeader(2051, 4, 0, 4));
      expect(refusal(() => readIdxImages(flat))).toMatch(/4×0×4; an axis of length 0/);
      const ten = write(folder, `ten${ending}`, idxLabels([1, 10]));
      expect(refusal(() => readIdxLabels(ten, 10))).toMatch(/label 1 is 10; labels are 0\.\.9/);
    });
  }

  it('are refused when the header announces more than is read at all, or than gzip can hold', () => {
    const huge = write(folder, 'huge', idxHeader(2051, 0xffffffff, 0xffff, 0xffff));
    expect(refusal(() => readIdxImages(huge))).toMatch(/at most 1073741824 are read/);
    const liar = write(folder, 'liar.gz', idxHeader(2051, 1000, 1000, 1000));
    expect(refusal(() => readIdxImages(liar))).toMatch(/truncated/);
  });

  it('unpack no more than the header says, whatever a gzip bomb holds', () => {
    const bomb = joined(idxLabels([1, 2, 3]), new Uint8Array(64 * 2 ** 20));
    const path = join(folder, 'bomb.gz');
    writeFileSync(path, gzipSync(bomb, { level: 9 }));
    const before = process.memoryUsage().arrayBuffers;
    expect(refusal(() => readIdxLabels(path, 10))).toMatch(/unpacks to more than the 11 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
  });

  it('are refused when the gzip stream is cut or is none', () => {
    const whole = gzipSync(idxImages(40));
    const cut = join(folder, 'cut.gz');
    writeFileSync(cut, whole.subarray(0, whole.length - 20));
    expect(refusal(() => readIdxImages(cut))).toMatch(/not a whole gzip file/);
  });

  it('are known to be gzip by their bytes, not by their names', () => {
    const plain = join(folder, 'plain.gz');
    writeFileSync(plain, idxImages(1));
    expect(readIdxImages(plain).count).toBe(1);
    const packed = join(folder, 'train-images-idx3-ubyte');
    writeFileSync(packed, gzipSync(idxImages(2)));
    expect(readIdxImages(packed).count).toBe(2);
  });
});
