import { describe, expect, it } from 'vitest';
import { readCifarBatches } from '../../datasets/cifar.js';
import { cifarRecord, joined, temporaryFolder, write } from './made.js';

const folder = temporaryFolder();

describe('CIFAR-10 batches', () => {
  it('become channels last, batch after batch, raw and .gz alike', () => {
    const first = write(folder, 'a.bin', joined(cifarRecord(3), cifarRecord(9)));
    const second = write(folder, 'b.bin.gz', cifarRecord(0));
    const split = readCifarBatches([first, second]);
    expect(split.count).toBe(3);
    expect([...split.labels]).toEqual([3, 9, 0]);
    expect(split.raw.length).toBe(3 * 3072);
    expect([...split.raw.subarray(0, 6)]).toEqual([3, 4, 5, 4, 5, 6]);
    expect([...split.raw.subarray(2 * 3072 + 3 * 1023)]).toEqual([255, 0, 1]);
    expect(split.raw.buffer).toBeInstanceOf(SharedArrayBuffer);
    const packed = readCifarBatches([
      write(folder, 'a.bin.gz', joined(cifarRecord(3), cifarRecord(9))),
      second,
    ]);
    expect(packed.raw).toEqual(split.raw);
  });

  it('are refused as part records, empty, too long, or with a label above 9', () => {
    const part = write(folder, 'part.bin', cifarRecord(1).subarray(0, 3072));
    expect(() => readCifarBatches([part])).toThrow(/truncated: 3072 bytes are not whole records of 3073/);
    const none = write(folder, 'none.bin', new Uint8Array(0));
    expect(() => readCifarBatches([none])).toThrow(/truncated: 0 bytes/);
    const ten = write(folder, 'ten.bin.gz', joined(cifarRecord(1), cifarRecord(10)));
    expect(() => readCifarBatches([ten])).toThrow(/record 1 has label 10; labels are 0\.\.9/);
    const bomb = write(folder, 'bomb.bin.gz', new Uint8Array(3073 * 10_001));
    expect(() => readCifarBatches([bomb])).toThrow(/unpacks to more than the 30730000 bytes/);
    const long = write(folder, 'long.bin', new Uint8Array(3073 * 10_001));
    expect(() => readCifarBatches([long])).toThrow(/at most 30730000 bytes are read/);
  });
});
