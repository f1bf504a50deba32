import { describe, expect, it } from 'vitest';
import type { MacFacts } from '../../emac/cost/facts.js';
import { costOfInference } from '../../emac/cost/inference.js';
import { loadCostSource } from '../../input/cost-source.js';
import { priceRows } from '../../sweep/cost.js';
import { facts } from '../emac/cost/mac-facts.js';

const AXES = { cost: ['library45'], units: [8], requantizer: ['loop', 'parallel'], lanes: [1, 8] } as const;
const layer = (change: Partial<MacFacts> = {}) => facts('fixed8q4', { k: 400, outputs: 10, ...change });
const scaled = layer({ multiplier: 'multiply' });

describe('rows of one point', () => {
  it('are one for a loop and one for each number of lanes of a parallel requantizer', () => {
    const rows = priceRows(AXES, [scaled]);
    expect(rows.map(({ requantizer, lanes }) => [requantizer, lanes])).toEqual([
      ['loop', undefined],
      ['parallel', 1],
      ['parallel', 8],
    ]);
    const source = loadCostSource('library45');
    const shared = costOfInference([scaled], source, {
      units: 8,
      requantizer: { kind: 'parallel', lanes: 8 },
    });
    expect(rows[2]).toMatchObject({ cycles: 2 * 400 + 16 + 3, edpPjNs: shared.edp, areaUm2: shared.areaUm2 });
    // W = 24 for 401 products of 2^14: 12 digits of 2 bits, and two cycles of the round
    expect(rows[0]!.cycles).toBe(2 * 400 + 12 + 5);
    expect(new Set(rows.map(({ unit }) => unit)).size).toBe(3);
  });

  it('are one where every s is 1 or a power of two, and where nothing is priced', () => {
    for (const of of [[layer()], [layer({ multiplier: 'shift' })], undefined]) {
      const rows = priceRows(AXES, of);
      expect(rows.map(({ units, requantizer, lanes }) => [units, requantizer, lanes])).toEqual([
        [8, undefined, undefined],
      ]);
    }
  });

  it('have a band and the name of their structure; outside the fit no band', () => {
    const [row] = priceRows(AXES, [layer()]);
    expect(row!.edpSigma).toBeCloseTo(0.18, 12);
    expect(row!.edpHighPjNs! / row!.edpLowPjNs!).toBeCloseTo(Math.exp(2 * 2.06 * 0.18), 9);
    expect(row!.edpHighPjNs! * row!.edpLowPjNs!).toBeCloseTo(row!.edpPjNs! ** 2, -3);
    expect(row!.unit).toMatch(/^[0-9a-f]{16}$/);
    expect(priceRows(AXES, [facts('fixed8q5', { k: 400, outputs: 10 })])[0]!.unit).toBe(row!.unit);
    const [wide] = priceRows(AXES, [facts('posit16es1', { k: 400, outputs: 10 })]);
    expect([wide!.edpLowPjNs, wide!.edpHighPjNs, wide!.edpSigma]).toEqual([undefined, undefined, undefined]);
    expect(wide!.costBand).toMatch(/^extrapolated \(posit16es1 has 16 bits/);
  });
});
