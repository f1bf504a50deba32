/** How sure a difference of two accuracies on the same images is. */
import { type Interval, NORMAL_975 } from './interval.js';

/**
 * Halvings of an interval no longer than 2: what is left, 2^-59, is less than a quarter of the unit in the last place
 * of a bound of 0.03 or more. Always as many, so that the bounds depend on nothing but the counts.
 */
const HALVINGS = 60;

/**
 * Tango's 95 % score interval of the difference of two paired shares (Tango, Statistics in Medicine 17, 1998, 891–908),
 * the share the first gets right − the share the second gets right, both of the same `images`. `onlyFirst` images are
 * right by the first alone, `onlySecond` by the second alone.
 *
 * All differences Δ in −1 .. 1 for which |onlyFirst − onlySecond − images·Δ| / √(images·(2q + Δ(1 − Δ))) is at most
 * Φ⁻¹(0.975), where q is the most likely share of images right by the second alone, given Δ: the larger root of
 * 2·images·q² + B·q − onlySecond·Δ(1 − Δ) = 0 with B = (2·images − onlyFirst + onlySecond)·Δ − onlyFirst − onlySecond.
 * The bounds are found by 60 halvings and are the outer ends of what is left: they are at most 2^-58 outside, beside a
 * few roundings.
 *
 * Counts may be fractions, as means over seeds are; 0 ≤ onlyFirst + onlySecond ≤ images. The interval contains the
 * difference seen; exchanging the two changes its signs, bit for bit. No images give −1 to 1; all images right by one
 * alone make its end ±1. Throws RangeError for counts that cannot be.
 */
export function tango(onlyFirst: number, onlySecond: number, images: number): Interval {
  if (!(onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= images && images < Infinity)) {
    throw new RangeError(
      `tango: ${onlyFirst} and ${onlySecond} images right by one alone, of ${images}; give counts of at least 0 ` +
        'whose sum is at most the number of images',
    );
  }
  if (images === 0) return { low: -1, high: 1 };
  return {
    low: -upperBound(onlySecond, onlyFirst, images),
    high: upperBound(onlyFirst, onlySecond, images),
  };
}

function upperBound(onlyFirst: number, onlySecond: number, images: number): number {
  let inside = (onlyFirst - onlySecond) / images;
  let outside = 1;
  if (inside === 1) return 1;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (inside + outside) / 2;
    if (isPlausible(middle, onlyFirst, onlySecond, images)) inside = middle;
    else outside = middle;
  }
  return outside;
}

/** Whether the score test keeps Δ = `difference`. */
function isPlausible(difference: number, onlyFirst: number, onlySecond: number, images: number): boolean {
  const away = onlyFirst - onlySecond - images * difference;
  // the variance is the same with the two exchanged; Δ ≥ 0 leaves nothing that cancels under the root
  const variance =
    difference >= 0
      ? varianceAt(difference, onlyFirst, onlySecond, images)
      : varianceAt(-difference, onlySecond, onlyFirst, images);
  return away * away <= NORMAL_975 * NORMAL_975 * images * variance;
}

/** 2q + Δ(1 − Δ) for Δ ≥ 0. Of the two ways to write the root the one that adds numbers of one sign. */
function varianceAt(difference: number, onlyFirst: number, onlySecond: number, images: number): number {
  const spread = difference * (1 - difference);
  const b = (2 * images - onlyFirst + onlySecond) * difference - onlyFirst - onlySecond;
  const root = Math.sqrt(b * b + 8 * images * onlySecond * spread);
  if (b <= 0) return (root - b) / (2 * images) + spread;
  return (4 * onlySecond * spread) / (b + root) + spread;
}
