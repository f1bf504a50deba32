import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { type BinadeRounding, binadeRounding, roundBinade } from '../../emac/accumulators/binades.js';
import { perOpTables } from '../../emac/accumulators/per-op-tables.js';
import { getFormat } from '../../formats/registry.js';
import { createKernels, type Kernels } from '../../kernels/loader.js';

/** Plain twins of the kernels of accumulators that are not exact: one output after the other. */

const stream = new Stream(77, 'dataset');
const shapes = [
  [1, 8, 1],
  [3, 16, 5],
  [2, 24, 150],
  [5, 8, 25],
  [1, 8, 3000],
  [0, 8, 4],
  [2, 8, 0],
] as const;

/** [n][k] in panels of 8, [n/8][k][8]. */
function panels<T>(values: readonly T[], n: number, k: number): T[] {
  const out: T[] = [];
  for (let j = 0; j < n; j += 8) {
    for (let p = 0; p < k; p++) for (let lane = 0; lane < 8; lane++) out.push(values[(j + lane) * k + p]!);
  }
  return out;
}

const many = <T>(length: number, draw: () => T): T[] => Array.from({ length }, draw);

/** Offsets and counts of rows [m][k] that keep their zeros. */
function placeOffsets(
  kernels: Kernels,
  m: number,
  k: number,
  entryBytes: number,
): [offsets: number, counts: number] {
  const [offsets, counts] = [kernels.allocate(m * k * 4), kernels.allocate(m * 4)] as const;
  kernels.i32(offsets, m * k).set(many(m * k, () => 0).map((_, at) => (at % k) * entryBytes * 8));
  kernels.i32(counts, m).fill(k);
  return [offsets, counts];
}

function placeNumbers(kernels: Kernels, values: readonly number[]): number {
  const pointer = kernels.allocate(values.length * 8);
  kernels.f64(pointer, values.length).set(values);
  return pointer;
}

describe('per-op by float64 additions', () => {
  const run = (
    rounding: BinadeRounding,
    shape: readonly [number, number, number],
    draw: () => number,
  ): void => {
    const [m, n, k] = shape;
    const kernels = createKernels();
    const x = many(m * k, draw);
    const w = many(n * k, draw);
    const start = many(n, draw);
    const [px, pw, ps] = [x, panels(w, n, k), start].map((values) => placeNumbers(kernels, values)) as [
      number,
      number,
      number,
    ];
    const out = kernels.allocate(m * n * 8);
    const [po, pc] = placeOffsets(kernels, m, k, 8);
    if (rounding.kind === 'uniform') {
      const { floor, magic, low, high } = rounding;
      kernels.call.perOpUniform(m, n, k, px, po, pc, pw, ps, floor, magic, low, high, out);
    } else {
      const table = placeNumbers(kernels, [...rounding.table]);
      kernels.call.perOpTapered(m, n, k, px, po, pc, pw, ps, table, out);
    }
    const expected = many(m * n, () => 0).map((_, at) => {
      let sum = start[at % n]!;
      for (let p = 0; p < k; p++) {
        const product = roundBinade(rounding, x[Math.floor(at / n) * k + p]! * w[(at % n) * k + p]!);
        sum = roundBinade(rounding, sum + product);
      }
      return sum + 0;
    });
    expect([...kernels.f64(out, m * n)].map((value) => value + 0)).toEqual(expected);
  };

  it.each(['posit8es2', 'posit9es0', 'posit16es1', 'posit12es4', 'float16', 'fixed16q9', 'float9e8m0'])(
    '%s',
    (name) => {
      const format = getFormat(name);
      const { levels } = format;
      for (const underflow of format.underflows) {
        const rounding = binadeRounding(format, underflow)!;
        for (const shape of shapes) {
          run(rounding, shape, () => {
            const middle = levels.index(format.encode(0));
            switch (stream.below(4)) {
              case 0:
                return format.toNumber(levels.code(stream.below(levels.count)));
              case 1:
                return format.toNumber(levels.code(middle + stream.below(13) - 6));
              case 2:
                return format.toNumber(levels.code(stream.below(2) * (levels.count - 4) + stream.below(4)));
              default:
                // times the smallest and the largest values: boundaries between those
                return format.toNumber(format.encode((1 + stream.below(3) / 2) * 2 ** (stream.below(7) - 3)));
            }
          });
        }
      }
    },
  );
});

