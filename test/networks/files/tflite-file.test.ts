import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isTfliteFile, readTflite } from '../../../networks/files/tflite-file.js';
import { everyOperator } from '../tflite/small-models.js';
import { writeTflite } from '../tflite/write-tflite.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-tflite-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

describe('a TensorFlow Lite file', () => {
  it('is one by its ending or by its mark, whatever it is called', () => {
    const model = writeTflite(everyOperator());
    const plain = written('model.bin', model);
    expect(isTfliteFile(plain)).toBe(true);
    expect(readTflite(plain).operators.length).toBeGreaterThan(0);
    expect(isTfliteFile(join(folder, 'missing.TFLITE'))).toBe(true);
  });

  it.each([
    ['an empty file', new Uint8Array()],
    ['three bytes', Uint8Array.of(1, 2, 3)],
    ['the mark in another place', Buffer.from('TFL3TFL2')],
    ['a ZIP file', Buffer.from('PK\x03\x04TFL')],
  ])('is not %s', (name, bytes) => {
    expect(isTfliteFile(written(`${name}.bin`, bytes))).toBe(false);
  });

  it('is no folder, and nothing that is not there', () => {
    expect(isTfliteFile(folder)).toBe(false);
    expect(isTfliteFile(join(folder, 'nothing'))).toBe(false);
  });
});
