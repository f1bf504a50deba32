/** How far energy · period of a fitted source is off, from units of which both were measured. */
import { log } from '../../arithmetic/elementary.js';
import type { Fit } from './least-squares.js';
import type { Figure, Measurement } from './measurement.js';
import type { ComponentSource } from './source.js';

export interface FitOfFigure extends Fit {
  readonly figure: Figure;
  readonly units: number;
}

/** Student's t at 97.5 % for 1 degree of freedom and more, three digits; from 24 on the last (t₂₄ = 2.064). */
const QUANTILES = [
  12.7, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1,
  2.09, 2.09, 2.08, 2.07, 2.07, 2.06,
];

/**
 * The rms over the units of ln(energy · period), predicted by the fits of all others, over that measured: both are left
 * out together, so that errors that go together count as they do. Nothing where no fits of both have more units than
 * coefficients, or where a fit without a unit gives it a figure that is not above 0.
 */
export function edpErrorOf(
  measurements: readonly Measurement[],
  fits: readonly FitOfFigure[],
): Pick<ComponentSource, 'edpError'> {
  const ratios = (figure: Figure): ReadonlyMap<Measurement, number> | undefined => {
    const fit = fits.find((one) => one.figure === figure);
    const measured = measurements.filter(({ figures }) => figures[figure] !== undefined);
    return fit && new Map(measured.map((measurement, i) => [measurement, fit.leftOut[i]!]));
  };
  const energies = ratios('energy_fj_per_mac');
  const periods = ratios('delay_ps');
  if (!energies || !periods) return {};
  const both = measurements.filter((one) => energies.has(one) && periods.has(one));
  const products = both.map((one) => energies.get(one)! * periods.get(one)!);
  const degrees = both.length - Math.max(...fits.map(({ coefficients }) => coefficients.length));
  if (degrees < 1 || both.some((one) => energies.get(one)! <= 0 || periods.get(one)! <= 0)) return {};
  const squares = products.reduce((sum, ratio) => sum + log(ratio) ** 2, 0);
  return {
    edpError: {
      // a fit without any error at all still states one
      logDeviation: Math.max(0.001, Number(Math.sqrt(squares / both.length).toPrecision(3))),
      quantile: QUANTILES[Math.min(degrees, QUANTILES.length) - 1]!,
      from: `leave-one-out rms of ln(energy · period) over ${both.length} units, both left out together`,
    },
  };
}
