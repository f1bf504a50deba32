import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { many, panels, placeNumbers, placeOffsets, shapes } from './accumulator-operands.js';

/** Plain twins of the kernels of wrapping and saturating accumulators: one output after the other. */

const stream = new Stream(77, 'dataset');

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
