/** Relative least squares: coefficients for which Σ coefficient · count comes nearest to each figure, by its share. */
import { UserError } from '../../errors.js';

export interface Observation {
  /** What was measured, in words, for messages. */
  readonly name: string;
  /** The figure, above 0. */
  readonly value: number;
  /** One number, 0 or more, for each coefficient. */
  readonly features: readonly number[];
}

export interface Fit {
  /** Zero or more each; a coefficient that came out negative was set to 0 and the others fitted again. */
  readonly coefficients: readonly number[];
  /** 1 − Σ (figure − fit)² / Σ (figure − mean)²; 1 where all figures are equal. */
  readonly rSquared: number;
  /** Root mean square of fit / figure − 1. */
  readonly rms: number;
  /** The same, each figure predicted by the fit of all others. */
  readonly leaveOneOut: number;
  /** For each observation, what the fit of all others says of it over its figure. */
  readonly leftOut: readonly number[];
}

/** 1 − cos² of the angle between a feature and those before it, below which they say the same thing. */
const DEPENDENT = 1e-9;

/**
 * Fits `names.length` coefficients by mathjs. Throws UserError where there are not more observations than
 * coefficients, where features depend on one another, and where one observation alone decides a coefficient.
 */
export async function fitRelative(
  what: string,
  names: readonly string[],
  observations: readonly Observation[],
): Promise<Fit> {
  if (observations.length <= names.length) {
    throw new UserError(
      `${what}: ${observations.length === 1 ? '1 row is' : `${observations.length} rows are`} too few for ${names.length} coefficients (${names.join(', ')}); give at least ${names.length + 1}`,
    );
  }
  const math = await import('mathjs');
  const kept = names.map((_, j) => j);
  for (;;) {
    const { solution, leverages } = solve(
      math,
      what,
      kept.map((j) => names[j]!),
      observations.map(({ name, value, features }) => ({
        name,
        value,
        features: kept.map((j) => features[j]!),
      })),
    );
    const least = solution.indexOf(Math.min(...solution));
    if (solution[least]! < 0) {
      kept.splice(least, 1);
      if (kept.length > 0) continue;
      throw new UserError(
        `${what}: no coefficient is above 0; the figures do not grow with the size of the unit`,
      );
    }
    const coefficients = names.map((_, j) => (kept.includes(j) ? solution[kept.indexOf(j)]! : 0));
    return { coefficients, ...qualities(observations, coefficients, leverages) };
  }
}

/** The normal equations of features divided by figures, each column scaled to length 1. */
function solve(
  math: typeof import('mathjs'),
  what: string,
  names: readonly string[],
  observations: readonly Observation[],
): { solution: number[]; leverages: number[] } {
  const raw = observations.map(({ value, features }) => features.map((feature) => feature / value));
  const lengths = names.map((_, j) => Math.sqrt(raw.reduce((sum, row) => sum + row[j]! * row[j]!, 0)));
  const design = raw.map((row) => row.map((cell, j) => cell / lengths[j]!));
  const transposed = math.transpose(design);
  const gram = math.multiply(transposed, design);
  let before = 1;
  for (let j = 0; j < names.length; j++) {
    const upTo = math.det(gram.slice(0, j + 1).map((row) => row.slice(0, j + 1)));
    if (!(upTo / before > DEPENDENT)) {
      throw new UserError(
        `${what}: the fit is singular: ${names[j]} follows from ${names.slice(0, j).join(', ')} in all these units; add units that differ in it`,
      );
    }
    before = upTo;
  }
  const ones = observations.map(() => 1);
  const solved = math.lusolve(gram, math.multiply(transposed, ones)) as number[][];
  const scaled = solved.map((row) => row[0]!);
  const inverse = math.inv(gram);
  const leverages = design.map((row) => math.dot(row, math.multiply(inverse, row)));
  const alone = leverages.findIndex((leverage) => leverage > 1 - DEPENDENT);
  if (alone >= 0) {
    throw new UserError(
      `${what}: ${observations[alone]!.name} alone decides a coefficient, so no error can be stated; measure another unit like it`,
    );
  }
  return { solution: scaled.map((value, j) => value / lengths[j]!), leverages };
}

function qualities(
  observations: readonly Observation[],
  coefficients: readonly number[],
  leverages: readonly number[],
): Omit<Fit, 'coefficients'> {
  const count = observations.length;
  const mean = observations.reduce((sum, { value }) => sum + value, 0) / count;
  let residual = 0;
  let total = 0;
  let relative = 0;
  const leftOut: number[] = [];
  for (const [i, { value, features }] of observations.entries()) {
    const fitted = features.reduce((sum, feature, j) => sum + feature * coefficients[j]!, 0);
    residual += (fitted - value) * (fitted - value);
    total += (value - mean) * (value - mean);
    const share = fitted / value - 1;
    relative += share * share;
    // the residual without observation i follows from its leverage, with no second fit
    const without = share / (1 - leverages[i]!);
    leftOut.push(1 + without);
  }
  return {
    rSquared: total === 0 ? 1 : 1 - residual / total,
    rms: Math.sqrt(relative / count),
    leaveOneOut: Math.sqrt(leftOut.reduce((sum, ratio) => sum + (ratio - 1) ** 2, 0) / count),
    leftOut,
  };
}
