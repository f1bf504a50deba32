/** Plain twins of the kernels of the certified GEMM: norms, chunked float32, repair, float64 sums to bytes. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { OutputRounder, placeByteThresholds } from '../../emac/certified/round/output.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { thresholdIndex } from '../../formats/rounding/thresholds.js';
import { createKernels } from '../../kernels/loader.js';

const stream = new Stream(33, 'dataset');
const integer = (bound: number) => stream.below(2 * bound + 1) - bound;
const bell = () => stream.uniform() + stream.uniform() - 1;
const { fround } = Math;

/** [rows][k] into panels of `tile` rows, `group` values of k side by side. */
function panels(values: ArrayLike<number>, rows: number, k: number, tile: number, group: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < rows; i += tile)
    for (let p = 0; p < k; p += group)
      for (let r = i; r < i + tile; r++) for (let g = 0; g < group; g++) out.push(values[r * k + p + g]!);
  return out;
}

describe('packing with norms', () => {
  it.each([1, 2, 7, 150, 1001])('of int16 values and of what they leave out, k = %i', (k) => {
    const kernels = createKernels();
    const m = 8;
    const even = k + (k & 1);
    const values = Int16Array.from({ length: 256 }, () => integer(32767));
    const squares = Uint16Array.from({ length: 256 }, () => stream.below(16385));
    const codes = Uint8Array.from({ length: m * k }, () => stream.below(256));
    const pc = kernels.allocate(m * k);
    const pt = kernels.allocate(2048);
    const po = kernels.allocate(m * even * 2);
    const pr = kernels.allocate(m * 16);
    kernels.u8(pc, m * k).set(codes);
    const table = kernels.u32(pt, 512);
    for (const [code, value] of values.entries()) table.set([value & 0xffff, squares[code]!], 2 * code);
    const slack = 1 + (k + 8) * 2 ** -24;
    const most = kernels.allocate(8);
    kernels.call.packInt16Norms(m, k, pc, pt, po, pr, slack, most);
    const largest = kernels.f64(most, 1)[0]!;
    const at = (row: number, p: number) => (p < k ? values[codes[row * k + p]!]! : 0);
    const padded = Array.from({ length: m * even }, (_, i) => at(Math.floor(i / even), i % even));
    expect([...kernels.i16(po, m * even)]).toEqual(panels(padded, m, even, 4, 2));
    const rows = kernels.f64(pr, 2 * m);
    for (let row = 0; row < m; row++) {
      // values, as unsigned numbers, are summed below the squares and may carry into them
      let sums = 0n;
      let norm = 0;
      for (let p = 0; p < even; p += 2) {
        const square = at(row, p) ** 2 + at(row, p + 1) ** 2;
        norm = fround(norm + fround(square));
        for (const q of [p, p + 1].filter((q) => q < k)) {
          const code = codes[row * k + q]!;
          sums += BigInt(values[code]! & 0xffff) + (BigInt(squares[code]!) << 32n);
        }
      }
      const residual = Math.sqrt(Number(sums >> 32n) * 2 ** -14) * slack;
      expect(rows[2 * row + 1]).toBe(residual);
      expect(rows[2 * row]).toBe(Math.sqrt(norm) * slack + residual);
    }
    expect(largest).toBe(Math.max(...rows.filter((_, i) => i % 2 === 0)));
  });

  it.each([1, 3, 64, 131])('squares of float32 panels, k = %i', (k) => {
    const kernels = createKernels();
    const m = 8;
    const values = Float32Array.from({ length: m * k }, bell);
    const pv = kernels.allocate(m * k * 4);
    const ps = kernels.allocate(m * 8);
    kernels.f32(pv, m * k).set(panels(values, m, k, 4, 1));
    kernels.call.squaresFloat32Panels(m, k, pv, ps);
    const expected = Array.from({ length: m }, (_, row) =>
      values.subarray(row * k, (row + 1) * k).reduce((sum, x) => sum + x * x, 0),
    );
    expect([...kernels.f64(ps, m)]).toEqual(expected);
  });
});

