import { describe, expect, it } from 'vitest';
import { plainPieces } from '../../input/lines.js';

async function plain(content: Uint8Array | string, size: number): Promise<string> {
  const bytes = Buffer.from(content);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const parts: Uint8Array[] = [];
  for await (const part of plainPieces(pieces(), 'stdin')) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('text in pieces', () => {
  it('is the same however it is cut: no mark, and \\n alone', async () => {
    const text = '\uFEFF1\r\n2\r3\n\r\n\n\ré and more than sixteen bytes\r\n\r\r\n';
    for (const size of [1, 2, 3, 5, 16, 17, 1000]) {
      expect(await plain(text, size)).toBe('1\n2\n3\n\n\n\né and more than sixteen bytes\n\n\n');
    }
    expect(await plain('', 1)).toBe('');
    expect(await plain('\uFEFF1\r', 2)).toBe('1\n');
  });

  it('is refused as UTF-16 and where it holds NUL', async () => {
    for (const size of [1, 2, 100]) {
      await expect(plain(Buffer.from('\uFEFF1\n2\n', 'utf16le'), size)).rejects.toThrow('stdin is UTF-16');
      await expect(plain(Buffer.from('1234567890\n', 'utf16le'), size)).rejects.toThrow(/NUL/);
      await expect(plain(`${'1\n'.repeat(20)}\0`, size)).rejects.toThrow(/NUL/);
    }
  });
});
