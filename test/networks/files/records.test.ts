import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../errors.js';
import { encodeRecords, type RecordPart, readRecords, recordBytes } from '../../../networks/files/records.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

const part = (type: RecordPart['type'], ...shape: number[]): RecordPart => ({
  name: 'x',
  type,
  shape,
  size: shape.reduce((product, extent) => product * extent, 1),
});

/** A .npy as NumPy writes one, and ways in which it may not. */
function npy(
  header: string,
  content: Uint8Array,
  { version = 1, length }: { version?: number; length?: number } = {},
): Uint8Array {
  const text = Buffer.from(`${header}\n`, 'latin1');
  const size = Buffer.alloc(version >= 2 ? 4 : 2);
  if (version >= 2) size.writeUInt32LE(length ?? text.length);
  else size.writeUInt16LE(length ?? text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.from([version, 0]), size, text, content]);
}
const header = (descr: string, shape: string, order = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

function read(bytes: Uint8Array, parts: readonly RecordPart[], name = 'a.npy'): Uint8Array {
  writeFileSync(join(folder, name), bytes);
  return readRecords(join(folder, name), parts);
}

/** The line with which the file is refused, without its folder. */
function refusal(bytes: Uint8Array, parts: readonly RecordPart[], name = 'a.npy'): string {
  try {
    read(bytes, parts, name);
  } catch (error) {
    if (!(error instanceof UserError) || error.message.includes('\n')) throw error;
    return error.message.replace(`${folder}/`, '');
  }
  throw new Error('it is read');
}

const BYTES = Uint8Array.from({ length: 12 }, (_, i) => i * 20);

describe('records of a .npy', () => {
  it.each([1, 2, 3])('of version %i', (version) => {
    const file = npy(header('|i1', '(2, 3, 2)'), BYTES, { version });
    expect([...read(file, [part('int8', 3, 2)])]).toEqual([...BYTES]);
  });

  it.each([
    ['uint8', '|u1', 1],
    ['int8', '|i1', 1],
    ['int16', '<i2', 2],
    ['float32', '<f4', 4],
  ] as const)('of %s', (type, descr, bytes) => {
    const each = BYTES.length / bytes;
    expect([...read(npy(header(descr, `(${each},)`), BYTES), [part(type)])]).toEqual([...BYTES]);
    expect([...read(npy(header(descr, `(1, ${each})`), BYTES), [part(type, each)])]).toEqual([...BYTES]);
    const wrong = type === 'int8' ? 'uint8' : 'int8';
    expect(refusal(npy(header(descr, `(1, ${each})`), BYTES), [part(wrong, each)])).toContain(
      `a.npy has values of type ${descr}; the input is ${wrong}`,
    );
  });

  it('of any order of the header’s keys', () => {
    const odd = "{'shape': (4,3), 'fortran_order':False,'descr':'|u1'}            ";
    expect(read(npy(odd, BYTES), [part('uint8', 3)])).toHaveLength(12);
  });

  it('is refused where shape, order or length are others', () => {
    const parts = [part('uint8', 3, 2)];
    expect(refusal(npy(header('|u1', '(3, 2, 2)'), BYTES), parts)).toBe(
      'a.npy has shape (3, 2, 2); records of [3, 2] along the first axis are read',
    );
    expect(refusal(npy(header('|u1', '()'), BYTES), parts)).toContain('has shape ()');
    expect(refusal(npy(header('|u1', '(2, 3, 2)', 'True'), BYTES), parts)).toBe('a.npy is not in C order');
    expect(refusal(npy(header('|u1', '(-2, 3, 2)'), BYTES), parts)).toBe('a.npy is not in C order');
    expect(refusal(npy(header('|u1', '(3, 3, 2)'), BYTES), parts)).toContain('it holds 12 bytes of values');
    expect(refusal(npy(header('|u1', '(1, 3, 2)'), BYTES), parts)).toContain('it holds 12 bytes of values');
    expect(refusal(npy(header('|u1', '(0, 3, 2)'), new Uint8Array()), parts)).toContain('no whole number');
    expect(refusal(npy(header('>f4', '(1, 3)'), BYTES), [part('float32', 3)])).toContain('type >f4');
    expect(refusal(npy(header('|u1', '(2, 3, 2)'), BYTES), [...parts, ...parts])).toContain('has 2 tensors');
  });

  it('is refused where it is none, or of another version', () => {
    const parts = [part('uint8', 3, 2)];
    expect(refusal(BYTES, parts)).toBe('a.npy is no .npy file');
    for (const version of [0, 4, 255]) {
      expect(refusal(npy(header('|u1', '(2, 3, 2)'), BYTES, { version }), parts)).toBe(
        `a.npy is a .npy of version ${version}; 1 to 3 are read`,
      );
    }
    for (const version of [1, 2]) {
      expect(refusal(npy('{}', BYTES, { version, length: 60_000 }), parts)).toContain(
        'its header does not end',
      );
    }
    expect(refusal(npy('{}', BYTES, { version: 2, length: 2 ** 32 - 1 }), parts)).toContain('does not end');
  });

  it('is refused at every length it may be cut to', () => {
    const whole = npy(header('|u1', '(2, 3, 2)'), BYTES);
    for (let length = 0; length < whole.length; length++) {
      expect(refusal(whole.subarray(0, length), [part('uint8', 3, 2)])).toMatch(/^a\.npy /);
    }
  });
});

describe('raw records', () => {
  it('are whole records, of several tensors too', () => {
    const parts = [part('uint8', 2), part('float32', 1)];
    expect(recordBytes(parts)).toBe(6);
    expect([...read(BYTES, parts, 'a.bin')]).toEqual([...BYTES]);
    expect(refusal(BYTES.subarray(0, 11), parts, 'a.bin')).toBe(
      'a.bin has 11 bytes, which is no whole number of records of 6: x uint8 [2] and x float32 [1]',
    );
    expect(refusal(new Uint8Array(), parts, 'a.bin')).toContain('has 0 bytes');
  });
});

describe('what is written', () => {
  it.each([
    ['int8', '|i1', []],
    ['float32', '<f4', [3]],
    ['int16', '<i2', [1, 2, 3]],
  ] as const)('of %s is a .npy that is read again, its head a multiple of 64', (type, descr, shape) => {
    const parts = [part(type, ...shape)];
    const content = BYTES.subarray(0, Math.floor(12 / recordBytes(parts)) * recordBytes(parts));
    const bytes = encodeRecords('b.npy', parts, content);
    const start = bytes.length - content.length;
    expect(start % 64).toBe(0);
    const count = content.length / recordBytes(parts);
    const tuple = shape.length === 0 ? `(${count},)` : `(${[count, ...shape].join(', ')})`;
    expect(Buffer.from(bytes.subarray(10, start)).toString()).toMatch(/ *\n$/);
    expect(Buffer.from(bytes.subarray(10, start)).toString().trimEnd()).toBe(header(descr, tuple));
    expect([...read(bytes, parts)]).toEqual([...content]);
  });

  it('is raw under another name, and of several tensors only there', () => {
    const parts = [part('int8', 2), part('int8', 1)];
    expect(encodeRecords('b.bin', parts, BYTES)).toBe(BYTES);
    expect(() => encodeRecords('b.npy', parts, BYTES)).toThrow(UserError);
  });
});