describe('float32 products in chunks', () => {
  it.each([
    [4, 8, 1, 32],
    [8, 16, 31, 32],
    [4, 24, 32, 32],
    [12, 8, 150, 32],
    [4, 8, 65, 8],
    [4, 8, 7, 1],
  ])('%i × %i × %i, chunks of %i', (m, n, k, chunk) => {
    const kernels = createKernels();
    const a = Float32Array.from({ length: m * k }, bell);
    const b = Float32Array.from({ length: n * k }, bell);
    const pa = kernels.allocate(m * k * 4);
    const pb = kernels.allocate(n * k * 4);
    const pc = kernels.allocate(m * n * 8);
    kernels.f32(pa, m * k).set(panels(a, m, k, 4, 1));
    kernels.f32(pb, n * k).set(panels(b, n, k, 8, 1));
    kernels.f64(pc, m * n).fill(7);
    kernels.call.gemmFloat32Chunks(m, n, k, chunk, pa, pb, pc);
    const expected: number[] = [];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum: number | undefined;
        for (let from = 0; from < k; from += chunk) {
          let part = 0;
          for (let p = from; p < Math.min(from + chunk, k); p++)
            part = fround(part + fround(a[i * k + p]! * b[j * k + p]!));
          sum = sum === undefined ? part : sum + part;
        }
        expected.push(sum!);
      }
    }
    expect([...kernels.f64(pc, m * n)]).toEqual(expected);
  });
});

describe('dot products of undecided outputs', () => {
  for (const bytes of [1, 2] as const) {
    const cases = [1, 2, 7, 8, 9, 150].flatMap((k) => [undefined, 3.25].map((bound) => ({ k, bound })));
    it.each(cases)(`codes of ${bytes} bytes, k = $k, bound of norms $bound`, ({ k, bound }) => {
      const kernels = createKernels();
      const [m, n] = [5, 3];
      const table = Float64Array.from({ length: 256 ** bytes }, bell);
      const weights = Float64Array.from({ length: n * k }, bell);
      const codes = Array.from({ length: m * k }, () => stream.below(256 ** bytes));
      const undecided = [0, 2, 3, 3, 14, 1, 12, 13];
      const po = kernels.allocate(undecided.length * 4);
      const pc = kernels.allocate(m * k * bytes);
      const pt = kernels.allocate(table.length * 8);
      const pw = kernels.allocate(n * k * 8);
      const pv = kernels.allocate(k * 8);
      const ps = kernels.allocate(undecided.length * 16);
      const pb = bound === undefined ? 0 : kernels.allocate(8);
      if (bound !== undefined) kernels.f64(pb, 1)[0] = bound;
      kernels.i32(po, undecided.length).set(undecided);
      (bytes === 1 ? kernels.u8(pc, m * k) : kernels.u16(pc, m * k)).set(codes);
      kernels.f64(pt, table.length).set(table);
      kernels.f64(pw, n * k).set(weights);
      kernels.call.dotsFloat64(undecided.length, po, n, k, pc, bytes, pt, pw, pv, pb, ps);
      const expected = undecided.flatMap((at) => {
        const row = Math.floor(at / n);
        const x = (p: number) => table[codes[row * k + p]!]!;
        const dot = (other: (p: number) => number) => {
          const sums = new Float64Array(8);
          for (let p = 0; p < (k & ~7); p++) sums[p & 7]! += x(p) * other(p);
          const [a, b, c, d, e, f, g, h] = sums as unknown as [number, ...number[]] & number[];
          let sum = a + c! + (e! + g!) + (b! + d! + (f! + h!));
          for (let p = k & ~7; p < k; p++) sum += x(p) * other(p);
          return sum;
        };
        return [dot((p) => weights[(at % n) * k + p]!), bound ?? Math.sqrt(dot(x))];
      });
      expect([...kernels.f64(ps, 2 * undecided.length)]).toEqual(expected);
    });
  }
});

