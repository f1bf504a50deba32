import { describe, expect, it } from 'vitest';
import type { MacFacts } from '../../../emac/cost/facts.js';
import { costOfInference } from '../../../emac/cost/inference.js';
import { unitCost } from '../../../emac/cost/units.js';
import { EmacUnit } from '../../../emac/unit/pipeline.js';
import { cyclesOfLayer } from '../../../emac/unit/requantizer.js';
import { UserError } from '../../../errors.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { loadCostSource } from '../../../input/cost-source.js';

function layer(name: string, k: number, outputs: number, format = 'posit8es1'): MacFacts {
  const all = getFormat(format);
  return {
    name,
    k,
    outputs,
    weightFormat: all,
    activationFormat: all,
    outputFormat: all,
    accumulator: { kind: 'exact' },
    multiplier: 'none',
    scaleBits: 16,
    zeroPoints: 'none',
  } as const;
}

const library = loadCostSource('library45');

describe('cycles', () => {
  it('are those of the cycle-true unit, dot products back to back', () => {
    const format = getFormat('fixed8q4');
    for (const [k, outputs] of [
      [1, 1],
      [5, 1],
      [3, 7],
      [1, 4],
    ] as const) {
      const unit = new EmacUnit({
        weights: format,
        activations: format,
        output: format,
        rounding: NEAREST_EVEN,
        maxK: k,
      });
      let edges = 0;
      let codes = 0;
      while (codes < outputs) {
        const at = edges % k;
        const position = {
          first: at === 0 ? 'first' : 'later',
          last: at === k - 1 ? 'last' : 'inner',
        } as const;
        const code = unit.clock(edges < k * outputs ? { product: { w: 1, x: 1 }, position } : undefined);
        if (code !== undefined) codes++;
        edges++;
      }
      expect(cyclesOfLayer({ k, outputs }, 1, { kind: 'none' })).toBe(edges);
    }
  });
  it('units take outputs in parallel; an empty layer takes none', () => {
    expect(cyclesOfLayer({ k: 10, outputs: 8 }, 1, { kind: 'none' })).toBe(83);
    expect(cyclesOfLayer({ k: 10, outputs: 8 }, 4, { kind: 'none' })).toBe(23);
    expect(cyclesOfLayer({ k: 10, outputs: 9 }, 4, { kind: 'none' })).toBe(33);
    expect(cyclesOfLayer({ k: 10, outputs: 0 }, 4, { kind: 'none' })).toBe(0);
  });
});

