import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

/** Plain twins of the kernels: the same arithmetic written as loops over matrices. */

const stream = new Stream(21, 'dataset');
const integer = (bound: number) => stream.below(2 * bound + 1) - bound;
const bell = () => stream.uniform() + stream.uniform() - 1;

/** [rows][k] into panels of `tile` rows, `group` values of k side by side. */
function panels(values: ArrayLike<number>, rows: number, k: number, tile: number, group: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < rows; i += tile) {
    for (let p = 0; p < k; p += group) {
      for (let r = i; r < i + tile; r++) for (let g = 0; g < group; g++) out.push(values[r * k + p + g]!);
    }
  }
  return out;
}

const shapes = [
  [4, 8, 2],
  [8, 8, 6],
  [12, 24, 150],
  [4, 16, 1000],
] as const;

describe('packed GEMMs', () => {
  it.each(shapes)('int16, %i × %i × %i', (m, n, k) => {
    const a = Int16Array.from({ length: m * k }, () => integer(300));
    const b = Int16Array.from({ length: n * k }, () => integer(300));
    const start = Int32Array.from({ length: n }, () => integer(1 << 20));
    const kernels = createKernels();
    const [pa, pb, ps, pc] = [
      kernels.allocate(m * k * 2),
      kernels.allocate(n * k * 2),
      kernels.allocate(n * 4),
      kernels.allocate(m * n * 4),
    ] as const;
    kernels.i16(pa, m * k).set(panels(a, m, k, 4, 2));
    kernels.i16(pb, n * k).set(panels(b, n, k, 8, 2));
    kernels.i32(ps, n).set(start);
    kernels.call.gemmInt16!(m, n, k, pa, pb, ps, pc);
    const expected = Int32Array.from({ length: m * n }, (_, at) => {
      let sum = start[at % n]!;
      for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p]! * b[(at % n) * k + p]!;
      return sum;
    });
    expect(kernels.i32(pc, m * n)).toEqual(expected);
  });

  it('int16 at the ends of its range and of int32', () => {
    const kernels = createKernels();
    const k = 2;
    const [pa, pb, ps, pc] = [
      kernels.allocate(64),
      kernels.allocate(64),
      kernels.allocate(64),
      kernels.allocate(256),
    ] as const;
    kernels.i16(pa, 4 * k).fill(32767);
    kernels.i16(pb, 8 * k).fill(-32767);
    kernels.i32(ps, 8).fill(-131069);
    kernels.call.gemmInt16!(4, 8, k, pa, pb, ps, pc);
    expect(kernels.i32(pc, 32)[31]).toBe(-2 * 32767 * 32767 - 131069);
  });

  it.each(shapes)('float32, %i × %i × %i, every rounding in its order', (m, n, k) => {
    const a = Float32Array.from({ length: m * k }, bell);
    const b = Float32Array.from({ length: n * k }, bell);
    const start = Float32Array.from({ length: n }, bell);
    const kernels = createKernels();
    const [pa, pb, ps, pc] = [
      kernels.allocate(m * k * 4),
      kernels.allocate(n * k * 4),
      kernels.allocate(n * 4),
      kernels.allocate(m * n * 4),
    ] as const;
    kernels.f32(pa, m * k).set(panels(a, m, k, 4, 1));
    kernels.f32(pb, n * k).set(panels(b, n, k, 8, 1));
    kernels.f32(ps, n).set(start);
    kernels.call.gemmFloat32!(m, n, k, pa, pb, ps, pc);
    const expected = Float32Array.from({ length: m * n }, (_, at) => {
      let sum = start[at % n]!;
      for (let p = 0; p < k; p++) {
        sum = Math.fround(sum + Math.fround(a[Math.floor(at / n) * k + p]! * b[(at % n) * k + p]!));
      }
      return sum;
    });
    expect(kernels.f32(pc, m * n)).toEqual(expected);
  });

  it.each(shapes)('float64, %i × %i × %i, packed by the kernel', (m, n, k) => {
    const a = Float64Array.from({ length: m * k }, bell);
    const b = Float64Array.from({ length: n * k }, bell);
    const kernels = createKernels();
    const [rows, pa, pb, pc] = [
      kernels.allocate(m * k * 8),
      kernels.allocate(m * k * 8),
      kernels.allocate(n * k * 8),
      kernels.allocate(m * n * 8),
    ] as const;
    kernels.f64(rows, m * k).set(a);
    kernels.call.packFloat64!(m, k, rows, pa);
    expect([...kernels.f64(pa, m * k)]).toEqual(panels(a, m, k, 4, 1));
    kernels.f64(pb, n * k).set(panels(b, n, k, 4, 1));
    kernels.call.gemmFloat64!(m, n, k, pa, pb, pc);
    const expected = Float64Array.from({ length: m * n }, (_, at) => {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p]! * b[(at % n) * k + p]!;
      return sum;
    });
    expect(kernels.f64(pc, m * n)).toEqual(expected);
  });
});

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

  it.each([1, 2, 7, 150])('the same with norms of values and of what they leave out, k = %i', (k) => {
    const kernels = createKernels();
    const m = 8;
    const even = k + (k & 1);
    const values = Int16Array.from({ length: 256 }, () => integer(32767));
    const squares = Uint16Array.from({ length: 256 }, () => stream.below(4097));
    const codes = Uint8Array.from({ length: m * k }, () => stream.below(256));
    const [pc, pt, po, pr] = [
      kernels.allocate(m * k),
      kernels.allocate(1024),
      kernels.allocate(m * even * 2),
      kernels.allocate(m * 16),
    ] as const;
    kernels.u8(pc, m * k).set(codes);
    kernels
      .u32(pt, 256)
      .set(Uint32Array.from(values, (v, code) => ((v & 0xffff) | (squares[code]! << 16)) >>> 0));
    const slack = 1 + (k + 8) * 2 ** -24;
    const largest = kernels.call.packInt16Norms!(m, k, pc, pt, po, pr, slack);
    const padded = Array.from({ length: m * even }, (_, at) => {
      const p = at % even;
      return p < k ? values[codes[Math.floor(at / even) * k + p]!]! : 0;
    });
    expect([...kernels.i16(po, m * even)]).toEqual(panels(padded, m, even, 4, 2));
    const rows = kernels.f64(pr, 2 * m);
    for (let row = 0; row < m; row++) {
      const of = [...codes.subarray(row * k, (row + 1) * k)];
      const rest = Math.sqrt(of.reduce((s, c) => s + squares[c]!, 0) * 2 ** -14);
      const norm = Math.sqrt(of.reduce((s, c) => s + values[c]! ** 2, 0)) + rest;
      expect(rows[2 * row]! >= norm && rows[2 * row]! <= norm * (1 + k * 2 ** -20)).toBe(true);
      expect(rows[2 * row + 1]! >= rest && rows[2 * row + 1]! <= rest * (1 + k * 2 ** -20)).toBe(true);
    }
    expect(largest).toBe(Math.max(...rows.filter((_, i) => i % 2 === 0)));
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
