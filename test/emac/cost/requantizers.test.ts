import { describe, expect, it } from 'vitest';
import { fitRelative } from '../../../emac/cost/least-squares.js';
import type { ComponentSource } from '../../../emac/cost/source.js';
import { type StructureOptions, unitStructure } from '../../../emac/cost/structure.js';
import { unitCost } from '../../../emac/cost/units.js';
import { loadCostSource } from '../../../input/cost-source.js';
import { facts } from './mac-facts.js';

/**
 * Measured units with a requantizer of a 16-bit s (Nangate 45): µm² over the isolated unit with s = 1, and pJ a dot product
 * of the round stage and the requantizer, for s a power of two, a parallel multiplier, loops of 2 and of 8 bits a cycle.
 */
const MEASURED = [
  ['fixed8q4', 26, { area: 1274, pJ: 0.8 }, [335, 3072, 966, 1613], [1.2, 10.5, 12.9, 14.3]],
  ['float8e4m3', 46, { area: 2250, pJ: 2.7 }, [189, 4834, 496, 1261], [3.5, 16.9, 23.6, 20.7]],
  ['posit8es0', 36, { area: 2473, pJ: 4.1 }, [-33, 3769, 357, 1111], [3.9, 15.9, 18.6, 19.2]],
  ['posit8es1', 60, { area: 3211, pJ: 5.1 }, [-22, 6396, 317, 1084], [5.3, 24.2, 25.9, 24.1]],
  ['posit8es2', 108, { area: 4802, pJ: 5.7 }, [60, 11479, 122, 918], [6.5, 33.3, 35.4, 27.7]],
] as const;
/** The sixth is measured over a power of two, which an affine output always has. */
const AFFINE = { width: 32, area: [0, 3389, 528, 1212], pJ: [1.5, 12.7, 15.3, 16.8] } as const;

const library = loadCostSource('library45') as ComponentSource;

/** Over a power of two: [W, figure] of the six units; `option` 1 parallel, 2 and 3 the loops. */
function overShift(figure: 'area' | 'pJ', option: 1 | 2 | 3): (readonly [number, number])[] {
  const five = MEASURED.map(([, width, , area, pJ]) => {
    const values = figure === 'area' ? area : pJ;
    return [width, values[option] - values[0]] as const;
  });
  return [...five, [AFFINE.width, AFFINE[figure][option] - AFFINE[figure][0]]];
}

const fitted = (points: readonly (readonly [number, number])[], features: (width: number) => number[]) =>
  fitRelative(
    'requantizer',
    features(1).map((_, i) => `${i}`),
    points.map(([width, value]) => ({ name: `W ${width}`, value, features: features(width) })),
  );

describe('prices of a requantizer are fits of the measured units', () => {
  it('cells of a parallel multiplier', async () => {
    const cell = (width: number) => [16 * width];
    const area = await fitted(overShift('area', 1), cell);
    expect(area.coefficients[0]!.toFixed(2)).toBe(`${library.area!.coefficients['requantize-cells']}`);
    expect(area.leaveOneOut.toFixed(3)).toBe('0.023');
    const energy = await fitted(overShift('pJ', 1), cell);
    expect(energy.coefficients[0]!.toFixed(4)).toBe(
      `${library.energyPerDot!.coefficients['requantize-cells']}`,
    );
    expect(energy.leaveOneOut.toFixed(2)).toBe(`${library.requantizerError!.parallel}`);
  });

  it('energy of the loops of 2 and 8 bits', async () => {
    for (const [option, bits] of [
      [2, 2],
      [3, 8],
    ] as const) {
      const { coefficients, leaveOneOut } = await fitted(overShift('pJ', option), (width) => [1, width]);
      const built = library.energyPerDot!.coefficients;
      expect(Math.abs(coefficients[0]! - built[`loop${bits}-constant`]!)).toBeLessThan(0.02);
      expect(Math.abs(coefficients[1]! - built[`loop${bits}-bits`]!)).toBeLessThan(0.0005);
      expect(leaveOneOut.toFixed(2)).toBe(`${library.requantizerError![`loop${bits}`]}`);
    }
  });

  it('areas of the loops by plain least squares, which fall as the sum gets wider', () => {
    for (const [option, bits] of [
      [2, 2],
      [3, 8],
    ] as const) {
      const points = overShift('area', option);
      const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      const width = mean(points.map(([w]) => w));
      const area = mean(points.map(([, a]) => a));
      const slope =
        mean(points.map(([w, a]) => (w - width) * (a - area))) / mean(points.map(([w]) => (w - width) ** 2));
      const built = library.area!.coefficients;
      expect(Math.abs(slope - built[`loop${bits}-bits`]!)).toBeLessThan(0.2);
      expect(Math.abs(area - slope * width - built[`loop${bits}-constant`]!)).toBeLessThan(12);
    }
  });

  it('a power of two is priced as multiplexers of the fit, within what is stated', () => {
    const { shift } = library.requantizerError!;
    const squares = ([0, 1] as const).map((unit) => {
      const [name, , one, , pJ] = MEASURED[unit];
      const { counts } = unitStructure(facts(name, { multiplier: 'shift' }));
      const price = counts['shift-mux-bits'] * library.energyPerDot!.coefficients['shift-mux-bits']!;
      return Math.log(price / (pJ[0] - one.pJ)) ** 2;
    });
    expect(Math.sqrt((squares[0]! + squares[1]!) / 2).toFixed(2)).toBe(`${shift}`);
  });
});

