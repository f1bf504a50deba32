import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Dataset, normalizedImages } from '../../datasets/dataset.js';
import { canonicalName, loadDataset } from '../../datasets/load.js';

/** All 256 bytes as one split. */
function everyByte(dataset: Dataset): Float32Array {
  const raw = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
  const split = { count: 1, labels: Uint8Array.of(0), raw };
  const out = new Float32Array(784);
  normalizedImages(dataset, split, Uint32Array.of(0), out);
  return out.subarray(0, 256);
}

describe('pixels in the range of a network of others', () => {
  const load = (name: string): Promise<Dataset> => loadDataset(name, undefined, { train: 20, test: 10 });

  it('raw gives the bytes themselves', async () => {
    const got = everyByte(await load('strokes:raw'));
    expect([...got]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  });

  it.each([
    ['unit', (byte: number) => byte / 255],
    ['signed', (byte: number) => (2 * byte - 255) / 255],
  ] as const)('%s gives the nearest float32', async (range, wanted) => {
    const got = everyByte(await load(`strokes:${range}`));
    expect([...got]).toEqual(Array.from({ length: 256 }, (_, byte) => Math.fround(wanted(byte))));
  });

  it('the images, their order and their checksum are those of the set, the name is its own', async () => {
    const [plain, ranged] = await Promise.all([load('strokes'), load('builtin:unit')]);
    expect(ranged.test).toEqual(plain.test);
    expect(ranged.name).toBe('strokes:unit');
    expect(ranged.checksum).toBe(plain.checksum);
    expect(ranged.origin).toEqual({ ...plain.origin, dataset: 'strokes:unit' });
    expect(canonicalName('builtin:unit')).toBe('strokes:unit');
  });

  it('unknown ranges and tables are refused', async () => {
    await expect(load('strokes:byte')).rejects.toThrow(/dataset strokes:byte is unknown/);
    const csv = join(mkdtempSync(join(tmpdir(), 'pixels-')), 'table.csv');
    writeFileSync(csv, `a,label\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 2}`).join('\n')}\n`);
    expect((await loadDataset(csv)).shape).toEqual([1]);
    await expect(loadDataset(`${csv}:raw`)).rejects.toThrow(/:raw: it has features and no pixels/);
  });
});