describe('float64 sums to bytes', () => {
  it.each(['posit8es2', 'fixed6q3', 'float8e4m3', 'posit3es0'])('%s', (name) => {
    const kernels = createKernels();
    const format = getFormat(name);
    const encoding = {
      format,
      rounding: NEAREST_EVEN,
      zeroPoint: 0,
      range: 'full' as const,
      granularity: { kind: 'tensor' as const },
      scales: Float64Array.of(1),
    };
    const rounder = new OutputRounder(encoding, 'identity', undefined);
    const placed = placeByteThresholds(kernels, rounder.table!)!;
    const { thresholds, buckets, lowest, size, codes, float32Buckets } = placed;
    for (const [m, n, stride] of [
      [1, 1, 4],
      [7, 5, 12],
      [3, 9, 9],
      [9, 16, 16],
      [5, 21, 24],
      [40, 34, 36],
    ] as const) {
      // boundaries themselves among the sums; overflown sums and bounds too
      const boundaries = [...rounder.table!.thresholds].slice(1);
      const sums = Float64Array.from({ length: m * stride }, (_, i) =>
        i % 3 === 0 ? boundaries[i % boundaries.length]! : bell() * format.facts.max,
      );
      const norms = Float64Array.from({ length: m }, () => stream.uniform());
      const columns = Float64Array.from({ length: n * 4 }, (_, i) =>
        i % 4 === 0
          ? 1 + stream.uniform() * (i % 8)
          : i % 4 === 1
            ? bell() * (i % 8 === 1 ? 0 : 1)
            : i % 8 < 4
              ? 0
              : 0.01,
      );
      if (m > 1) {
        norms[1] = Number.POSITIVE_INFINITY;
        sums[2 * stride] = Number.NaN;
        sums[2 * stride + 1] = Number.POSITIVE_INFINITY;
      }
      // and vectors of NaN alone, whose two ends have the same bits
      if (m > 3) sums.fill(Number.NaN, 3 * stride, 3 * stride + n);
      const relative = 2 ** -50;
      const pc = kernels.allocate(m * stride * 8);
      const pr = kernels.allocate(m * 8);
      const pq = kernels.allocate(n * 32);
      const po = kernels.allocate(m * n);
      const pi = kernels.allocate((m * n + 1) * 4);
      const ps = kernels.allocate(Math.ceil(n / 8) * 8 * 24);
      kernels.f64(pc, m * stride).set(sums);
      kernels.f64(pr, m).set(norms);
      kernels.f64(pq, n * 4).set(columns);
      // biome-ignore format: one line of sums, one of the thresholds
      const count = kernels.call.roundBytesCertifiedFloat64(
        m, n, stride, pc, pr, pq, relative,
        thresholds, buckets, lowest, size, codes, float32Buckets, ps, po, pi,
      );
      const undecided: number[] = [];
      const out = kernels.u8(po, m * n);
      for (let at = 0; at < m * n; at++) {
        const [row, channel] = [Math.floor(at / n), at % n];
        const [s, b, weightNorm, least] = columns.subarray(channel * 4) as unknown as number[];
        const sum = sums[row * stride + channel]!;
        const y = s! * (sum + b!);
        const left = s! * weightNorm! * norms[row]!;
        const e = left + relative * (s! * (Math.abs(sum) + Math.abs(b!)) + Math.abs(y)) + least!;
        const bounded = Number.isFinite(y - e) && Number.isFinite(y + e);
        if (!bounded || rounder.code(y - e) !== rounder.code(y + e)) undecided.push(at);
        else expect([name, y, out[at]]).toEqual([name, y, rounder.code(y)]);
      }
      expect([...kernels.i32(pi, count)]).toEqual(undecided);
    }
  });

  it('leaves undecided an interval that ends on a threshold, which belongs to the level above', () => {
    const kernels = createKernels();
    const encoding = {
      format: getFormat('fixed6q3'),
      rounding: NEAREST_EVEN,
      zeroPoint: 0,
      range: 'full' as const,
      granularity: { kind: 'tensor' as const },
      scales: Float64Array.of(1),
    };
    const table = new OutputRounder(encoding, 'identity', undefined).table!;
    const { thresholds, buckets, lowest, size, codes, float32Buckets } = placeByteThresholds(kernels, table)!;
    const [sums, norms, column] = [kernels.allocate(32), kernels.allocate(8), kernels.allocate(32)];
    const [out, undecided, scratch] = [kernels.allocate(8), kernels.allocate(8), kernels.allocate(192)];
    const level = thresholdIndex(table, 1);
    const [from, to] = [table.thresholds[level]!, table.thresholds[level + 1]!];
    // a bound of which nothing is rounded: both ends are where they are said to be
    const step = 2 ** -20;
    for (const [y, e, expected] of [
      [to - step, step, 1],
      [to - 2 * step, step, 0],
      [from + step, step, 0],
      [from + step, 2 * step, 1],
    ] as const) {
      kernels.f64(sums, 1).set([y]);
      kernels.f64(column, 4).set([1, 0, 0, e]);
      // biome-ignore format: one line of sums, one of the thresholds
      const count = kernels.call.roundBytesCertifiedFloat64(
        1, 1, 4, sums, norms, column, 0,
        thresholds, buckets, lowest, size, codes, float32Buckets, scratch, out, undecided,
      );
      expect([y, e, count]).toEqual([y, e, expected]);
      expect(kernels.u8(out, 1)[0]).toBe(table.codes[level]);
    }
  });
});