describe('per-op by tables', () => {
  it.each(shapes)('%i × %i × %i', (m, n, k) => {
    const format = getFormat('posit7es1');
    const tables = perOpTables(format, 'none');
    const kernels = createKernels();
    const code = () => stream.below(2 ** format.bits);
    const [x, w, start] = [many(m * k, code), many(n * k, code), many(n, code)] as const;
    const place = (values: ArrayLike<number>) => {
      const pointer = kernels.allocate(values.length);
      kernels.u8(pointer, values.length).set(values);
      return pointer;
    };
    const values = placeNumbers(
      kernels,
      many(128, () => stream.uniform()),
    );
    const out = kernels.allocate(m * n * 8);
    const [px, pw, ps] = [place(x), place(panels(w, n, k)), place(start)] as const;
    const [po, pc] = placeOffsets(kernels, m, k, 1);
    kernels.call.perOpBytes(
      m,
      n,
      k,
      px,
      po,
      pc,
      pw,
      ps,
      place(tables.product),
      place(tables.sum),
      values,
      out,
    );
    const expected = many(m * n, () => 0).map((_, at) => {
      let sum = start[at % n]!;
      for (let p = 0; p < k; p++) {
        const product = tables.product[w[(at % n) * k + p]! * 256 + x[Math.floor(at / n) * k + p]!]!;
        sum = tables.sum[sum * 256 + product]!;
      }
      return kernels.f64(values, 128)[sum]!;
    });
    expect([...kernels.f64(out, m * n)]).toEqual(expected);
  });
});

describe('wrapping and saturating sums', () => {
  const within = (bound: bigint) => () => {
    const random = (BigInt(stream.word()) << 32n) | BigInt(stream.word());
    const free = BigInt.asIntN(64, random) >> BigInt(stream.below(64));
    const extremes = [bound, -bound, bound - 1n, 0n, 1n, -1n];
    const pick = stream.below(12);
    if (pick < extremes.length) return extremes[pick]!;
    return free > bound || free < -bound ? free % (bound + 1n) : free;
  };

  /** The bounds of operands each kernel takes, with N bits. */
  const cases = [
    ['Int32', 2n, 20],
    ['Int32', 32n, 12],
    ['Int32', 20_000n, 30],
    ['Int32', 127n, 16],
    ['Int32', 5n, 2],
    ['Int64', (1n << 31n) - 1n, 62],
    ['Int64', 1n << 31n, 62],
    ['Int64', 1n << 20n, 40],
    ['Int64', 1n << 12n, 24],
    ['Wide', 1n << 62n, 62],
    ['Wide', 1n << 62n, 3],
    ['Wide', 1n << 40n, 61],
    ['Wide', 1n << 33n, 62],
  ] as const;

  it.each(cases)('%s, operands up to %i, %i bits', (width, bound, bits) => {
    let overflowed = 0;
    for (const kind of ['wrap', 'saturate'] as const) {
      for (const [m, n, k] of shapes) {
        const top = 1n << BigInt(bits - 1);
        // 2^31 itself is only an int32 as −2^31
        const operand = () => {
          const value = within(bound)();
          return width === 'Int64' && value === 1n << 31n ? -value : value;
        };
        const [x, w] = [many(m * k, operand), many(n * k, operand)] as const;
        const start = many(n, () => BigInt.asIntN(bits, within(top)()));
        const kernels = createKernels();
        const wide = width === 'Wide';
        const place = (values: readonly bigint[], int64: boolean) => {
          const pointer = kernels.allocate(values.length * 8);
          if (int64) kernels.i64(pointer, values.length).set(values);
          else kernels.i32(pointer, values.length).set(values.map(Number));
          return pointer;
        };
        const [px, pw] = [place(x, wide), place(panels(w, n, k), wide)] as const;
        const ps = place(start, width !== 'Int32');
        const [out, counts] = [
          kernels.allocate(m * n * 8),
          placeNumbers(
            kernels,
            many(m, () => 3),
          ),
        ] as const;
        const { call } = kernels;
        if (width === 'Wide') {
          const limits = kernels.allocate(m * k * 8);
          kernels.call.productLimits(m * k, px, limits);
          const rows = placeOffsets(kernels, m, k, 8);
          call[`${kind}Wide`](m, n, k, px, limits, ...rows, pw, ps, bits, out, counts);
        } else call[`${kind}${width}`](m, n, k, px, pw, ps, bits, out, counts);
        const overflows = many(m, () => 3);
        const expected = many(m * n, () => 0).map((_, at) => {
          let sum = start[at % n]!;
          const row = Math.floor(at / n);
          for (let p = 0; p < k; p++) {
            const exact = sum + x[row * k + p]! * w[(at % n) * k + p]!;
            const inside = exact >= -top && exact < top;
            if (!inside) overflows[row]!++;
            if (kind === 'wrap') sum = BigInt.asIntN(bits, exact);
            else sum = inside ? exact : exact < 0n ? -top : top - 1n;
          }
          return sum;
        });
        const sums =
          width === 'Int32' ? [...kernels.f64(out, m * n)].map(BigInt) : [...kernels.i64(out, m * n)];
        expect(sums).toEqual(expected);
        expect([...kernels.f64(counts, m)]).toEqual(overflows);
        overflowed += overflows.reduce((a, b) => a + b - 3, 0);
        if (width !== 'Int32') {
          const numbers = kernels.allocate(m * n * 8);
          kernels.call.unitsToFloat64(m * n, out, numbers);
          expect([...kernels.f64(numbers, m * n)]).toEqual(expected.map(Number));
        }
      }
    }
    expect(overflowed).toBeGreaterThan(0);
  });

  it('the largest factor of every x', () => {
    const kernels = createKernels();
    const x = [0n, 1n, -1n, 3n, -7n, 1n << 62n, -(1n << 62n), (1n << 31n) + 1n, -(1n << 40n) + 1n];
    const [from, to] = [kernels.allocate(x.length * 8), kernels.allocate(x.length * 8)] as const;
    kernels.i64(from, x.length).set(x);
    kernels.call.productLimits(x.length, from, to);
    const magnitude = (v: bigint) => (v < 0n ? -v : v);
    expect([...kernels.i64(to, x.length)]).toEqual(
      x.map((v) => (v === 0n ? 1n << 62n : (1n << 62n) / magnitude(v))),
    );
  });
});

