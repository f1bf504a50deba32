/** What zero points and a bias behind the scale cost, counted by hand: no function of the cost model is called for what is expected. */
import { describe, expect, it } from 'vitest';
import type { MacFacts } from '../../../emac/cost/facts.js';
import { costOfInference } from '../../../emac/cost/inference.js';
import { unitStructure } from '../../../emac/cost/structure.js';
import { unitCost } from '../../../emac/cost/units.js';
import { loadCostSource } from '../../../input/cost-source.js';
import { facts } from './mac-facts.js';

const K = 128;
const INT32 = {
  k: K,
  accumulator: { kind: 'wrap', bits: 32 },
  multiplier: 'multiply',
  scaleBits: 31,
} as const;
const int8 = facts('affine8s', { ...INT32, zeroPoints: 'folded' });
const summed = facts('affine8', { ...INT32, zeroPoints: 'summed' });
const subtracted = facts('affine8', { ...INT32, zeroPoints: 'subtracted' });

const library = (of: MacFacts) => unitCost(of, loadCostSource('library45'));

describe('zero points', () => {
  it('are a constant of the bias where weights have none: codes are multiplied as they are', () => {
    const { counts } = unitStructure(int8);
    expect(counts).toMatchObject({ 'multiplier-cells': 64, 'code-sum-bits': 0, 'requantize-cells': 0 });
    expect(unitStructure({ ...int8, zeroPoints: 'none' }).counts).toEqual(counts);
  });

  it('of weights take a sum of the codes beside the products, and one multiplication a dot product', () => {
    const { counts } = unitStructure(summed);
    // 128 · 255 < 2^15, and a sign
    expect(counts['code-sum-bits']).toBe(16);
    expect(counts).toMatchObject({ 'multiplier-cells': 64, 'requantize-cells': 16 * 8 });
    expect(counts['register-bits']).toBe(unitStructure(int8).counts['register-bits'] + 16);
    expect(unitStructure({ ...summed, k: 129 }).counts['code-sum-bits']).toBe(17);
  });

  it('taken off first make both operands a bit wider', () => {
    const { counts } = unitStructure(subtracted);
    expect(counts).toMatchObject({ 'multiplier-cells': 81, 'code-sum-bits': 0, 'requantize-cells': 0 });
  });

  it('cost what docs/cost.md says', () => {
    // the rest of the unit is the same: cells 9.80 and 6.56, an accumulator bit 9.77 µm²
    const area = (of: MacFacts) => library(of).areaUm2 as number;
    expect(area(summed) - area(int8)).toBeCloseTo(16 * 9.77 + 128 * 6.56, 9);
    expect(area(subtracted) - area(int8)).toBeCloseTo(17 * 9.8, 9);
    const energy = (of: MacFacts) => library(of).energyPerMac(K) as number;
    expect(energy(summed) - energy(int8)).toBeCloseTo(16 * 0.001453 + (128 * 0.0191) / K, 12);
    expect(energy(subtracted) - energy(int8)).toBeCloseTo(17 * 0.0318, 12);
    expect([int8, summed, subtracted].map((of) => [Math.round(area(of)), energy(of).toFixed(3)])).toEqual([
      [2367, '2.735'],
      [3363, '2.778'],
      [2533, '3.276'],
    ]);
    expect(new Set([int8, summed, subtracted].map((of) => library(of).periodNs)).size).toBe(1);
  });

  it('are composed, and what they spend is said', () => {
    const { energyParts, band } = library(summed);
    expect(energyParts(K).composed).toBeCloseTo(16 * 0.001453 + (128 * 0.0191) / K, 12);
    expect(library(int8).energyParts(K).composed).toBe(0);
    expect(band).toContain('composed: zero points');
  });

  it('have a price in every source of components', () => {
    for (const [source, price] of [
      ['ice40', 16 * 2.1 + 128 * 3.23],
      ['xc7', 16 * 1.484 + 128 * 2.71],
    ] as const) {
      const luts = (of: MacFacts) => unitCost(of, loadCostSource(source)).luts as number;
      expect(luts(summed) - luts(int8), source).toBeCloseTo(price, 9);
    }
    const aladdin = (of: MacFacts) => unitCost(of, loadCostSource('aladdin40')).areaUm2 as number;
    const bits = 16 * (278 / 32) + 16 * 5.98;
    expect(aladdin(summed) - aladdin(int8)).toBeCloseTo(bits + 128 * (6350 / 1024), 9);
  });

  it('of layers that share a unit are those that need most hardware', () => {
    const both = costOfInference(
      [summed, { ...summed, name: 'other', zeroPoints: 'folded' }],
      loadCostSource('library45'),
    );
    expect(both.areaUm2).toBe(library(summed).areaUm2);
  });
});

describe('a bias behind the scale', () => {
  const plain = facts('pow2int8', { multiplier: 'multiply', scaleBits: 8, largestBias: 0n });
  const behind = { ...plain, biasAdderBits: 40 };

  it('is a row of an adder once a dot product, and nothing is preloaded', () => {
    const [before, after] = [plain, behind].map((of) => unitStructure(of).counts);
    expect(after).toEqual({ ...before, 'preload-bits': 0, 'requantize-cells': 40 });
    // 1024 products of 2^14: W = 26 bits, whose preload was a multiplexer each
    const area = (of: MacFacts) => library(of).areaUm2 as number;
    expect(area(behind) - area(plain)).toBeCloseTo(40 * 6.56 - 26 * 4.774, 9);
  });

  it('is as wide in a shared unit as in the layer that needs most', () => {
    const layers = [plain, behind, { ...behind, biasAdderBits: 31 }];
    const { areaUm2 } = costOfInference(layers, loadCostSource('library45'));
    expect(areaUm2).toBe(library(behind).areaUm2);
  });
});
