import { describe, expect, it } from 'vitest';
import type { MacFacts } from '../../../emac/cost/facts.js';
import { type StructureOptions, unitStructure } from '../../../emac/cost/structure.js';
import { unitCost } from '../../../emac/cost/units.js';
import { getFormat } from '../../../formats/registry.js';
import { loadCostSource } from '../../../input/cost-source.js';
import { facts } from './mac-facts.js';

/**
 * Measured prototypes, K = 1024 (energy K = 128): µm² and abc ps of Nangate 45, fJ per MAC dynamic with glitches
 * and clock pins, LUT4 of iCE40, LUT of 7-series without DSP, flip-flops. They clear the accumulator instead of
 * preloading it.
 */
const MEASURED = [
  ['fixed5q2', 637.9, 496, 1076, 116, 81, 53],
  ['fixed8q4', 1100.4, 630, 2409, 242, 203, 74],
  ['float6e3m2', 1068.0, 895, 1903, 248, 160, 65],
  ['float8e3m4', 1386.7, 1108, 2590, 322, 208, 79],
  ['float8e4m3', 1712.0, 1502, 3371, 414, 297, 92],
  ['posit5es1', 1372.0, 1305, 2164, 320, 235, 71],
  ['posit8es0', 2008.6, 1240, 4580, 513, 389, 88],
  ['posit8es1', 2479.1, 2140, 4639, 666, 440, 111],
  ['posit8es2', 3892.9, 2535, 6219, 964, 619, 158],
] as const;

function near(got: number | 'n/a', measured: number, within: number): void {
  expect(got).not.toBe('n/a');
  expect(Math.abs((got as number) / measured - 1)).toBeLessThanOrEqual(within);
}

describe('the fits against the units they were fitted to', () => {
  for (const [name, area, picoseconds, femtojoules, ice, xc, flipFlops] of MEASURED) {
    it(`${name}: area ±8 %, LUTs ±17 %, period ±23 %, energy ±21 %`, () => {
      const price = (source: string) =>
        unitCost(facts(name, { largestBias: 0n }), loadCostSource(source), { preload: 'clear' });
      const library = price('library45');
      near(library.areaUm2, area, 0.08);
      near(library.periodNs, picoseconds / 1000, 0.23);
      near(library.energyPerMac(128), femtojoules / 1000, 0.21);
      near(price('ice40').luts, ice, 0.15);
      near(price('xc7').luts, xc, 0.17);
      expect(library.band).toBe('area ±8 %, energy ±21 %, period ±23 %');
      // floats here have a sticky flag for NaN and Inf, and one bit less of accumulator
      expect(Math.abs(library.flipFlops - flipFlops)).toBeLessThanOrEqual(1);
    });
  }

  it('ECP5: COMB and period of the measured units', () => {
    for (const [name, comb, megahertz] of [
      ['fixed8q4', 322, 111],
      ['posit8es0', 781, 48],
      ['posit8es1', 970, 44],
      ['posit8es2', 1397, 38],
    ] as const) {
      const cost = unitCost(facts(name), loadCostSource('ecp5'), { preload: 'clear' });
      near(cost.luts, comb, 0.15);
      near(cost.periodNs, 1000 / megahertz, 0.15);
      expect(cost.lutKind).toBe('COMB');
    }
  });

  it('int8 power-of-two and affine units, which the fit did not see: area ±5 and ±10 %', () => {
    const wide = { accumulator: { kind: 'wrap', bits: 32 } } as const;
    const price = (name: string, change: Partial<MacFacts>) =>
      unitCost(facts(name, { ...wide, ...change }), loadCostSource('library45'), {
        preload: 'clear',
        requantizer: { kind: 'parallel', lanes: 1 },
      }).areaUm2;
    near(price('pow2int8', { multiplier: 'shift' }), 1523, 0.05);
    // its multiplier of s has 31 bits, twice those of the units whose cells are priced
    near(price('affine8s', { multiplier: 'multiply', scaleBits: 31, zeroPoints: 'subtracted' }), 7661, 0.1);
  });
});

