import { describe, expect, it } from 'vitest';
import { type FitOptions, fitCost } from '../../../emac/cost/fit.js';
import type { ComponentSource } from '../../../emac/cost/source.js';
import { unitCost } from '../../../emac/cost/units.js';
import { loadCostSource } from '../../../input/cost-source.js';
import { facts } from './mac-facts.js';
import { prototypeMeasurements } from './prototypes.js';

const OPTIONS: FitOptions = { name: 'mine', lutKind: 'LUT' };

describe('the measured prototypes', () => {
  it('give the coefficients and the errors that library45 states', async () => {
    const { source, fits } = await fitCost(prototypeMeasurements('ice40'), { ...OPTIONS, preload: 'clear' });
    const built = loadCostSource('library45') as ComponentSource;
    const shared = ['multiplier-cells', 'align-mux-bits', 'normalise-mux-bits', 'accumulator-bits'] as const;
    for (const figure of ['area', 'energyPerMac'] as const) {
      for (const name of [...shared, 'decode-bits', 'constant', 'saturate-bits'] as const) {
        expect([figure, name, built[figure]!.coefficients[name]]).toEqual([
          figure,
          name,
          source[figure]!.coefficients[name],
        ]);
      }
    }
    expect(built.period!.coefficients).toMatchObject(source.period!.coefficients);
    expect([built.area!.within, built.energyPerMac!.within, built.period!.within]).toEqual([
      0.0794, 0.205, 0.2254,
    ]);
    expect(fits.map(({ leaveOneOut }) => (2 * leaveOneOut).toFixed(3))).toEqual([
      '0.079',
      '0.130',
      '0.205',
      '0.225',
    ]);
    expect(built.edpError).toEqual(source.edpError);
    const [narrow, wide] = source.fitted!.accumulatorBits;
    const stated = built.fitted!.accumulatorBits;
    expect(Math.max(Math.abs(stated[0] - narrow), Math.abs(stated[1] - wide))).toBeLessThanOrEqual(2);
  });

  it('are left out one by one, energy and period together: σ by fits of 28', async () => {
    const all = prototypeMeasurements('ice40');
    let squares = 0;
    for (const [i, left] of all.entries()) {
      const others = all.filter((_, j) => j !== i);
      const { source } = await fitCost(others, { ...OPTIONS, preload: 'clear' });
      const { energyPerMac, periodNs } = unitCost(
        facts(left.format.name, { largestBias: 0n }),
        { ...source, energyPerDot: undefined },
        { preload: 'clear' },
      );
      const measured = (left.figures.energy_fj_per_mac! * left.figures.delay_ps!) / 1e6;
      squares += Math.log(((energyPerMac(1) as number) * (periodNs as number)) / measured) ** 2;
    }
    const { edpError } = loadCostSource('library45') as ComponentSource;
    expect(Number(Math.sqrt(squares / 29).toPrecision(2))).toBe(edpError!.logDeviation);
  });

  it('give those of the look-up tables', async () => {
    for (const name of ['ice40', 'xc7'] as const) {
      const { source } = await fitCost(prototypeMeasurements(name), { ...OPTIONS, preload: 'clear' });
      const built = loadCostSource(name) as ComponentSource;
      for (const part of [
        'multiplier-cells',
        'align-mux-bits',
        'accumulator-bits',
        'decode-bits',
        'constant',
      ] as const) {
        expect([name, part, built.luts!.coefficients[part]]).toEqual([
          name,
          part,
          source.luts!.coefficients[part],
        ]);
      }
    }
  });
});
