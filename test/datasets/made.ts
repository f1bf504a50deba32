/** Small files in the formats the readers read, made for the tests. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A fresh folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cheetah-datasets-'));
}

function bigEndian(...words: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  return bytes;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Pixel j of image i is (37 i + j) mod 256. */
export function idxImages(count: number, rows = 28, columns = 28, magic = 2051): Uint8Array {
  const size = rows * columns;
  const pixels = Uint8Array.from(
    { length: count * size },
    (_, at) => 37 * Math.floor(at / size) + (at % size),
  );
  return joined(bigEndian(magic, count, rows, columns), pixels);
}

export function idxLabels(labels: readonly number[], magic = 2049): Uint8Array {
  return joined(bigEndian(magic, labels.length), Uint8Array.from(labels));
}

export function idxHeader(...words: number[]): Uint8Array {
  return bigEndian(...words);
}

/** One CIFAR record: red, green and blue planes count up from `label`, `label` + 1, `label` + 2. */
export function cifarRecord(label: number): Uint8Array {
  const planes = [0, 1, 2].map((plane) =>
    Uint8Array.from({ length: 1024 }, (_, i) => (label + plane + i) % 256),
  );
  return joined(Uint8Array.of(label), ...planes);
}

/** Writes `content` under `name` in `folder`, packed where the name ends in .gz; gives the path. */
export function write(folder: string, name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(content) : content);
  return path;
}

/** A ustar archive of regular files. */
export function tar(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, content] of files) {
    const header = Buffer.alloc(512);
    header.write(name, 0, 'latin1');
    header.write('0000644\0', 100, 'latin1');
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    header.write('        0', 148, 'latin1');
    header.write('ustar\0', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    parts.push(header, content, new Uint8Array((512 - (content.length % 512)) % 512));
  }
  return joined(...parts, new Uint8Array(1024));
}