describe('structure', () => {
  it('counts posit8es1 as docs/cost.md does', () => {
    expect(unitStructure(facts('posit8es1')).counts).toEqual({
      constant: 1,
      'multiplier-cells': 25,
      'decode-bits': 48,
      'align-mux-bits': 167,
      'accumulator-bits': 60,
      'code-sum-bits': 0,
      'preload-bits': 60,
      'saturate-bits': 0,
      'normalise-mux-bits': 93,
      'shift-mux-bits': 0,
      'count-bits': 60,
      'round-adder-bits': 68,
      'isolation-bits': 0,
      'requantize-cells': 0,
      'loop2-constant': 0,
      'loop2-bits': 0,
      'loop8-constant': 0,
      'loop8-bits': 0,
      'requantize-register-bits': 0,
      'register-bits': 111,
      'float-round': 0,
      'posit-round': 1,
      'float-shift': 0,
      series: 5,
    });
  });
  it('s = 1 costs nothing, a power of two a shifter', () => {
    const of = (name: string, multiplier: MacFacts['multiplier']) =>
      unitStructure(facts(name, { multiplier })).counts;
    const names = ['fixed8q4', 'float8e4m3', 'posit8es1'];
    expect(names.map((name) => of(name, 'none')['shift-mux-bits'])).toEqual([0, 0, 0]);
    // W = 26: levels of 9, 10, 12, 16 and 24; a float's W; a posit's normaliser has it all
    expect(names.map((name) => of(name, 'shift')['shift-mux-bits'])).toEqual([71, 45, 0]);
    expect(names.map((name) => of(name, 'shift')['float-shift'])).toEqual([0, 1, 0]);
  });
  it('a real s has a register that holds the sum, and a loop or cells', () => {
    const of = (options: StructureOptions) => {
      const { counts } = unitStructure(facts('fixed8q4', { multiplier: 'multiply' }), options);
      return [
        counts['isolation-bits'],
        counts['requantize-cells'],
        counts['loop2-constant'],
        counts['loop2-bits'],
        counts['loop8-constant'],
        counts['loop8-bits'],
        counts['requantize-register-bits'],
      ];
    };
    expect(of({})).toEqual([26, 0, 1, 26, 0, 0, 25]);
    expect(of({ shortestK: 13 })).toEqual([26, 0, 0.5, 13, 0.5, 13, 25]);
    expect(of({ shortestK: 7 })).toEqual([26, 0, 0, 0, 1, 26, 25]);
    expect(of({ requantizer: { kind: 'parallel', lanes: 1 } })).toEqual([26, 416, 0, 0, 0, 0, 43]);
    expect(of({ requantizer: { kind: 'parallel', lanes: 8 } })).toEqual([26, 52, 0, 0, 0, 0, 43 / 8]);
  });
  it('a stated accumulator is as wide as stated', () => {
    const width = (bits: number) =>
      unitStructure(facts('posit8es1', { accumulator: { kind: 'saturate', bits } }));
    expect(width(24).width).toBe(24);
    expect(width(24).counts['saturate-bits']).toBe(24);
    expect(width(24).departures).toEqual(['saturation']);
    const wrap = facts('posit8es1', { accumulator: { kind: 'wrap', bits: 24 } });
    expect(unitStructure(wrap).departures).toEqual([]);
  });
});

describe('orderings', () => {
  const price = (name: string) => unitCost(facts(name), loadCostSource('library45'));
  const ordered = (names: readonly string[]) => {
    for (let i = 1; i < names.length; i++) {
      const [less, more] = [price(names[i - 1]!), price(names[i]!)];
      expect(less.areaUm2 as number).toBeLessThan(more.areaUm2 as number);
      expect(less.energyPerMac(128) as number).toBeLessThan(more.energyPerMac(128) as number);
    }
  };
  it('fixed < float < posit at equal width', () => {
    for (const n of [6, 7, 8]) ordered([`fixed${n}q3`, `float${n}e3m${n - 4}`, `posit${n}es1`]);
  });
  it('more exponent bits cost more', () => {
    for (const n of [6, 7, 8]) ordered([0, 1, 2].map((es) => `posit${n}es${es}`));
    ordered([2, 3, 4, 5].map((e) => `float8e${e}m${7 - e}`));
  });
  it('more bits and a longer K cost more', () => {
    ordered([5, 6, 7, 8].map((n) => `posit${n}es1`));
    const area = (k: number) => unitCost(facts('posit8es1', { k }), loadCostSource('library45')).areaUm2;
    expect(area(4096)).toBeGreaterThan(area(16) as number);
  });
  it('a multiplication by s is shared by the products of a dot product', () => {
    const cost = unitCost(facts('posit8es1', { multiplier: 'multiply' }), loadCostSource('library45'));
    expect(cost.energyPerMac(16) as number).toBeGreaterThan(cost.energyPerMac(1024) as number);
    expect(cost.band).toBe('area ±8 %, energy ±21 %, period ±23 %');
  });
});

