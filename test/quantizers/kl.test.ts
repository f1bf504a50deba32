import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { log } from '../../arithmetic/elementary.js';
import type { NumberFormat } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { scaleOf } from './calibrated.js';
import { big, binned, lineOf, quotient, roundQuotient } from './oracle.js';

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
