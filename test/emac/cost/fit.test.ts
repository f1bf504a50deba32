import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { MacFacts } from '../../../emac/cost/facts.js';
import { type FitOptions, fitCost } from '../../../emac/cost/fit.js';
import { fitRelative } from '../../../emac/cost/least-squares.js';
import { unitStructure } from '../../../emac/cost/structure.js';
import { unitCost } from '../../../emac/cost/units.js';
import { UserError } from '../../../errors.js';
import { loadCostSource } from '../../../input/cost-source.js';
import { parseMeasurements, readMeasurements } from '../../../input/measurements.js';
import { facts } from './mac-facts.js';

const directory = mkdtempSync(join(tmpdir(), 'cheetah-fit-'));
afterAll(() => rmSync(directory, { recursive: true }));

const OPTIONS: FitOptions = { name: 'mine', lutKind: 'LUT' };

const UNITS = [
  'fixed5q2',
  'fixed6q3',
  'fixed8q4',
  'float6e3m2',
  'float7e4m2',
  'float8e4m3',
  'float8e2m5',
  'posit5es1',
  'posit6es0',
  'posit7es1',
  'posit8es0',
  'posit8es2',
];

/** Figures that follow the model exactly. */
function synthetic(): string {
  const lines = UNITS.map((name, i) => {
    const k = [64, 1024, 300][i % 3]!;
    const { counts } = unitStructure(facts(name, { k }));
    const shifters = counts['align-mux-bits'] + counts['normalise-mux-bits'];
    const size =
      2 * counts['multiplier-cells'] +
      3 * shifters +
      5 * counts['accumulator-bits'] +
      7 * counts['decode-bits'];
    const delay =
      40 + 10 * counts['accumulator-bits'] + 100 * counts['float-round'] + 200 * counts['posit-round'];
    return [name, k, size + 11, 3 * size + 200, delay, size + 4].join(',');
  });
  return `format,k,area_um2,energy_fj_per_mac,delay_ps,luts\n${lines.join('\n')}\n`;
}

