import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { type BinadeRounding, binadeRounding, roundBinade } from '../../emac/accumulators/binades.js';
import { perOpTables } from '../../emac/accumulators/per-op-tables.js';
import { getFormat } from '../../formats/registry.js';
import { createKernels } from '../../kernels/loader.js';
import { many, panels, placeNumbers, placeOffsets, shapes } from './accumulator-operands.js';

/** Plain twins of the kernels of per-op accumulators: one output after the other. */

const stream = new Stream(77, 'dataset');

describe('per-op by float64 additions', () => {
  const run = (
    rounding: BinadeRounding,
    shape: readonly [number, number, number],
    one: () => number,
  ): void => {
    const [m, n, k] = shape;
    const kernels = createKernels();
    const x = many(m * k, one);
    const w = many(n * k, one);
    const start = many(n, one);
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
