import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { panels } from './panels.js';

const stream = new Stream(25, 'dataset');
const [major] = process.versions.node.split('.').map(Number);
const here = createKernels().relaxed;

/** [rows][k], zeros up to the next multiple of 4 values. */
function padded(values: ArrayLike<number>, rows: number, k: number): number[] {
  const to = Math.ceil(k / 4) * 4;
  return Array.from({ length: rows * to }, (_, at) =>
    at % to < k ? values[Math.floor(at / to) * k + (at % to)]! : 0,
  );
}

describe('the module on relaxed SIMD', () => {
  it('is there from Node 22 on and not before, and stays out where it is not wanted', () => {
    expect(here !== undefined).toBe(major! >= 22);
    expect(createKernels('never').relaxed).toBeUndefined();
  });
});

describe.skipIf(here === undefined)(
  'int8 GEMM (needs Node 22: `npx node@24 node_modules/.bin/vitest`)',
  () => {
    function product(m: number, n: number, k: number, steps: number, a: Uint8Array, b: Int8Array) {
      const kernels = createKernels();
      const to = Math.ceil(k / 4) * 4;
      const start = Int32Array.from({ length: n }, () => stream.below(1 << 21) - (1 << 20));
      const [pa, pb, ps, pc] = [
        kernels.allocate(m * to),
        kernels.allocate(n * to),
        kernels.allocate(n * 4),
        kernels.allocate(m * n * 4),
      ] as const;
      kernels.u8(pa, m * to).set(panels(padded(a, m, k), m, to, 4, 4));
      kernels.u8(pb, n * to).set(Uint8Array.from(panels(padded(b, n, k), n, to, 8, 4)));
      kernels.i32(ps, n).set(start);
      kernels.relaxed!.gemmInt8(m, n, to, steps, pa, pb, ps, pc);
      const expected = Int32Array.from({ length: m * n }, (_, at) => {
        let sum = start[at % n]!;
        for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p]! * b[(at % n) * k + p]!;
        return sum;
      });
      return { sums: kernels.i32(pc, m * n), expected };
    }

    const shapes = [
      [4, 8, 1],
      [4, 8, 4],
      [8, 24, 9],
      [12, 16, 25],
      [4, 8, 1000],
      [20, 8, 30_001],
    ] as const;
    it.each(shapes)('%i × %i × %i, every pair of operands in its range', (m, n, k) => {
      const a = Uint8Array.from({ length: m * k }, () => stream.below(128));
      const b = Int8Array.from({ length: n * k }, () => stream.below(256) - 128);
      const { sums, expected } = product(m, n, k, 1, a, b);
      expect(sums).toEqual(expected);
    });

    it.each([2, 3, 16, 1000])('small operands, %i steps in int16', (steps) => {
      const [m, n, k] = [8, 16, 443];
      const a = Uint8Array.from({ length: m * k }, () => stream.below(4));
      const b = Int8Array.from({ length: n * k }, () => stream.below(8) - 4);
      const { sums, expected } = product(m, n, k, steps, a, b);
      expect(sums).toEqual(expected);
    });

    it('the ends: int16 sums of 32512 and −32512, and as many steps as 32767 allows', () => {
      for (const w of [127, -128]) {
        const { sums, expected } = product(
          4,
          8,
          64,
          1,
          new Uint8Array(256).fill(127),
          new Int8Array(512).fill(w),
        );
        expect(sums).toEqual(expected);
      }
      // 16 steps of two products of 31 · 33 are 32736; 17 would leave int16
      const [a, b] = [new Uint8Array(4 * 256).fill(31), new Int8Array(8 * 256).fill(33)] as const;
      const most = product(4, 8, 256, 16, a, b);
      expect(most.sums).toEqual(most.expected);
      const tooMany = product(4, 8, 256, 17, a, b);
      expect(tooMany.sums).not.toEqual(tooMany.expected);
    });
  },
);

describe('codes to int8 panels', () => {
  it.each([1, 2, 3, 4, 9, 25, 150])('k = %i', (k) => {
    const kernels = createKernels();
    const m = 12;
    const to = Math.ceil(k / 4) * 4;
    const table = Uint8Array.from({ length: 256 }, () => stream.below(256));
    const codes = Uint8Array.from({ length: m * k }, () => stream.below(256));
    const [pc, pt, po] = [
      kernels.allocate(m * k),
      kernels.allocate(256),
      kernels.allocate(m * to + 16),
    ] as const;
    kernels.u8(pc, m * k).set(codes);
    kernels.u8(pt, 256).set(table);
    kernels.u8(po, m * to + 16).fill(99);
    kernels.call.packInt8(m, k, pc, pt, po);
    const bytes = padded(
      Array.from(codes, (code) => table[code]!),
      m,
      k,
    );
    expect([...kernels.u8(po, m * to + 16)]).toEqual([...panels(bytes, m, to, 4, 4), ...Array(16).fill(99)]);
  });
});