describe('whole units with a requantizer', () => {
  for (const [name, , one, areas] of MEASURED) {
    it(`${name}: area ±12 %, what is added ±132 µm² or 5 %`, () => {
      const price = (multiplier: 'none' | 'shift' | 'multiply', options: StructureOptions = {}) =>
        unitCost(facts(name, { multiplier, largestBias: 0n }), library, { preload: 'clear', ...options });
      const plain = price('none').areaUm2 as number;
      const options = [
        price('shift'),
        price('multiply', { requantizer: { kind: 'parallel', lanes: 1 } }),
        price('multiply'),
        price('multiply', { shortestK: 1 }),
      ];
      for (const [i, { areaUm2, structure }] of options.entries()) {
        const isolated = plain + structure.counts['isolation-bits'] * 6.9;
        const added = (areaUm2 as number) - isolated;
        expect(Math.abs(added - areas[i]!)).toBeLessThan(Math.max(132, 0.05 * areas[i]!));
        if (i === 0) continue;
        expect(Math.abs((areaUm2 as number) / (one.area + areas[i]!) - 1)).toBeLessThan(0.12);
      }
    });
  }

  it('a loop of 4 bits lies half way; lanes share cells and flip-flops', () => {
    const energy = (options: StructureOptions) => {
      const cost = unitCost(facts('fixed8q4', { multiplier: 'multiply' }), library, options);
      return [cost.areaUm2 as number, cost.energyPerMac(1) as number] as const;
    };
    const [two, four, eight] = [100, 8, 1].map((shortestK) => energy({ shortestK }));
    for (const i of [0, 1] as const) expect(four![i]).toBeCloseTo((two![i] + eight![i]) / 2, 9);
    const [alone, shared] = [1, 4].map((lanes) => energy({ requantizer: { kind: 'parallel', lanes } }));
    expect(alone![0] - shared![0]).toBeCloseTo(0.75 * 416 * 6.56, 9);
    // three quarters of the cells and of W + 17 flip-flops at 8.6 fJ
    expect(alone![1] - shared![1]).toBeCloseTo(0.75 * (416 * 0.0191 + 43 * 0.0086), 9);
  });

  it('a power of two lengthens the round of a float, nothing else a period', () => {
    const period = (name: string, multiplier: 'none' | 'shift' | 'multiply') =>
      unitCost(facts(name, { multiplier }), library).periodNs as number;
    expect(period('float8e4m3', 'shift') / period('float8e4m3', 'none')).toBeCloseTo(2.05 / 1.54, 2);
    expect(period('float8e4m3', 'multiply')).toBe(period('float8e4m3', 'none'));
    expect(period('posit8es1', 'shift')).toBe(period('posit8es1', 'none'));
  });
});
