/** Reads a PNG by the book (PNG, third edition): its size, its density and the colour of each dot. */
import { inflateSync } from 'node:zlib';

export function pixelsOf(png: Buffer): {
  size: [width: number, height: number];
  density: number | undefined;
  at(x: number, y: number): number[];
} {
  const chunks: { kind: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({
      kind: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  const header = chunks[0]!.data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const samples = { 2: 3, 6: 4 }[header[9] as 2 | 6];
  if (header[8] !== 8 || samples === undefined || header[12] !== 0) throw new Error('a PNG of another kind');
  const packed = chunks.filter(({ kind }) => kind === 'IDAT').map(({ data }) => data);
  const lines = inflateSync(Buffer.concat(packed));
  const stride = width * samples;
  const dots = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const left = i >= samples ? dots[y * stride + i - samples]! : 0;
      const above = y > 0 ? dots[(y - 1) * stride + i]! : 0;
      const corner = i >= samples && y > 0 ? dots[(y - 1) * stride + i - samples]! : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      dots[y * stride + i] = lines[y * (stride + 1) + 1 + i]! + guess;
    }
  }
  return {
    size: [width, height],
    density: chunks.find(({ kind }) => kind === 'pHYs')?.data.readUInt32BE(0),
    at: (x, y) => {
      const found = [...dots.subarray(y * stride + x * samples, y * stride + (x + 1) * samples)];
      return samples === 3 ? [...found, 255] : found;
    },
  };
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(guess - value)) as [number, number, number];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