describe('costOfInference', () => {
  it('is the definition of docs/numerics.md §7, by hand', () => {
    const facts = [layer('a', 100, 20), layer('b', 20, 10)];
    const unit = unitCost(facts[0]!, library);
    const cost = costOfInference(facts, library, { units: 1 });
    const energy = 2000 * (unit.energyPerMac(100) as number) + 200 * (unit.energyPerMac(20) as number);
    const period = unit.periodNs as number;
    expect(cost).toMatchObject({
      source: 'library45',
      units: 1,
      macs: 2200,
      cycles: 2003 + 203,
      periodNs: period,
      width: unit.width,
    });
    expect(cost.energyPJ).toBeCloseTo(energy, 9);
    expect(cost.delayNs).toBeCloseTo(2206 * period, 9);
    expect(cost.edp).toBeCloseTo(energy * 2206 * period, 3);
    expect(cost.energyPerMacPJ).toBeCloseTo(energy / 2200, 12);
    expect(cost.edpPerMac).toBeCloseTo((energy / 2200) * period, 12);
    expect(cost.areaUm2).toBe(unit.areaUm2);
    expect(cost.layers.map(({ name, macs, cycles }) => [name, macs, cycles])).toEqual([
      ['a', 2000, 2003],
      ['b', 200, 203],
    ]);
  });
  it('more units: same energy, less delay, more area', () => {
    const facts = [layer('a', 100, 20)];
    const one = costOfInference(facts, library, { units: 1 });
    const four = costOfInference(facts, library, { units: 4 });
    expect(four.energyPJ).toBe(one.energyPJ);
    expect(four.cycles).toBe(503);
    expect(four.areaUm2).toBe(4 * (one.areaUm2 as number));
    expect(four.edp as number).toBeLessThan(one.edp as number);
  });
  it('layers of other formats have units of their own and share the slowest clock', () => {
    const mixed = costOfInference([layer('a', 100, 20), layer('b', 100, 20, 'fixed8q4')], library);
    const slow = costOfInference([layer('a', 100, 20)], library);
    const fast = costOfInference([layer('b', 100, 20, 'fixed8q4')], library);
    expect(mixed.areaUm2).toBe((slow.areaUm2 as number) + (fast.areaUm2 as number));
    expect(mixed.periodNs).toBe(slow.periodNs);
    expect(mixed.energyPJ).toBe((slow.energyPJ as number) + (fast.energyPJ as number));
  });
  it('one layer that cannot be priced leaves the sum n/a, never smaller', () => {
    const facts = [layer('a', 100, 20, 'fixed8q4'), layer('b', 100, 20)];
    const cost = costOfInference(facts, loadCostSource('horowitz45'));
    expect(cost).toMatchObject({
      energyPJ: 'n/a',
      edp: 'n/a',
      edpPerMac: 'n/a',
      areaUm2: 'n/a',
      delayNs: 'n/a',
      cycles: 4006,
    });
    expect(cost.layers[0]!.energyPJ).toBeCloseTo(600, 9);
    expect(cost.layers[1]!.energyPJ).toBe('n/a');
  });
  it('the float32 baseline costs many times an 8-bit unit', () => {
    const base = { ...layer('a', 100, 20, 'float32'), accumulator: { kind: 'float32' } } as const;
    const float32 = costOfInference([base], library);
    const posit = costOfInference([layer('a', 100, 20)], library);
    expect(float32.edp as number).toBeGreaterThan(3 * (posit.edp as number));
    expect(float32.band).toMatch(/^extrapolated/);
    expect([float32.edpDeviation, float32.edpLow, float32.edpHigh]).toEqual(['n/a', 'n/a', 'n/a']);
    expect(float32.width).toBe(32);
  });
  it('a real s takes a loop, by the shortest layer that shares the unit', () => {
    const scaled = (k: number) => ({ ...layer(`k${k}`, k, 20, 'fixed8q4'), multiplier: 'multiply' }) as const;
    // 100 products and the bias of 2^14 need W = 22: 11 digits of 2 bits, 6 of 4, 3 of 8, two cycles in the round
    const cycles = (...ks: number[]) =>
      costOfInference(ks.map(scaled), library).layers.map((one) => one.cycles);
    expect(cycles(100)).toEqual([20 * 100 + 11 + 5]);
    expect(cycles(100, 7)).toEqual([20 * 100 + 6 + 5, 20 * 7 + 6 + 5]);
    expect(cycles(100, 4)).toEqual([20 * 100 + 3 + 5, 20 * 4 + 3 + 5]);
    // too short for any: the layer waits for the loop
    expect(cycles(100, 2)).toEqual([20 * 100 + 3 + 5, 20 * 4 + 3 + 5]);
    const parallel = costOfInference([scaled(100)], library, {
      units: 8,
      requantizer: { kind: 'parallel', lanes: 8 },
    });
    expect(parallel.cycles).toBe(3 * 100 + 16 + 3);
    // 22 bits of isolation, an eighth of 22 + 17 flip-flops, 8 of each
    const plain = costOfInference([layer('k100', 100, 20, 'fixed8q4')], library, { units: 8 });
    expect(parallel.flipFlops).toBe(plain.flipFlops + 8 * 22 + 39);
    for (const lanes of [0, 1.5]) {
      expect(() =>
        costOfInference([scaled(100)], library, { units: 1, requantizer: { kind: 'parallel', lanes } }),
      ).toThrow(UserError);
    }
  });

  it('its band is that of the unit, and of the requantizer and composed parts on their shares of the energy', () => {
    const plain = costOfInference([layer('a', 100, 20, 'fixed8q4')], library);
    expect(plain.edpDeviation).toBeCloseTo(0.18, 12);
    const factor = Math.exp(2.06 * 0.18);
    expect(plain.edpLow as number).toBeCloseTo((plain.edp as number) / factor, 6);
    expect((plain.edpHigh as number) / (plain.edp as number)).toBeCloseTo(factor, 12);
    const scaled = costOfInference([{ ...layer('a', 100, 20, 'fixed8q4'), multiplier: 'multiply' }], library);
    // W = 22, 4 levels of n + 1 = 9 bits and one more: 9 + 10 + 12 + 16 + 24 multiplexer bits of the shifter
    const loop = 25 * 0.0086 + (71 * 0.01119 + 6.72 + 0.2232 * 22) / 100;
    const all = scaled.energyPerMacPJ as number;
    expect(all).toBeCloseTo((plain.energyPerMacPJ as number) + loop, 12);
    expect(scaled.edpDeviation).toBeCloseTo(Math.hypot(0.18, (0.13 * loop) / all), 12);
    const saturated = costOfInference(
      [{ ...layer('a', 100, 20, 'fixed8q4'), accumulator: { kind: 'saturate', bits: 22 } }],
      library,
    );
    const share = (22 * 0.01119) / (saturated.energyPerMacPJ as number);
    expect(saturated.edpDeviation).toBeCloseTo(Math.hypot(0.18, 0.35 * share), 12);
    expect(saturated.band).toMatch(/composed: saturation$/);
  });

  it('names one structure alike, whatever its format is called', () => {
    const of = (format: string, multiplier: MacFacts['multiplier'] = 'none') =>
      costOfInference([{ ...layer('a', 100, 20, format), multiplier }], library).structure;
    expect(of('fixed8q4')).toBe(of('fixed8q5'));
    expect(of('fixed8q4')).toBe(of('pow2int8'));
    expect(
      new Set([of('fixed8q4'), of('fixed7q4'), of('fixed8q4', 'shift'), of('fixed8q4', 'multiply')]).size,
    ).toBe(4);
  });

  it('refuses no layers and impossible unit counts', () => {
    expect(() => costOfInference([], library)).toThrow(UserError);
    for (const units of [0, -1, 1.5, Number.NaN, 2 ** 30]) {
      expect(() => costOfInference([layer('a', 1, 1)], library, { units })).toThrow(UserError);
    }
  });
});

describe('the bias', () => {
  it('counts as one more product, or as large as the plan says', () => {
    const width = (change: Partial<MacFacts>) =>
      costOfInference([{ ...layer('a', 100, 20, 'fixed8q4'), ...change }], library).width;
    // 100 or 101 products of 2^14: 1.65 million, 21 bits and a sign
    expect(width({})).toBe(22);
    expect(width({ largestBias: 0n })).toBe(22);
    expect(width({ k: 127, largestBias: 0n })).toBe(22);
    expect(width({ k: 127 })).toBe(23);
    expect(width({ largestBias: 2n ** 40n })).toBe(42);
  });
});