describe('what a source cannot price is n/a', () => {
  const horowitz = loadCostSource('horowitz45');
  const energy = (name: string, change: Partial<MacFacts> = {}) =>
    unitCost(facts(name, change), horowitz).energyPerMac(128);
  it('Horowitz: plain integer and IEEE float multiply-adds only', () => {
    expect(energy('fixed8q4')).toBeCloseTo(0.3, 12);
    expect(energy('affine8s', { k: 2 })).toBeCloseTo(0.3, 12);
    expect(energy('float32', { accumulator: { kind: 'float32' } })).toBeCloseTo(4.6, 12);
    expect(energy('float32', { accumulator: { kind: 'per-op' } })).toBeCloseTo(4.6, 12);
    expect(energy('float16', { accumulator: { kind: 'per-op' } })).toBeCloseTo(1.5, 12);
    for (const name of ['posit8es1', 'float8e4m3', 'float32', 'fixed5q2', 'fixed16q8', 'pow2val4']) {
      expect(energy(name)).toBe('n/a');
    }
    expect(energy('bfloat16', { accumulator: { kind: 'per-op' } })).toBe('n/a');
    expect(energy('float16', { accumulator: { kind: 'float32' } })).toBe('n/a');
    expect(energy('fixed8q4', { accumulator: { kind: 'wrap', bits: 40 } })).toBe('n/a');
    const cost = unitCost(facts('fixed8q4'), horowitz);
    expect([cost.areaUm2, cost.luts, cost.periodNs]).toEqual(['n/a', 'n/a', 'n/a']);
  });
  it('FPGA sources have no energy', () => {
    for (const name of ['ice40', 'ecp5', 'xc7']) {
      const cost = unitCost(facts('posit8es1'), loadCostSource(name));
      expect([cost.areaUm2, cost.energyPerMac(128)]).toEqual(['n/a', 'n/a']);
      expect(cost.luts).not.toBe('n/a');
    }
  });
  it('what is composed or interpolated says so, and lies in range', () => {
    const price = (name: string, change?: Partial<MacFacts>, options?: StructureOptions) =>
      unitCost(facts(name, change), loadCostSource('library45'), options);
    const stated = 'area ±8 %, energy ±21 %, period ±23 %';
    const multiply = { multiplier: 'multiply' } as const;
    expect(price('affine8s', { ...multiply, zeroPoints: 'subtracted' }).band).toBe(
      `${stated}, composed: zero points`,
    );
    expect(price('fixed8q4', multiply, { shortestK: 8 }).band).toBe(`${stated}, loop of 4 bits interpolated`);
    expect(price('fixed8q4', { multiplier: 'shift' }).band).toBe(stated);
    expect(price('fixed8q4', multiply).edpError).toEqual({ unit: 0.18, requantizer: 0.13, quantile: 2.06 });
    const odd = price('fixed8q4', { ...multiply, scaleBits: 24 });
    expect([odd.band, odd.edpError]).toEqual([`extrapolated (s of 24 bits); in range: ${stated}`, 'n/a']);
  });
  it('a real s was measured on no FPGA: its loop is cells of the parallel multiplier', () => {
    const cost = (options?: StructureOptions) =>
      unitCost(facts('fixed8q4', { multiplier: 'multiply' }), loadCostSource('ice40'), options);
    const parallel = { requantizer: { kind: 'parallel', lanes: 1 } } as const;
    expect((cost(parallel).luts as number) - (cost().luts as number)).toBeCloseTo(3.23 * 16 * (26 - 2), 9);
    expect(cost().band).toMatch(/^extrapolated \(multiplication by s\)/);
  });
  it('units outside the fit say why', () => {
    const band = (name: string, change?: Partial<MacFacts>) =>
      unitCost(facts(name, change), loadCostSource('library45')).band;
    expect(band('posit16es1')).toMatch(/^extrapolated \(posit16es1 has 16 bits, accumulator of 124 bits\)/);
    expect(band('float32', { accumulator: { kind: 'float32' } })).toMatch(/32 bits, float32 accumulator/);
    expect(band('fixed8q4', { outputFormat: getFormat('posit8es1') })).toMatch(/mixed formats/);
    expect(band('pow2val4')).toMatch(/pow2val4 is pow2val/);
  });
});
