import { describe, expect, it } from 'vitest';
import { powerOfTwo } from '../../arithmetic/float64.js';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

const kernels = createKernels();
const stream = new Stream(5, 'dataset');

/** A sum as bins of 32 bits, the last signed. */
function writeBins(pointer: number, count: number, sum: bigint): void {
  const bins = kernels.i64(pointer, count);
  for (let b = 0; b < count - 1; b++) bins[b] = BigInt.asUintN(32, sum >> BigInt(32 * b));
  bins[count - 1] = sum >> BigInt(32 * (count - 1));
}

function readBins(pointer: number, count: number): bigint {
  const bins = kernels.i64(pointer, count);
  return bins.reduceRight((sum, bin) => (sum << 32n) + bin, 0n);
}

describe('operands of exact sums', () => {
  it('odd significands and shifts of float64 values; 0 for 0, NaN and Inf', () => {
    const values = [
      0,
      -0,
      1,
      -1,
      3,
      2 ** -40,
      -(2 ** 31 - 1),
      (2 ** 30 + 1) * 2 ** -40,
      6 * 2 ** 900,
      -(2 ** -30),
    ];
    const all = [...values, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const [from, to] = [kernels.allocate(all.length * 8), kernels.allocate(all.length * 8)];
    kernels.f64(from, all.length).set(all);
    kernels.call.splitOperands(all.length, from, -40, to);
    const pairs = kernels.i32(to, all.length * 2);
    for (const [i, value] of all.entries()) {
      const [significand, shift] = [pairs[2 * i]!, pairs[2 * i + 1]!];
      const finite = Number.isFinite(value) ? value : 0;
      expect([value, significand * 2 ** (shift - 40)]).toEqual([value, finite + 0]);
      if (finite === 0) expect([significand, shift]).toEqual([0, 0]);
      else expect(Math.abs(significand) % 2).toBe(1);
    }
  });

  it('codes of one and two bytes through a table', () => {
    const table = kernels.allocate(2 ** 16 * 8);
    const operands = kernels.i32(table, 2 ** 17);
    for (let i = 0; i < 2 ** 17; i++) operands[i] = (i * 2654435761) | 0;
    for (const [bytes, n] of [
      [1, 0],
      [1, 7],
      [2, 1],
      [2, 13],
    ] as const) {
      const [codes, out] = [kernels.allocate(n * bytes + 8), kernels.allocate(n * 8 + 8)];
      const view = bytes === 1 ? kernels.u8(codes, n) : kernels.u16(codes, n);
      for (let i = 0; i < n; i++) view[i] = stream.below(2 ** (8 * bytes));
      kernels.i32(out, 2 * n + 1).fill(-7);
      kernels.call.lookUpOperands(n, codes, bytes, table, out);
      const expected = [...view].flatMap((code) => [operands[2 * code]!, operands[2 * code + 1]!]);
      expect([...kernels.i32(out, 2 * n + 1)]).toEqual([...expected, -7]);
    }
  });
});

describe('exact dot products in bins of 32 bits', () => {
  it('is the sum of BigInt products', () => {
    const bins = 12;
    const [x, w] = [kernels.allocate(4096 * 8), kernels.allocate(4096 * 8)];
    const [start, out] = [kernels.allocate(bins * 8), kernels.allocate(bins * 8)];
    for (const k of [0, 1, 2, 63, 4096]) {
      for (const largest of [1, 255, 2 ** 31 - 1]) {
        for (const b of [0n, 1n, -1n, -(1n << 300n), (1n << 300n) + 12345678901234567890n]) {
          let expected = b;
          writeBins(start, bins, b);
          const [xs, ws] = [kernels.i32(x, 2 * k), kernels.i32(w, 2 * k)];
          for (let p = 0; p < k; p++) {
            xs[2 * p] = largest - stream.below(Math.min(largest, 1000)) * 2;
            ws[2 * p] = p % 3 === 0 ? -largest : largest;
            xs[2 * p + 1] = stream.below(128);
            ws[2 * p + 1] = stream.below(128);
            const product = BigInt(xs[2 * p]!) * BigInt(ws[2 * p]!);
            expected += product << BigInt(xs[2 * p + 1]! + ws[2 * p + 1]!);
          }
          kernels.call.exactDot(k, x, w, start, out, bins);
          expect(readBins(out, bins)).toBe(expected);
          for (const bin of kernels.i64(out, bins - 1)) expect(bin >= 0n && bin < 2n ** 32n).toBe(true);
        }
      }
    }
  });

  it('rounds to the nearest float64, ties to even, and says where it rounded', () => {
    const sums = [0n, 1n, 3n, 2n ** 32n, 2n ** 32n - 1n, 2n ** 64n, 2n ** 64n - 1n, 2n ** 96n + 1n];
    for (const shift of [0n, 1n, 11n, 31n, 32n, 33n, 64n, 100n, 202n]) {
      const whole = (2n ** 53n) << shift;
      // the last bit kept, ties above even and odd, and ties with a bit far below
      for (const add of [0n, 1n, 2n, 3n, 5n]) {
        sums.push(whole + (add << shift));
        if (shift > 0n) {
          const half = 1n << (shift - 1n);
          for (const far of [0n, 1n, -1n]) sums.push(whole + (add << shift) + half + far);
        }
      }
      sums.push(((2n ** 53n) << shift) - 1n, ((2n ** 54n) << shift) - 1n, 1n << shift);
    }
    const bins = 10;
    const [at, out] = [kernels.allocate(bins * 8), kernels.allocate(16)];
    const result = kernels.f64(out, 2);
    for (const sum of sums.flatMap((s) => [s, -s])) {
      for (const exponent of [0, -40, 500]) {
        writeBins(at, bins, sum);
        kernels.call.binsToFloat64(at, bins, exponent, out);
        const steps = Number(sum);
        expect([sum, exponent, result[0]]).toEqual([sum, exponent, steps * powerOfTwo(exponent) + 0]);
        expect([sum, result[1]]).toEqual([sum, BigInt(steps) === sum ? 1 : 0]);
      }
    }
  });

  it('is NaN where the result is no normal number', () => {
    const [at, out] = [kernels.allocate(80), kernels.allocate(16)];
    const result = kernels.f64(out, 2);
    for (const [sum, exponent, expected] of [
      [1n, -1022, 2 ** -1022],
      [1n, -1023, Number.NaN],
      [-1n, 1023, -(2 ** 1023)],
      [1n, 1024, Number.NaN],
      [2n ** 54n - 1n, 970, Number.NaN],
      [2n ** 53n - 1n, 971, Number.MAX_VALUE],
    ] as const) {
      writeBins(at, 10, sum);
      kernels.call.binsToFloat64(at, 10, exponent, out);
      expect([sum, exponent, result[0]]).toEqual([sum, exponent, expected]);
    }
  });
});
