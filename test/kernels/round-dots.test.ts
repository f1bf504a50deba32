import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { OutputRounder, placeRounding } from '../../emac/certified/round/output.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { createKernels } from '../../kernels/loader.js';

const stream = new Stream(91, 'dataset');

/** The code that all reals between y − e and y + e have, as far as its ends tell; undefined where they differ. */
function certain(rounder: OutputRounder, y: number, e: number): number | undefined {
  if (!Number.isFinite(y - e) || !Number.isFinite(y + e)) return undefined;
  const low = rounder.code(y - e);
  return low === rounder.code(y + e) ? low : undefined;
}

describe.each(['posit8es1', 'float8e4m3', 'fixed6q3', 'posit16es1', 'float32'])('dots to %s', (name) => {
  const format = getFormat(name);
  const encoding = {
    format,
    rounding: NEAREST_EVEN,
    zeroPoint: 0,
    range: 'full' as const,
    granularity: { kind: 'tensor' as const },
    scales: Float64Array.of(1),
  };

  it.each(['identity', 'relu'] as const)(
    'listed outputs, those on a boundary left, after %s',
    (activation) => {
      for (const [m, n, count] of [
        [1, 1, 1],
        [4, 7, 0],
        [9, 5, 31],
      ] as const) {
        const kernels = createKernels();
        const rounder = new OutputRounder(encoding, activation, undefined);
        const placed = placeRounding(kernels, rounder);
        const bytes = format.bits <= 8 ? 1 : format.bits <= 16 ? 2 : 4;
        const [indices, pairs, columns, out, left] = [
          kernels.allocate(count * 4),
          kernels.allocate(count * 16),
          kernels.allocate(n * 32),
          kernels.allocate(m * n * bytes),
          kernels.allocate((count + 1) * 4),
        ] as [number, number, number, number, number];
        const places = Array.from({ length: m * n }, (_, i) => i).filter(() => stream.below(2) === 0);
        const listed = Array.from({ length: count }, (_, i) => places[i % places.length] ?? 0);
        const column = Float64Array.from({ length: n * 4 }, (_, i) =>
          i % 4 === 0
            ? 2 ** (stream.below(5) - 2)
            : i % 4 === 1
              ? stream.uniform() - 0.5
              : stream.uniform() * 2 ** -9,
        );
        const pair = Float64Array.from({ length: count * 2 }, (_, i) => {
          const factor = column[(listed[i >> 1]! % n) * 4]!;
          const bias = column[(listed[i >> 1]! % n) * 4 + 1]!;
          if (i & 1) return stream.uniform();
          if (stream.below(9) === 0) return [Number.POSITIVE_INFINITY, 1e300, Number.NaN][stream.below(3)]!;
          // on a boundary, or anywhere
          const at = 1 + stream.below(format.levels.count - 1);
          const near = format.bits <= 16 ? Number(format.toNumber(format.levels.code(at))) : stream.uniform();
          return (stream.below(2) === 0 ? near : stream.uniform() * 9) / factor - bias;
        });
        kernels.i32(indices, count).set(listed);
        kernels.f64(pairs, count * 2).set(pair);
        kernels.f64(columns, n * 4).set(column);
        const [relative, least] = [2 ** -20, 2 ** -40];
        let undecided: number;
        if (placed.kind === 'bytes') {
          const { thresholds, buckets, lowest, size, codes } = placed;
          undecided = kernels.call.roundDotsBytes(
            ...([count, indices, n, pairs, columns, relative, least] as const),
            ...([thresholds, buckets, lowest, size, codes, out, left] as const),
          );
        } else if (placed.kind === 'computed') {
          undecided = kernels.call.roundDotsComputed(
            ...([
              count,
              indices,
              n,
              pairs,
              columns,
              relative,
              least,
              placed.codec,
              bytes,
              out,
              left,
            ] as const),
          );
        } else throw new Error(placed.kind);
        const wanted = listed.map((at, i) => {
          const [factor, bias, weightNorm, spread] = column.subarray((at % n) * 4) as unknown as number[] &
            [number, number, number, number];
          const y = factor * (pair[2 * i]! + bias);
          const e =
            spread * (weightNorm * pair[2 * i + 1]! + Math.abs(bias)) + relative * Math.abs(y) + least;
          return certain(rounder, y, e);
        });
        expect([...kernels.i32(left, undecided)]).toEqual(
          wanted.flatMap((code, i) => (code === undefined ? [i] : [])),
        );
        const codes =
          bytes === 1
            ? kernels.u8(out, m * n)
            : bytes === 2
              ? kernels.u16(out, m * n)
              : kernels.u32(out, m * n);
        // an index listed twice has the code of its last place
        for (const [i, at] of listed.entries())
          if (wanted[i] !== undefined && listed.lastIndexOf(at) === i) expect(codes[at]).toBe(wanted[i]);
      }
    },
  );
});
