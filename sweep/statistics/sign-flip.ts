/** Whether two classifiers differ on the same images, over several seeds at once. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { mcnemarExact } from './mcnemar.js';
import { addSigns, binomialMasses, type Masses, type Span, sumOf } from './sign-masses.js';

/** Sums are scaled by 2^400 beside the 2^500 of the binomials: products stay between 2^-200 and 2^900. */
const SUM_SCALE = 400;

/**
 * Half the width of what is summed, in √(images · magnitude²): Hoeffding's inequality (JASA 58, 1963) leaves
 * 2·exp(−2·7²) = 2^-140 outside, of the bound that the tilted odds below set to the tail.
 */
const REACH = 7;

/**
 * The exact two-sided sign-flip test (Fisher, The Design of Experiments, 1935, §21; Pitman 1937). `differences` has an
 * integer for each image: over the seeds, how often the first is right minus how often the second is. If both were equally
 * good each could as well have the other sign, all images independently, so
 *
 *   p = P(|Σ ± d_i| ≥ |Σ d_i|) over all 2^m signs of the m differences that are not 0.
 *
 * The probability is that of the choice of signs, not estimated: images of one magnitude are a binomial, of exact
 * integers; magnitudes are convolved in pairs of float64, which leaves a relative error below 2^-70 before the last
 * rounding, so p is the nearest float64, or very rarely the one beside it. All differences of one magnitude, as from one
 * seed, are McNemar's test, and p is `mcnemarExact`, bit for bit.
 *
 * No differences, or a sum of 0, give 1. What lies below the float64 numbers comes out as 0; `writeP` writes it.
 * Exchanging the two, or the order of images, changes nothing. Throws RangeError for a difference that is no integer.
 */
export function signFlip(differences: ArrayLike<number>): number {
  let sum = 0;
  const positive = new Map<number, number>();
  const images = new Map<number, number>();
  for (let i = 0; i < differences.length; i++) {
    const d = differences[i]!;
    if (!Number.isSafeInteger(d)) {
      throw new RangeError(`signFlip: the difference ${d} at index ${i} is no integer; give counts of seeds`);
    }
    if (d === 0) continue;
    const magnitude = Math.abs(d);
    sum += d;
    images.set(magnitude, (images.get(magnitude) ?? 0) + 1);
    if (d > 0) positive.set(magnitude, (positive.get(magnitude) ?? 0) + 1);
  }
  const groups = [...images].map(([magnitude, count]) => ({ magnitude, count }));
  if (groups.length === 1) {
    const { magnitude, count } = groups[0]!;
    const first = positive.get(magnitude) ?? 0;
    return mcnemarExact(first, count - first);
  }
  if (sum === 0) return 1;
  groups.sort((a, b) => a.magnitude - b.magnitude);
  return 2 * upperProbability(groups, Math.abs(sum));
}

/** How many images have differences of one magnitude. */
interface Group {
  readonly magnitude: number;
  readonly count: number;
}

/**
 * P(Σ ± d_i ≥ sum), sum > 0. With X_k of the m_k images of magnitude k positive, Σ ± d_i = 2Y − Σ k·m_k where Y = Σ k·X_k.
 * Of each X_k and each partial sum of Y only the part is summed that matters to this tail.
 */
function upperProbability(groups: readonly Group[], sum: number): number {
  const total = groups.reduce((all, { magnitude, count }) => all + magnitude * count, 0);
  const threshold = (total + sum) / 2;
  const odds = tilt(groups, threshold);
  let masses: Masses = { start: 0, high: Float64Array.of(powerOfTwo(SUM_SCALE)), low: new Float64Array(1) };
  let mean = 0;
  let squares = 0;
  let top = 0;
  for (const [i, { magnitude, count }] of groups.entries()) {
    const positive = count * shareOfPositive(odds, magnitude);
    mean += magnitude * positive;
    squares += magnitude * magnitude * count;
    top += magnitude * count;
    const binomial = binomialMasses(count, spanAround(positive, Math.sqrt(count), count));
    const { from, to } = spanAround(mean, Math.sqrt(squares), top);
    // of the whole sum nothing below the threshold is asked for
    const first = i === groups.length - 1 ? Math.max(from, threshold) : from;
    masses = addSigns(masses, binomial, magnitude, { from: first, to });
  }
  return sumOf(masses) * powerOfTwo(-SUM_SCALE);
}

function spanAround(centre: number, width: number, top: number): Span {
  return {
    from: Math.max(0, Math.floor(centre - REACH * width)),
    to: Math.min(top, Math.ceil(centre + REACH * width)),
  };
}

/**
 * Far out in a tail the sums that matter lie nowhere near the middle. They lie where they would if a positive sign of
 * magnitude k were odds^-k times as likely as a negative one, with the odds in 0 .. 1 for which the mean of Y is the
 * threshold (Chernoff's tilting; Cramér 1938). The bound holds for any odds, so they need not be exact.
 */
function tilt(groups: readonly Group[], threshold: number): number {
  let below = 0;
  let above = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (below + above) / 2;
    const mean = groups.reduce(
      (all, { magnitude, count }) => all + magnitude * count * shareOfPositive(middle, magnitude),
      0,
    );
    if (mean > threshold) below = middle;
    else above = middle;
  }
  return below;
}

function shareOfPositive(odds: number, magnitude: number): number {
  let power = 1;
  for (let i = 0; i < magnitude && power > 0; i++) power *= odds;
  return 1 / (1 + power);
}
