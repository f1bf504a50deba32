import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { panels } from './panels.js';

/** Plain twins of the kernels: the same arithmetic written as loops over matrices. */

const stream = new Stream(21, 'dataset');
const integer = (bound: number) => stream.below(2 * bound + 1) - bound;

describe('packing and laying out', () => {
  it.each([1, 2, 3, 9, 25])('codes through a table, k = %i', (k) => {
    const kernels = createKernels();
    const m = 8;
    const even = k + (k & 1);
    const table = Int16Array.from({ length: 256 }, () => integer(32767));
    const codes = Uint8Array.from({ length: m * k }, () => stream.below(256));
    const [pc, pt, po] = [
      kernels.allocate(m * k),
      kernels.allocate(512),
      kernels.allocate(m * even * 2),
    ] as const;
    kernels.u8(pc, m * k).set(codes);
    kernels.i16(pt, 256).set(table);
    kernels.call.packInt16!(m, k, pc, pt, po);
    const padded = Array.from({ length: m * even }, (_, at) => {
      const p = at % even;
      return p < k ? table[codes[Math.floor(at / even) * k + p]!]! : 0;
    });
    expect([...kernels.i16(po, m * even)]).toEqual(panels(padded, m, even, 4, 2));
  });

  const windows = [
    {
      height: 5,
      width: 6,
      channels: 3,
      kernel: [3, 3],
      stride: [1, 1],
      pad: [1, 1],
      dilation: [1, 1],
      out: [5, 6],
    },
    {
      height: 7,
      width: 5,
      channels: 2,
      kernel: [2, 3],
      stride: [2, 1],
      pad: [0, 2],
      dilation: [2, 2],
      out: [3, 5],
    },
    {
      height: 1,
      width: 9,
      channels: 1,
      kernel: [1, 4],
      stride: [1, 3],
      pad: [0, 0],
      dilation: [1, 1],
      out: [1, 2],
    },
    {
      height: 4,
      width: 4,
      channels: 5,
      kernel: [4, 4],
      stride: [1, 1],
      pad: [0, 0],
      dilation: [1, 1],
      out: [1, 1],
    },
  ] as const;
  it.each(windows)('im2col of $height × $width × $channels', (w) => {
    const [kh, kw] = w.kernel;
    for (const [first, count] of [
      [0, w.channels],
      [w.channels - 1, 1],
    ] as const) {
      const kernels = createKernels();
      const k = kh * kw * count;
      const size = w.height * w.width * w.channels;
      const rows = w.out[0] * w.out[1];
      const image = Uint8Array.from({ length: size }, () => stream.below(200));
      const [pi, pr] = [kernels.allocate(size), kernels.allocate(rows * k + 16)] as const;
      kernels.u8(pi, size).set(image);
      kernels.call.im2colBytes!(
        ...([pi, pr, k, 255, w.height, w.width, w.channels, first, count, kh, kw, ...w.stride] as const),
        ...([...w.pad, ...w.dilation, ...w.out] as const),
      );
      const expected: number[] = [];
      for (let oy = 0; oy < w.out[0]; oy++) {
        for (let ox = 0; ox < w.out[1]; ox++) {
          for (let ky = 0; ky < kh; ky++) {
            for (let kx = 0; kx < kw; kx++) {
              const y = oy * w.stride[0] - w.pad[0] + ky * w.dilation[0];
              const x = ox * w.stride[1] - w.pad[1] + kx * w.dilation[1];
              const inside = y >= 0 && y < w.height && x >= 0 && x < w.width;
              for (let c = first; c < first + count; c++) {
                expected.push(inside ? image[(y * w.width + x) * w.channels + c]! : 255);
              }
            }
          }
        }
      }
      expect([...kernels.u8(pr, rows * k)]).toEqual(expected);
    }
  });
});

describe('codes', () => {
  it.each([0, 1, 5, 4096, 10_003])('counting %i of them', (n) => {
    const kernels = createKernels();
    const codes = Uint8Array.from({ length: n }, () => stream.below(7) * 36);
    const [pc, ps, ph] = [kernels.allocate(n), kernels.allocate(4096), kernels.allocate(1024)] as const;
    kernels.u8(pc, n).set(codes);
    kernels.u32(ph, 256).fill(3);
    kernels.call.countBytes!(n, pc, ps, ph);
    const expected = new Uint32Array(256).fill(3);
    for (const code of codes) expected[code]!++;
    expect(kernels.u32(ph, 256)).toEqual(expected);
  });

  it('max-pool takes the first code of the highest rank', () => {
    const kernels = createKernels();
    const [images, height, width, channels] = [2, 5, 7, 3];
    const [outHeight, outWidth] = [3, 4];
    const size = images * height * width * channels;
    const out = images * outHeight * outWidth * channels;
    const codes = Uint8Array.from({ length: size }, () => stream.below(256));
    const ranks = Uint16Array.from({ length: 256 }, () => stream.below(9));
    const [pc, po, pr] = [kernels.allocate(size), kernels.allocate(out), kernels.allocate(512)] as const;
    kernels.u8(pc, size).set(codes);
    kernels.u16(pr, 256).set(ranks);
    kernels.call.maxPoolBytes!(
      images,
      pc,
      po,
      pr,
      height,
      width,
      channels,
      3,
      2,
      2,
      2,
      1,
      1,
      1,
      2,
      outHeight,
      outWidth,
    );
    const expected: number[] = [];
    for (let image = 0; image < images; image++) {
      for (let oy = 0; oy < outHeight; oy++) {
        for (let ox = 0; ox < outWidth; ox++) {
          for (let c = 0; c < channels; c++) {
            const taps: number[] = [];
            for (let ky = 0; ky < 3; ky++) {
              for (let kx = 0; kx < 2; kx++) {
                const [y, x] = [oy * 2 - 1 + ky, ox * 2 - 1 + kx * 2];
                if (y < 0 || y >= height || x < 0 || x >= width) continue;
                taps.push(codes[((image * height + y) * width + x) * channels + c]!);
              }
            }
            expected.push(taps.reduce((best, code) => (ranks[code]! > ranks[best]! ? code : best)));
          }
        }
      }
    }
    expect([...kernels.u8(po, out)]).toEqual(expected);
  });
});