describe('operands by tables', () => {
  it('entries by codes of 1 and 2 bytes, rows without zeros, and the rows that hold a marked code', () => {
    const [rows, k] = [7, 9];
    for (const bytes of [1, 2] as const) {
      const kernels = createKernels();
      const count = bytes === 1 ? 256 : 65_536;
      const codes = many(rows * k, () => stream.below(count));
      const from = kernels.allocate(codes.length * bytes);
      (bytes === 1 ? kernels.u8(from, codes.length) : kernels.u16(from, codes.length)).set(codes);
      const table = kernels.allocate(count * 8);
      kernels.f64(table, count).set(many(count, () => stream.uniform()));
      const to = kernels.allocate(codes.length * 8);
      kernels.call.lookUp32(codes.length, from, bytes, table, to);
      expect([...kernels.i32(to, codes.length)]).toEqual(codes.map((c) => kernels.i32(table, count)[c]));
      if (bytes === 1) {
        kernels.call.lookUp64(codes.length, from, table, to);
        const entries = codes.map((code) => kernels.f64(table, count)[code]);
        expect([...kernels.f64(to, codes.length)]).toEqual(entries);
      }
      const keep = kernels.allocate(count);
      const kept = kernels.u8(keep, count);
      kept.set(many(count, () => stream.below(2)));
      const [offsets, counts] = [kernels.allocate(codes.length * 4), kernels.allocate(rows * 4)] as const;
      for (const size of bytes === 1 ? [1, 8] : [8]) {
        kernels.call.lookUpNonZero(rows, k, from, bytes, keep, table, size, to, offsets, counts);
        for (let row = 0; row < rows; row++) {
          const left = [...new Array(k).keys()].filter((p) => kept[codes[row * k + p]!] === 1);
          expect(kernels.i32(counts, rows)[row]).toBe(left.length);
          const at = row * k * 4;
          expect([...kernels.i32(offsets + at, left.length)]).toEqual(left.map((p) => p * size * 8));
          const entries = left.map((p) => codes[row * k + p]!);
          if (size === 1) {
            const values = entries.map((code) => kernels.u8(table, count)[code]);
            expect([...kernels.u8(to + row * k, left.length)]).toEqual(values);
          } else {
            const values = entries.map((code) => kernels.f64(table, count)[code]);
            expect([...kernels.f64(to + row * k * 8, left.length)]).toEqual(values);
          }
        }
      }
      const marks = kernels.allocate(count);
      const marked = [codes[k - 1]!, codes[3 * k]!, codes[6 * k + 4]!];
      for (const code of marked) kernels.u8(marks, count)[code] = 1;
      const list = kernels.allocate((rows + 1) * 4);
      const expected = [...new Array(rows).keys()].filter((row) =>
        codes.slice(row * k, (row + 1) * k).some((code) => marked.includes(code)),
      );
      const found = kernels.call.rowsMarked(rows, k, from, bytes, marks, list);
      expect([...kernels.i32(list, found)]).toEqual(expected);
    }
  });
});
