import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

/** Plain twins of the kernels that lay out, pack and pool windows. */

const stream = new Stream(22, 'dataset');

interface Window {
  readonly size: readonly [height: number, width: number, channels: number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly out: readonly [number, number];
}

const windows: readonly Window[] = [
  { size: [5, 6, 3], kernel: [3, 3], stride: [1, 1], pad: [1, 1], dilation: [1, 1], out: [5, 6] },
  { size: [7, 5, 2], kernel: [2, 3], stride: [2, 1], pad: [0, 2], dilation: [2, 2], out: [3, 5] },
  // conv1d
  { size: [1, 9, 1], kernel: [1, 4], stride: [1, 3], pad: [0, 0], dilation: [1, 1], out: [1, 2] },
  { size: [1, 8, 5], kernel: [1, 3], stride: [1, 1], pad: [0, 2], dilation: [1, 2], out: [1, 8] },
  // one window, one tap, one code
  { size: [4, 4, 5], kernel: [4, 4], stride: [1, 1], pad: [0, 0], dilation: [1, 1], out: [1, 1] },
  { size: [1, 1, 1], kernel: [1, 1], stride: [1, 1], pad: [0, 0], dilation: [1, 1], out: [1, 1] },
  // runs of more than eight values, windows over the end of a line, strides beyond the window
  { size: [6, 7, 6], kernel: [5, 5], stride: [1, 1], pad: [2, 2], dilation: [1, 1], out: [6, 7] },
  { size: [9, 11, 17], kernel: [2, 1], stride: [4, 5], pad: [0, 0], dilation: [3, 1], out: [2, 3] },
];

const named = windows.map((w) => [`${w.size.join('×')}, kernel ${w.kernel.join('×')}`, w] as const);

/** Input places of the taps of every window, −1 outside: [window][ky][kx], a pixel's first code. */
function tapsOf(w: Window): number[][] {
  const [height, width, channels] = w.size;
  const out: number[][] = [];
  for (let oy = 0; oy < w.out[0]; oy++) {
    for (let ox = 0; ox < w.out[1]; ox++) {
      const taps: number[] = [];
      for (let ky = 0; ky < w.kernel[0]; ky++) {
        for (let kx = 0; kx < w.kernel[1]; kx++) {
          const y = oy * w.stride[0] - w.pad[0] + ky * w.dilation[0];
          const x = ox * w.stride[1] - w.pad[1] + kx * w.dilation[1];
          const inside = y >= 0 && y < height && x >= 0 && x < width;
          taps.push(inside ? (y * width + x) * channels : -1);
        }
      }
      out.push(taps);
    }
  }
  return out;
}

/** Windows as rows of codes, of every pixel `count` from `first` on. */
function rowsOf(w: Window, image: ArrayLike<number>, first: number, count: number, pad: number): number[][] {
  return tapsOf(w).map((taps) =>
    taps.flatMap((at) => Array.from({ length: count }, (_, c) => (at < 0 ? pad : image[at + first + c]!))),
  );
}

/** All channels, and the last one alone, as a depthwise group reads it. */
const groupsOf = (w: Window) => [[0, w.size[2]] as const, [w.size[2] - 1, 1] as const];

const kernels = createKernels();

function place(values: ArrayLike<number>, bytes: 1 | 2 | 4, slack = 0): number {
  const pointer = kernels.allocate(values.length * bytes + slack);
  view(pointer, values.length, bytes).set(values);
  return pointer;
}

function view(pointer: number, length: number, bytes: 1 | 2 | 4): Uint8Array | Uint16Array | Uint32Array {
  if (bytes === 1) return kernels.u8(pointer, length);
  return bytes === 2 ? kernels.u16(pointer, length) : kernels.u32(pointer, length);
}

describe('windows as rows of codes', () => {
  it.each(named)('%s, of 8, 16 and 32 bits', (_, w) => {
    const [height, width, channels] = w.size;
    for (const bytes of [1, 2, 4] as const) {
      const image = Array.from({ length: height * width * channels }, () =>
        stream.below(2 ** (8 * bytes) - 1),
      );
      const pad = 2 ** (8 * bytes) - 1;
      const input = place(image, bytes, 16);
      for (const [first, count] of groupsOf(w)) {
        const expected = rowsOf(w, image, first, count, pad).flat();
        const rows = kernels.allocate(expected.length * bytes + 16);
        // biome-ignore format: places, image, window, outputs
        kernels.call.im2colCodes(
          input, rows, bytes, pad | 0, height, width, channels, first, count,
          ...w.kernel, ...w.stride, ...w.pad, ...w.dilation, ...w.out,
        );
        expect([...view(rows, expected.length, bytes)]).toEqual(expected);
      }
    }
  });

  it.each(named)('%s: those of listed outputs, of neighbours once', (_, w) => {
    const [height, width, channels] = w.size;
    const n = 3;
    for (const bytes of [1, 2, 4] as const) {
      const image = Array.from({ length: height * width * channels }, () => stream.below(200));
      const input = place(image, bytes, 16);
      for (const [first, count] of groupsOf(w)) {
        const windows = rowsOf(w, image, first, count, 201);
        const list = Array.from({ length: windows.length * n }, (_v, at) => at).filter(
          () => stream.below(3) > 0,
        );
        const rows = [...new Set(list.map((at) => Math.floor(at / n)))];
        const expected = rows.flatMap((window) => windows[window]!);
        const [places, to] = [
          kernels.allocate(list.length * 4),
          kernels.allocate(expected.length * bytes + 16),
        ];
        // biome-ignore format: outputs, places, image, window
        kernels.call.gatherWindows(
          list.length, place(list, 4), n, places, input, to, bytes, 201, height, width, channels, first, count,
          ...w.kernel, ...w.stride, ...w.pad, ...w.dilation, w.out[1],
        );
        expect([...view(to, expected.length, bytes)]).toEqual(expected);
        const wanted = list.map((at) => rows.indexOf(Math.floor(at / n)) * n + (at % n));
        expect([...kernels.i32(places, list.length)]).toEqual(wanted);
      }
    }
  });

  it.each([1, 2, 4] as const)('a group scattered among all channels, codes of %i bytes', (bytes) => {
    const codes = Array.from({ length: 7 * 3 }, () => stream.below(200));
    const to = place(new Array(7 * 8).fill(9), bytes);
    kernels.call.scatterCodes(7, 3, place(codes, bytes), bytes, 8, 4, to);
    const expected = Array.from({ length: 7 * 8 }, (_, at) => {
      const c = (at % 8) - 4;
      return c >= 0 && c < 3 ? codes[Math.floor(at / 8) * 3 + c]! : 9;
    });
    expect([...view(to, 56, bytes)]).toEqual(expected);
  });
});

describe('windows packed straight from the image', () => {
  it.each(named)('%s', (_, w) => {
    const [height, width, channels] = w.size;
    const values = Int16Array.from({ length: 256 }, () => stream.below(65535) - 32767);
    const steps = Uint16Array.from({ length: 256 }, () => stream.below(4097));
    const image = Array.from({ length: height * width * channels }, () => stream.below(256));
    const zero = stream.below(256);
    const table = kernels.allocate(512);
    kernels.i16(table, 256).set(values);
    const withResiduals = place(
      [...values].flatMap((v, code) => [v & 0xffff, steps[code]!]),
      4,
    );
    const input = place(image, 1, 16);
    const padded = [
      Math.max(w.pad[0] + height, (w.out[0] - 1) * w.stride[0] + (w.kernel[0] - 1) * w.dilation[0] + 1),
      Math.max(w.pad[1] + width, (w.out[1] - 1) * w.stride[1] + (w.kernel[1] - 1) * w.dilation[1] + 1),
    ] as const;
    for (const [first, count] of groupsOf(w)) {
      const lineBytes = padded[1] * count * 2;
      const inner = kernels.allocate(padded[0] * lineBytes + 16);
      kernels.i16(inner, (padded[0] * lineBytes) / 2).fill(values[zero]!);
      // biome-ignore format: codes, values
      kernels.call.decodeImage(
        input, height, width, channels, first, count,
        table, inner + w.pad[0] * lineBytes + w.pad[1] * count * 2, lineBytes,
      );
      const joined = w.dilation[1] === 1;
      const run = joined ? w.kernel[1] * count : count;
      const runs = joined ? 1 : w.kernel[1];
      const even = run + (run & 1);
      const k = w.kernel[0] * runs * even;
      const rows = rowsOf(w, image, first, count, zero);
      const panels = Math.ceil(rows.length / 4) * 4 * k;
      const out = kernels.allocate(panels * 2 + 48);
      // biome-ignore format: image, runs, windows
      kernels.call.packWindows(
        inner, lineBytes, count * 2,
        w.kernel[0], runs, run, w.dilation[1] * count * 2, w.dilation[0] * lineBytes,
        ...w.stride, ...w.out, out,
      );
      const packed = kernels.i16(out, panels);
      for (const [i, row] of rows.entries()) {
        const found = row.map((_code, p) => {
          const at = Math.floor(p / run) * even + (p % run);
          return packed[Math.floor(i / 4) * 4 * k + (at >> 1) * 8 + (i % 4) * 2 + (at & 1)]!;
        });
        expect(found).toEqual(row.map((code) => values[code]!));
      }

      const planeBytes = Math.ceil(padded[1] / 4) * 16;
      const [squares, residuals] = [
        place(new Array(padded[0] * (planeBytes / 4)).fill(0), 4),
        kernels.allocate(padded[0] * planeBytes),
      ];
      kernels.f32(squares, padded[0] * (planeBytes / 4)).fill(values[zero]! ** 2 * count);
      kernels.f32(residuals, padded[0] * (planeBytes / 4)).fill(steps[zero]! * count);
      const inside = w.pad[0] * planeBytes + w.pad[1] * 4;
      const again = kernels.allocate(padded[0] * lineBytes + 16);
      kernels.i16(again, (padded[0] * lineBytes) / 2).fill(values[zero]!);
      // biome-ignore format: codes, values, planes
      kernels.call.decodeImageNorms(
        input, height, width, channels, first, count,
        withResiduals, again + w.pad[0] * lineBytes + w.pad[1] * count * 2, lineBytes,
        squares + inside, residuals + inside, planeBytes,
      );
      expect(kernels.u8(again, padded[0] * lineBytes)).toEqual(kernels.u8(inner, padded[0] * lineBytes));
      const norms = kernels.allocate(rows.length * 16);
      const scratch = kernels.allocate(2 * planeBytes + 12);
      const real = rows[0]!.length;
      const most = kernels.allocate(8);
      // biome-ignore format: planes, windows, norms
      kernels.call.windowNorms(
        squares, residuals, planeBytes, ...w.kernel, ...w.stride, ...w.dilation, ...w.out,
        scratch, norms, 1 + (real + 8) * 2 ** -24, most,
      );
      const largest = kernels.f64(most, 1)[0]!;
      const pairs = kernels.f64(norms, rows.length * 2);
      for (const [i, row] of rows.entries()) {
        const residual = Math.sqrt(row.reduce((sum, code) => sum + steps[code]!, 0) * 2 ** -14);
        const norm = Math.sqrt(row.reduce((sum, code) => sum + values[code]! ** 2, 0)) + residual;
        expect(pairs[2 * i]! >= norm && pairs[2 * i]! <= norm * (1 + (real + 8) * 2 ** -22)).toBe(true);
        expect(
          pairs[2 * i + 1]! >= residual && pairs[2 * i + 1]! <= residual * (1 + (real + 8) * 2 ** -22),
        ).toBe(true);
      }
      expect(largest).toBe(Math.max(...pairs.filter((_v, i) => i % 2 === 0)));
    }
  });
});

describe('max-pool', () => {
  /** Of every window and channel the first code of the highest rank. */
  function pooled(w: Window, images: number, codes: ArrayLike<number>, ranks: ArrayLike<number>): number[] {
    const size = w.size[0] * w.size[1] * w.size[2];
    const out: number[] = [];
    for (let image = 0; image < images; image++) {
      for (const taps of tapsOf(w)) {
        for (let c = 0; c < w.size[2]; c++) {
          const inside = taps.filter((at) => at >= 0).map((at) => codes[image * size + at + c]!);
          out.push(inside.reduce((best, code) => (ranks[code]! > ranks[best]! ? code : best)));
        }
      }
    }
    return out;
  }

  const pools = named.filter(([, w]) => tapsOf(w).every((taps) => taps.some((at) => at >= 0)));

  it.each(pools)('by rank, ties among them, of 8 and 16 bits: %s', (_, w) => {
    const [height, width, channels] = w.size;
    for (const bytes of [1, 2] as const) {
      const codes = Array.from({ length: 2 * height * width * channels }, () =>
        stream.below(2 ** (8 * bytes)),
      );
      const ranks = Uint32Array.from({ length: 2 ** (8 * bytes) }, () => stream.below(9));
      const expected = pooled(w, 2, codes, ranks);
      const out = kernels.allocate(expected.length * bytes);
      // biome-ignore format: codes, image, window, outputs
      kernels.call.maxPoolRanks(
        2, place(codes, bytes), out, place(ranks, 4), bytes, height, width, channels,
        ...w.kernel, ...w.stride, ...w.pad, ...w.dilation, ...w.out,
      );
      expect([...view(out, expected.length, bytes)]).toEqual(expected);
    }
  });

  it.each(pools)('by bytes in order, unsigned and in two’s complement of 8 and 5 bits: %s', (_, w) => {
    const [height, width, channels] = w.size;
    for (const [bits, flip] of [
      [8, 0],
      [8, 128],
      [5, 16],
    ] as const) {
      const codes = Array.from({ length: 2 * height * width * channels }, () => stream.below(2 ** bits));
      const ranks = Uint32Array.from({ length: 256 }, (_v, code) => code ^ flip);
      const expected = pooled(w, 2, codes, ranks);
      const out = kernels.allocate(expected.length + 16);
      const line = kernels.allocate(width * channels + 16);
      // biome-ignore format: codes, image, window, outputs
      kernels.call.maxPoolOrdered(
        2, place(codes, 1, 16), out, line, flip, height, width, channels,
        ...w.kernel, ...w.stride, ...w.pad, ...w.dilation, ...w.out,
      );
      expect([...kernels.u8(out, expected.length)]).toEqual(expected);
    }
  });
});

describe('counting one code', () => {
  it.each([1, 2, 4] as const)('of %i bytes', (bytes) => {
    for (const n of [0, 1, 7, 16, 33, 1001]) {
      const codes = Array.from({ length: n }, () => stream.below(3) * (2 ** (8 * bytes - 1) - 1));
      const code = 2 * (2 ** (8 * bytes - 1) - 1);
      const expected = codes.filter((other) => other === code).length;
      expect(kernels.call.countCode(n, place(codes, bytes), bytes, code | 0)).toBe(expected);
    }
  });
});
