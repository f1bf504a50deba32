/** From units that someone measured to a cost source: the component model of docs/cost.md, fitted. */
import { UserError } from '../../errors.js';
import { COMPONENTS, type Component } from './components.js';
import type { MacFacts } from './facts.js';
import { edpErrorOf, type FitOfFigure } from './fit-error.js';
import { areaOf, energyOf, lutsOf, type Prices } from './fit-prices.js';
import { type Fit, fitRelative } from './least-squares.js';
import type { Figure, Measurement } from './measurement.js';
import { type ComponentSource, costSourceSchema, type Luts } from './source.js';
import { type UnitStructure, unitStructure } from './structure.js';

/** Components that share one coefficient, in the order of docs/cost.md's table. */
type Feature = readonly Component[];

const SHIFTERS: Feature = ['align-mux-bits', 'normalise-mux-bits'];
const SIZE: readonly Feature[] = [
  ['multiplier-cells'],
  SHIFTERS,
  ['accumulator-bits'],
  ['decode-bits'],
  ['constant'],
];
const DELAY: readonly Feature[] = [['accumulator-bits'], ['float-round'], ['posit-round'], ['constant']];

export interface FitOptions {
  /** Name of the source: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Technology and tools, in one line. */
  readonly describes?: string | undefined;
  /** What the column `luts` counts. */
  readonly lutKind: Luts['unit'];
  /** Whether the measured units preload the bias (the default), or clear the accumulator; then preloading is composed. */
  readonly preload?: 'bias' | 'clear';
}

export interface FittedSource {
  readonly source: ComponentSource;
  /** How good each fit is, in the order in which the columns are named. */
  readonly fits: readonly FitOfFigure[];
}

/**
 * A cost source fitted to measured units, taken to be three-stage EMACs of one format with an exact accumulator that
 * preloads the bias (or clears) and with s = 1. Prices are rounded to four significant digits; the stated error is twice the
 * leave-one-out rms. What was not measured is not priced. Throws UserError where there is too little to fit, or the
 * units are too alike.
 */
export async function fitCost(
  measurements: readonly Measurement[],
  options: FitOptions,
): Promise<FittedSource> {
  const units: readonly Unit[] = measurements.map((measurement) => ({
    measurement,
    structure: structureOf(measurement, options.preload ?? 'bias'),
  }));
  const fits: FitOfFigure[] = [];
  const fitted = async (figure: Figure, divisor: number, features: readonly Feature[]) => {
    const measured = units.filter(({ measurement }) => measurement.figures[figure] !== undefined);
    if (measured.length === 0) return undefined;
    const present = features.filter((feature) =>
      measured.some((unit) => countOf(unit.structure, feature) > 0),
    );
    const fit = await fitRelative(
      figure,
      present.map((feature) => feature.join(' + ')),
      measured.map(({ measurement, structure }) => ({
        name: measurement.name,
        value: measurement.figures[figure]!,
        features: present.map((feature) => countOf(structure, feature)),
      })),
    );
    fits.push({ ...fit, figure, units: measured.length });
    return pricesOf(fit, present, divisor, measured.length);
  };
  const area = await fitted('area_um2', 1, SIZE);
  const luts = await fitted('luts', 1, SIZE);
  const energy = await fitted('energy_fj_per_mac', 1000, SIZE);
  const period = await fitted('delay_ps', 1000, DELAY);
  if (fits.length === 0) throw new UserError('no row has a figure; there is nothing to fit');
  const preload = options.preload ?? 'bias';
  const source = costSourceSchema.safeParse({
    kind: 'components',
    name: options.name,
    describes: options.describes ?? descriptionOf(measurements),
    pipeline: `that of the measured units, taken for three-stage EMACs that ${preload === 'bias' ? 'preload the bias' : 'clear the accumulator'}, exact, s = 1`,
    fitted: rangeOf(units),
    ...(area && { area: { unit: 'um2', ...areaOf(area, preload) } }),
    ...(luts && { luts: { unit: options.lutKind, ...lutsOf(luts, preload) } }),
    ...(energy && energyOf(energy, preload)),
    ...(period && {
      period: { unit: 'ns', ...period, included: COMPONENTS.filter((name) => !DELAY.flat().includes(name)) },
    }),
    ...edpErrorOf(measurements, fits),
  });
  if (!source.success) {
    const { path, message } = source.error.issues[0]!;
    throw new UserError(`${path.join('.')}: ${message}`);
  }
  return { source: source.data as ComponentSource, fits };
}

interface Unit {
  readonly measurement: Measurement;
  readonly structure: UnitStructure;
}

function structureOf({ format, k, name }: Measurement, preload: 'bias' | 'clear'): UnitStructure {
  const facts: MacFacts = {
    name,
    weightFormat: format,
    activationFormat: format,
    outputFormat: format,
    k,
    outputs: 1,
    accumulator: { kind: 'exact' },
    multiplier: 'none',
    scaleBits: 16,
    zeroPoints: 'none',
    ...(preload === 'clear' && { largestBias: 0n }),
  };
  return unitStructure(facts, { preload });
}

function countOf({ counts }: UnitStructure, feature: Feature): number {
  return feature.reduce((sum, component) => sum + counts[component], 0);
}

/** toPrecision is exact arithmetic: the digits in the file are the same everywhere. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function pricesOf(fit: Fit, features: readonly Feature[], divisor: number, units: number): Prices {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return {
    coefficients: Object.fromEntries(
      features.flatMap((feature, j) =>
        feature.map((name) => [name, rounded(fit.coefficients[j]! / divisor)] as const),
      ),
    ),
    // a fit without any error at all still states one
    within: Math.min(10, Math.max(0.001, rounded(2 * fit.leaveOneOut))),
    from: `relative least squares over ${units} measured units: R² ${fit.rSquared.toFixed(3)}, rms ${percent(fit.rms)}, leave-one-out rms ${percent(fit.leaveOneOut)}`,
  };
}

function descriptionOf(measurements: readonly Measurement[]): string {
  const sources = [...new Set(measurements.map(({ source }) => source).filter((text) => text !== undefined))];
  return `${measurements.length} measured units${sources.length > 0 ? `: ${sources.join('; ')}` : ''}`.slice(
    0,
    2000,
  );
}

/** What the units span; others will be marked extrapolated. */
function rangeOf(units: readonly Unit[]): NonNullable<ComponentSource['fitted']> {
  const span = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  return {
    families: [...new Set(units.map(({ measurement }) => measurement.format.family))],
    bits: span(units.map(({ measurement }) => measurement.format.bits)),
    accumulatorBits: span(units.map(({ structure }) => structure.width)),
  };
}