/** The one line with which it is refused. */
async function refusal(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('figures that follow the model', () => {
  it('give its coefficients back, with no error left', async () => {
    const { source, fits } = await fitCost(parseMeasurements(synthetic(), 'm.csv'), OPTIONS);
    const size = { 'multiplier-cells': 2, 'accumulator-bits': 5, 'decode-bits': 7 };
    const shifters = { 'align-mux-bits': 3, 'normalise-mux-bits': 3 };
    const composed = {
      'saturate-bits': 3,
      'shift-mux-bits': 3,
      'requantize-cells': 2,
      // 16 bits of s for each of 2 and of 8 bits of the sum
      'loop2-constant': 64,
      'loop8-constant': 256,
    };
    const held = { 'isolation-bits': 5, 'requantize-register-bits': 5 };
    const summed = { 'code-sum-bits': 5 };
    expect(source.area?.coefficients).toEqual({
      ...size,
      ...shifters,
      ...composed,
      ...held,
      ...summed,
      constant: 11,
    });
    expect(source.luts?.coefficients).toEqual({ ...size, ...shifters, ...composed, ...summed, constant: 4 });
    expect(source.energyPerMac?.coefficients).toEqual({
      'multiplier-cells': 0.006,
      'accumulator-bits': 0.015,
      'decode-bits': 0.021,
      constant: 0.2,
      'align-mux-bits': 0.009,
      'normalise-mux-bits': 0.009,
      'saturate-bits': 0.009,
      'isolation-bits': 0.015,
      'requantize-register-bits': 0.015,
      'code-sum-bits': 0.015,
    });
    expect(source.energyPerDot?.coefficients).toEqual({
      'shift-mux-bits': 0.009,
      'requantize-cells': 0.006,
      'loop2-bits': 0.096,
      'loop8-bits': 0.096,
    });
    expect(source.edpError).toMatchObject({ logDeviation: 0.001, quantile: 2.36 });
    expect(source.period?.coefficients).toEqual({
      constant: 0.04,
      'accumulator-bits': 0.01,
      'float-round': 0.1,
      'posit-round': 0.2,
    });
    expect(fits.map(({ figure, units }) => [figure, units])).toEqual(
      ['area_um2', 'luts', 'energy_fj_per_mac', 'delay_ps'].map((figure) => [figure, UNITS.length]),
    );
    for (const { rSquared, rms, leaveOneOut } of fits) {
      expect(rSquared).toBeGreaterThan(0.999999999);
      expect(rms).toBeLessThan(1e-9);
      expect(leaveOneOut).toBeLessThan(1e-9);
    }
    expect(source.area?.from).toContain(
      'over 12 measured units: R² 1.000, rms 0.0 %, leave-one-out rms 0.0 %; not measured: saturate-bits priced as',
    );
  });

  it('give a file that --cost takes, and that prices a unit it did not see', async () => {
    const { source } = await fitCost(parseMeasurements(synthetic(), 'm.csv'), OPTIONS);
    const file = join(directory, 'mine.json');
    writeFileSync(file, JSON.stringify(source));
    const loaded = loadCostSource(file);
    expect(loaded).toEqual(source);
    const price = (change: Partial<MacFacts> = {}) => unitCost(facts('posit8es1', change), loaded);
    expect(price().areaUm2).toBeCloseTo(2 * 25 + 3 * (167 + 93) + 5 * 60 + 7 * 48 + 11, 9);
    expect(price().periodNs).toBeCloseTo(0.04 + 0.6 + 0.2, 12);
    expect(price().band).toBe('area ±0 %, LUT ±0 %, energy ±0 %, period ±0 %');
    const scaled = price({ multiplier: 'multiply' });
    expect(scaled.areaUm2).not.toBe('n/a');
    expect(scaled.energyPerMac(16)).not.toBe('n/a');
    expect(scaled.band).toMatch(/^extrapolated \(multiplication by s\)/);
  });

  it('of integers alone price no posit', async () => {
    const fixed = ['fixed4q2', 'fixed5q2', 'fixed6q3', 'fixed7q3', 'fixed8q4', 'fixed10q2'];
    const lines = fixed.map((name, i) => `${name},${16 << (i % 3)},${100 * (i + 3)}`);
    const only = parseMeasurements(['format,k,area_um2', ...lines].join('\n'), 'm.csv');
    const { source } = await fitCost(only, OPTIONS);
    expect(unitCost(facts('fixed8q4'), source).areaUm2).not.toBe('n/a');
    expect(unitCost(facts('posit8es1'), source).areaUm2).toBe('n/a');
    expect(unitCost(facts('fixed8q4'), source).periodNs).toBe('n/a');
  });
});

describe('relative least squares', () => {
  const names = ['a', 'b'];
  const observe = (points: ReadonlyArray<readonly [number, number, number]>) =>
    points.map(([value, ...features], i) => ({ name: `unit ${i}`, value, features }));

  it('weighs by share: one price for 1 and 3 is 1.2, and its errors follow', async () => {
    const points = [1, 3].map((value) => ({ name: 'unit', value, features: [1] }));
    const fit = await fitRelative('area', ['constant'], points);
    // Σ (c/y − 1)² is least at c = Σ(1/y) / Σ(1/y²) = (4/3) / (10/9)
    expect(fit.coefficients[0]).toBeCloseTo(1.2, 12);
    expect(fit.rms).toBeCloseTo(Math.sqrt((0.2 ** 2 + 0.6 ** 2) / 2), 12);
    // left out: 3 for 1 is off by 2, 1 for 3 by −2/3
    expect(fit.leaveOneOut).toBeCloseTo(Math.sqrt((2 ** 2 + (2 / 3) ** 2) / 2), 12);
    expect(fit.rSquared).toBeCloseTo(1 - (0.2 ** 2 + 1.8 ** 2) / 2, 12);
  });

  it('never gives a negative price', async () => {
    const fit = await fitRelative(
      'area',
      names,
      observe([
        [10, 1, 1],
        [9, 1, 2],
        [8, 1, 3],
        [7, 1, 4],
      ]),
    );
    expect(fit.coefficients[1]).toBe(0);
    expect(fit.coefficients[0]).toBeGreaterThan(7);
  });

  it('refuses what cannot be decided, in one line', async () => {
    expect(
      await refusal(() =>
        fitRelative(
          'area',
          names,
          observe([
            [1, 1, 1],
            [2, 1, 2],
          ]),
        ),
      ),
    ).toBe('area: 2 rows are too few for 2 coefficients (a, b); give at least 3');
    expect(
      await refusal(() =>
        fitRelative(
          'area',
          names,
          observe([
            [1, 1, 2],
            [2, 2, 4],
            [3, 3, 6],
          ]),
        ),
      ),
    ).toMatch(/^area: the fit is singular: b follows from a/);
    expect(
      await refusal(() =>
        fitRelative(
          'area',
          names,
          observe([
            [1, 1, 0],
            [2, 1, 0],
            [3, 1, 1],
          ]),
        ),
      ),
    ).toMatch(/^area: unit 2 alone decides a coefficient/);
  });
});

describe('files of measurements', () => {
  it.each([
    ['format,k,area\nfixed8q4,16,3', /^m\.csv: column 'area' is unknown; use format, k, area_um2/],
    ['format,area_um2\nfixed8q4,3', /^m\.csv: the column k is missing/],
    ['format,k\nfixed8q4,3', /^m\.csv: nothing was measured/],
    ['format,k,luts\nfixed8q4,0,3', /^m\.csv: row 2: k = '0' is impossible/],
    ['format,k,luts\nfixed8q4,8,-3', /^m\.csv: row 2: luts = '-3' is impossible/],
    ['format,k,luts\nfixed8q4,8,3\nposit8e1,8,3', /^m\.csv: row 3: .*posit8e/],
    ['format,k,luts\nfixed8q4,8,3,9', /^m\.csv: row 2 has 4 cells where the others have 3/],
    [
      'format,k,luts\nfixed8q4,8,3',
      /^luts: 1 row is too few for 3 coefficients \(multiplier-cells, accumulator-bits, constant\); give at least 4$/,
    ],
    ['format,k,luts\nfixed8q4,8,n/a', /^no row has a figure/],
  ])('refuses %j', async (csv, message) => {
    expect(await refusal(() => fitCost(parseMeasurements(csv, 'm.csv'), OPTIONS))).toMatch(message);
  });

  it('refuses a name that is none, and a file that is not there', async () => {
    const attempt = () => fitCost(parseMeasurements(synthetic(), 'm.csv'), { ...OPTIONS, name: 'My Cost' });
    expect(await refusal(attempt)).toMatch(/^name: a name is lower-case/);
    expect(await refusal(() => readMeasurements(join(directory, 'none.csv')))).toMatch(
      /does not exist; give a CSV with the columns/,
    );
  });
});
