import fc from 'fast-check';

import { describe, expect, it } from 'vitest';
import { log } from '../../arithmetic/elementary.js';
import { UserError } from '../../errors.js';
import { NEAREST_EVEN, type NumberFormat } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { calibrate, calibrateChannels, type TensorRole } from '../../quantizers/calibrate.js';
import { Histogram } from '../../quantizers/histogram.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';
import {
  big,
  binned,
  integerLine,
  lineOf,
  mseScale,
  quotient,
  roundQuotient,
  zeroPointOf,
} from './oracle.js';

const tensors = fc
  .tuple(
    fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 6 }),
    fc.constantFrom(2 ** -20, 0.01, 1, 300, 2 ** 30),
  )
  .map(([values, size]) => Float32Array.from(values, (value) => value * size));

function scaleOf(
  values: Float32Array,
  format: NumberFormat | string,
  quantizer: string,
  role: TensorRole = 'activations',
): number {
  const found = typeof format === 'string' ? getFormat(format) : format;
  return calibrate(Histogram.of('t', values), found, role, parseQuantizer(quantizer)).scales[0]!;
}

describe('max', () => {
  const names = [
    'posit8es2',
    'posit5es0',
    'float8e4m3',
    'float8e4m3fn',
    'fixed8q0',
    'pow2val4',
    'float16e5m10',
  ];
  it.each(names)('%s: the exact quotient max|x|/M, rounded once', (name) => {
    const format = getFormat(name);
    fc.assert(
      fc.property(tensors, (values) => {
        const { maxMagnitude } = binned(values);
        const expected = maxMagnitude === 0 ? 1 : quotient(big(maxMagnitude), big(format.facts.max));
        expect(scaleOf(values, format, 'linear:max')).toBe(expected);
      }),
    );
  });

  it('pow2: the smallest power of two not below it', () => {
    expect(scaleOf(Float32Array.of(127), 'fixed8q0', 'linear:max:pow2')).toBe(1);
    expect(scaleOf(Float32Array.of(127.00001), 'fixed8q0', 'linear:max:pow2')).toBe(2);
    expect(scaleOf(Float32Array.of(-63.5), 'fixed8q0', 'linear:max:pow2')).toBe(0.5);
  });

  it('pow2int has a power of two whatever is asked', () => {
    expect(scaleOf(Float32Array.of(3), 'pow2int8', 'linear:max')).toBe(2 ** -5);
    fc.assert(
      fc.property(
        tensors,
        fc.constantFrom('linear:mse', 'linear:kl', 'linear:percentile90'),
        (values, name) => {
          const scale = scaleOf(values, 'pow2int8', name);
          expect(scale).toBe(scaleOf(values, 'pow2int8', `${name}:pow2`));
          expect(Number.isInteger(Math.log2(scale))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('empty and all-zero tensors', () => {
  const quantizers = ['max', 'mse', 'kl', 'percentile99', 'max:pow2', 'mse:pow2'].map(
    (name) => `linear:${name}`,
  );
  it.each(quantizers)('%s: scale 1', (name) => {
    for (const values of [Float32Array.of(), Float32Array.of(0, -0, 0)]) {
      for (const format of ['posit8es1', 'float8e4m3', 'affine8', 'affine8s', 'pow2int8', 'fixed8q4']) {
        for (const role of ['weights', 'activations'] as const) {
          expect(scaleOf(values, format, name, role), `${format} ${role}`).toBe(1);
        }
      }
    }
  });

  it('values too small for any bin but that of zeros still have a scale', () => {
    const tiny = Float32Array.of(2 ** -149);
    expect(scaleOf(tiny, 'fixed8q0', 'linear:max')).toBe(quotient(big(2 ** -149), big(127)));
    expect(scaleOf(tiny, 'fixed8q0', 'linear:percentile50')).toBe(quotient(big(2 ** -149), big(127)));
    expect(scaleOf(tiny, 'fixed8q0', 'linear:kl')).toBe(quotient(big(2 ** -149), big(127)));
    expect(scaleOf(tiny, 'fixed8q0', 'linear:mse')).toBeGreaterThan(0);
  });
});

describe('percentile', () => {
  /** T by sorting magnitudes: the bin of the value at which p % is reached. */
  function expectedT(values: Float32Array, tenthsOfPercent: number): number {
    const { values: bins, maxMagnitude } = binned(values);
    const sorted = bins.map(Math.abs).sort((a, b) => a - b);
    const top = sorted.at(-1)!;
    for (const [i, bin] of sorted.entries()) {
      const last = i + 1 === sorted.length || sorted[i + 1] !== bin;
      if (last && (i + 1) * 1000 >= tenthsOfPercent * sorted.length) return bin === top ? maxMagnitude : bin;
    }
    throw new Error('no percentile');
  }

  it('is the middle of the first magnitude bin that reaches p % exactly, zeros included', () => {
    const few = fc.array(fc.constantFrom(0, -0, 1, -1, 2.5, -3, 100, 1e-20), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 1000 }), (list, tenths) => {
        const values = Float32Array.from(list);
        const t = expectedT(values, tenths);
        const expected = t === 0 ? 1 : quotient(big(t), big(127));
        expect(scaleOf(values, 'fixed8q0', `linear:percentile${tenths / 10}`)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('takes p as the decimal it is written as: 999 of 1,000 reach 99.9 %', () => {
    const values = new Float32Array(1000).fill(1);
    values[17] = -50;
    expect(scaleOf(values, 'fixed8q0', 'linear:percentile99.9')).toBe((1 + 2 ** -8) / 127);
    expect(scaleOf(values, 'fixed8q0', 'linear:percentile99.91')).toBe(50 / 127);
  });

  it('the top bin stands at max|x|', () => {
    expect(scaleOf(Float32Array.of(1, 1.001), 'fixed8q0', 'linear:percentile50')).toBe(
      Math.fround(1.001) / 127,
    );
  });
});

describe('mse', () => {
  const names = [
    ...['posit8es2', 'posit8es0', 'posit5es1', 'float8e4m3', 'float8e5m2fnuz', 'float5e2m2', 'float4e2m1f'],
    ...['fixed8q0', 'fixed5q0', 'pow2val4'],
  ];
  it.each(names)('%s: the least exact error of all candidates, ties by |k| then the larger', (name) => {
    const format = getFormat(name);
    const line = lineOf(format);
    fc.assert(
      fc.property(tensors, (values) => {
        const expected = mseScale(binned(values), line, format.facts, 1);
        expect(scaleOf(values, format, 'linear:mse')).toBe(expected);
        expect(scaleOf(values, format, 'linear')).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['posit6es1', 'float6e3m2', 'pow2int6'])('%s pow2: only multiples of 8', (name) => {
    const format = getFormat(name);
    fc.assert(
      fc.property(tensors, (values) => {
        const expected = mseScale(binned(values), lineOf(format), format.facts, 8);
        expect(scaleOf(values, format, 'linear:mse:pow2')).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('equal errors: the smallest |k|, exactness over a long stretch', () => {
    // float32 holds every bin exactly at every power of two: k = 0 wins.
    expect(scaleOf(Float32Array.of(0.3, -7), 'float32', 'linear:mse')).toBe(1);
    expect(scaleOf(Float32Array.of(0.3, -7), 'posit32es2', 'linear:mse')).toBe(1);
    expect(scaleOf(Float32Array.of(0.3, -7), 'float16', 'linear:mse')).toBe(1);
    // For float16 1e6's bin must come down to 65504 at least: the smallest power that does it.
    expect(scaleOf(Float32Array.of(1e6), 'float16', 'linear:mse')).toBe(16);
  });

  it('a posit is ruined by max and not by mse', () => {
    // A bell-shaped tensor: max puts it where posit8es2 has no fraction bits.
    const values = Float32Array.from({ length: 4096 }, (_, i) =>
      Math.fround(((i * 2654435761) % 4096) / 4096 - 0.5),
    );
    const error = (quantizer: string) => {
      const format = getFormat('posit8es2');
      const scale = scaleOf(values, format, quantizer);
      return values.reduce((sum, x) => sum + (format.toNumber(format.encode(x / scale)) * scale - x) ** 2, 0);
    };
    expect(error('linear:max')).toBeGreaterThan(100 * error('linear:mse'));
  });
});

describe('affine', () => {
  it.each([
    ['affine8', 'activations', 0, 255],
    ['affine8s', 'activations', -128, 127],
    ['affine8', 'weights', 1, 255],
    ['affine4', 'activations', 0, 15],
  ] as const)(
    '%s %s: [lo, hi] with 0 in it onto %i..%i, ties of the zero point to even',
    (name, role, low, high) => {
      const format = getFormat(name);
      fc.assert(
        fc.property(tensors, fc.constantFrom('max', 'mse'), (values, calibrator) => {
          const lo = Math.min(0, ...values);
          const hi = Math.max(0, ...values);
          const scale = lo === hi ? 1 : quotient(big(hi) - big(lo), BigInt(high - low) << 1100n);
          const zeroPoint = zeroPointOf(low, high, { a: big(lo), b: big(scale) });
          const encoding = calibrate(
            Histogram.of('t', values),
            format,
            role,
            parseQuantizer(`linear:${calibrator}`),
          );
          expect(encoding.zeroPoint).toBe(zeroPoint);
          expect(encoding.range).toBe(role === 'weights' ? 'narrow' : 'full');
          if (calibrator === 'max') expect(encoding.scales[0]).toBe(scale);
          else {
            const line = integerLine(low - zeroPoint, high - zeroPoint);
            expect(encoding.scales[0]).toBe(mseScale(binned(values), line, format.facts, 1));
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  it('a zero point half way between integers goes to the even one', () => {
    // lo/scale = −(127.5): width 3·2^-1·255 … hi − lo = 255 s with lo = −127.5 s, s = 2.
    const { scales, zeroPoint } = calibrate(
      Histogram.of('t', Float32Array.of(-255, 255)),
      getFormat('affine8'),
      'activations',
      parseQuantizer('linear:max'),
    );
    expect([scales[0], zeroPoint]).toEqual([2, 128]);
  });

  it('signed weights: zero point 0, scale max|w|/127, codes within ±127', () => {
    const encoding = calibrate(
      Histogram.of('t', Float32Array.of(-3, 1)),
      getFormat('int8'),
      'weights',
      parseQuantizer('linear:max'),
    );
    expect(encoding).toMatchObject({ zeroPoint: 0, range: 'narrow', granularity: { kind: 'tensor' } });
    expect(encoding.scales[0]).toBe(quotient(big(3), big(127)));
  });

  it('signed weights by mse: all integers of the narrow range, zero point 0', () => {
    const format = getFormat('affine5s');
    fc.assert(
      fc.property(tensors, (values) => {
        const expected = mseScale(binned(values), integerLine(-15, 15), format.facts, 1);
        expect(scaleOf(values, format, 'linear:mse', 'weights')).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('percentile clips both ends to ±T', () => {
    const values = new Float32Array(100).fill(1);
    values.set([-90, 70]);
    const encoding = calibrate(
      Histogram.of('t', values),
      getFormat('affine8'),
      'activations',
      parseQuantizer('linear:percentile90'),
    );
    const t = 1 + 2 ** -8;
    expect(encoding.scales[0]).toBe(quotient(2n * big(t), big(255)));
    expect(encoding.zeroPoint).toBe(128);
  });

  it('pow2: the power of two not below the width', () => {
    const values = Float32Array.of(-1, 254.5);
    const encoding = calibrate(
      Histogram.of('t', values),
      getFormat('affine8'),
      'activations',
      parseQuantizer('linear:max:pow2'),
    );
    // 255.5 / 255 is above 1, so the scale is 2 and −lo/scale = ½ ties to 0.
    expect([encoding.scales[0], encoding.zeroPoint]).toEqual([2, 0]);
  });
});

describe('kl', () => {
  /** The definition again: every threshold from small to large, grouped by Map. */
  function expectedT(values: Float32Array, format: NumberFormat): number {
    const { values: bins, maxMagnitude } = binned(values);
    const counts = new Map<number, number>();
    for (const bin of bins) if (bin !== 0) counts.set(Math.abs(bin), (counts.get(Math.abs(bin)) ?? 0) + 1);
    const places = [...counts.keys()].sort((a, b) => a - b);
    const stand = (bin: number) => (bin === places.at(-1) ? maxMagnitude : bin);
    const every = Array.from({ length: 2 ** format.bits }, (_, code) => format.toNumber(code));
    const positive = new Set(every.filter((value) => value > 0 && Number.isFinite(value))).size;
    let best = { t: maxMagnitude, divergence: Number.POSITIVE_INFINITY };
    for (const [index, place] of places.entries()) {
      const t = stand(place);
      const inside = places.slice(0, index + 1);
      if (inside.length < positive) continue;
      const beyond = places.slice(index + 1).reduce((sum, bin) => sum + counts.get(bin)!, 0);
      const scale = quotient(big(t), big(format.facts.max));
      const groups = new Map<number, number[]>();
      for (const bin of inside) {
        const level = roundQuotient(lineOf(format), stand(bin), scale);
        groups.set(level, [...(groups.get(level) ?? []), bin]);
      }
      const inner = inside.reduce((sum, bin) => sum + counts.get(bin)!, 0);
      let divergence = 0;
      for (const group of groups.values()) {
        const q = group.reduce((sum, bin) => sum + counts.get(bin)!, 0) / group.length / inner;
        for (const bin of group) {
          const p = (counts.get(bin)! + (bin === place ? beyond : 0)) / (inner + beyond);
          divergence += p * log(p / q);
        }
      }
      if (divergence <= best.divergence) best = { t, divergence };
    }
    return best.t;
  }

  it.each([
    ['fixed3q0', 'some'],
    ['fixed4q0', 'some'],
    ['fixed5q0', 'any'],
    ['fixed6q0', 'any'],
    ['posit4es1', 'any'],
    ['posit6es1', 'any'],
    ['float4e2m1f', 'any'],
    ['float6e3m2', 'any'],
    ['pow2val4', 'any'],
  ])('%s: the threshold of least divergence, which clips %s of the tensors', (name, clips) => {
    const format = getFormat(name);
    const lists = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 200 });
    let clipped = 0;
    fc.assert(
      fc.property(lists, fc.constantFrom(1, 3), (list, power) => {
        // cubed: few large values, many equal small ones
        const values = Float32Array.from(
          list,
          (n, i) => ((i % 2 ? 1 : -1) * Math.ceil((n / 40) ** power)) / 37,
        );
        const t = expectedT(values, format);
        expect(scaleOf(values, format, 'linear:kl')).toBe(quotient(big(t), big(format.facts.max)));
        if (t < Math.max(...values.map(Math.abs))) clipped++;
      }),
      { numRuns: 40, seed: 5 },
    );
    if (clips === 'some') expect(clipped).toBeGreaterThan(0);
  });

  it('clips nothing where every occupied bin can have a value to itself', () => {
    const few = Float32Array.of(10.5, 11, 11.5, 12, 12.5, 13, 13.5, 14);
    for (const name of ['fixed8q0', 'posit8es1', 'float8e4m3', 'fixed16q0', 'posit32es2', 'float16']) {
      const format = getFormat(name);
      expect(scaleOf(few, format, 'linear:kl')).toBe(quotient(big(14), big(format.facts.max)));
    }
    expect(scaleOf(few, 'affine8', 'linear:kl')).toBe(quotient(big(14), big(255)));
    expect(scaleOf(few, 'affine8s', 'linear:kl', 'weights')).toBe(quotient(big(14), big(127)));
    const column = Float32Array.from({ length: 800 }, (_, i) => i % 2);
    for (const name of ['affine8', 'affine4', 'fixed8q0', 'fixed2q0', 'posit8es1', 'pow2val4']) {
      const width = name.startsWith('affine') ? 2 ** Number(name.slice(6)) - 1 : getFormat(name).facts.max;
      expect(scaleOf(column, name, 'linear:kl')).toBe(quotient(big(1), big(width)));
    }
  });

  it('tries as many occupied bins as the format has positive values, and no fewer', () => {
    // seven bins near 1 with counts that are not alike, and one value far out: 7 positive values may leave it out
    const counts = [100, 4000, 10, 3000, 50, 2000, 700];
    const near = counts.flatMap((count, i) => new Array<number>(count).fill(1 + i / 8));
    const values = Float32Array.from([1000, ...near]);
    const top = Math.max(...binned(Float32Array.of(1.75)).values);
    for (const [format, role, width] of [
      ['fixed4q0', 'activations', 7],
      ['affine4s', 'activations', 15],
      ['affine4s', 'weights', 7],
    ] as const) {
      const clipped = scaleOf(values, format, 'linear:kl', role);
      expect(clipped).toBe(quotient(big(top), big(width)));
    }
    expect(scaleOf(values, 'fixed5q0', 'linear:kl')).toBe(quotient(big(1000), big(15)));
    // without the bin at 1 there are six
    expect(
      scaleOf(
        values.filter((x) => x !== 1),
        'fixed4q0',
        'linear:kl',
      ),
    ).toBe(quotient(big(1000), big(7)));
  });

  it('cuts off lone outliers where evenly spaced codes are few', () => {
    const values = Float32Array.from({ length: 20_001 }, (_, i) => (i === 20_000 ? 12 : (i % 1000) / 1000));
    const kept = scaleOf(values, 'fixed4q0', 'linear:kl') * 7;
    expect(kept).toBeLessThan(2);
  });
});

describe('channels', () => {
  it('one scale a channel, each from its own values alone', () => {
    const rows = [Float32Array.of(1, -2), Float32Array.of(0, 0), Float32Array.of(40, 3)];
    const histograms = rows.map((row, i) => Histogram.of(`row ${i}`, row));
    for (const name of ['posit8es1', 'affine8s', 'float8e4m3']) {
      const quantizer = parseQuantizer('linear:mse');
      const encoding = calibrateChannels(histograms, getFormat(name), 'weights', quantizer);
      expect(encoding.granularity).toEqual({ kind: 'channel' });
      expect([...encoding.scales]).toEqual(rows.map((row) => scaleOf(row, name, 'linear:mse', 'weights')));
      expect(encoding.scales[1]).toBe(1);
    }
  });

  it('unsigned formats with zero points refuse, and say what to use', () => {
    const quantizer = parseQuantizer('linear');
    expect(() => calibrateChannels([], getFormat('affine8'), 'weights', quantizer)).toThrow(/affine8s/);
  });
});

describe('choices that do not go together', () => {
  const histogram = Histogram.of('t', Float32Array.of(1));
  it.each(['affine8', 'affine4s', 'pow2int8'])('%s under rounding', (name) => {
    const attempt = () => calibrate(histogram, getFormat(name), 'weights', parseQuantizer('rounding'));
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(/use linear/);
  });

  it('a policy or underflow rule the format lacks', () => {
    const quantizer = parseQuantizer('linear:max');
    const given = { ...NEAREST_EVEN, policy: 'infinity' as const };
    expect(() => calibrate(histogram, getFormat('posit8es1'), 'weights', quantizer, given)).toThrow(
      UserError,
    );
    const flushed = { ...NEAREST_EVEN, underflow: 'half' as const };
    expect(() => calibrate(histogram, getFormat('fixed8q4'), 'weights', quantizer, flushed)).toThrow(
      UserError,
    );
    expect(calibrate(histogram, getFormat('posit8es1'), 'weights', quantizer, flushed).rounding).toEqual(
      flushed,
    );
  });

  it('rounding has scale 1 and zero point 0', () => {
    const encoding = calibrate(histogram, getFormat('posit8es1'), 'weights', parseQuantizer('rounding'));
    expect([encoding.scales[0], encoding.zeroPoint, encoding.range]).toEqual([1, 0, 'full']);
  });

  it('fixed under linear is one format whatever q: the scale takes its place', () => {
    const histogram = Histogram.of('t', Float32Array.of(0.3, -0.7, 2.25));
    const quantizers = ['max', 'mse', 'kl', 'percentile99', 'mse:pow2'].map((name) => `linear:${name}`);
    for (const quantizer of quantizers.map(parseQuantizer)) {
      const whole = calibrate(histogram, getFormat('fixed8q0'), 'weights', quantizer);
      for (let q = 1; q < 8; q++) {
        const format = getFormat(`fixed8q${q}`);
        expect(calibrate(histogram, format, 'weights', quantizer)).toEqual(whole);
        const channels = calibrateChannels([histogram], format, 'weights', quantizer);
        expect([channels.format.name, ...channels.scales]).toEqual(['fixed8q0', ...whole.scales]);
      }
    }
    const rounding = calibrate(histogram, getFormat('fixed8q5'), 'weights', parseQuantizer('rounding'));
    expect(rounding.format.name).toBe('fixed8q5');
  });
});
