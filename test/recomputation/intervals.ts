/** 95 % intervals from counts. */

export type Ends = readonly [low: number, high: number];

/** Φ⁻¹(0.975). */
const Z = 1.959963984540054;

/** Wilson's: the shares π with |p − π| ≤ z·√(π(1 − π)/n), the roots of a quadratic equation. */
export function wilsonEnds(right: number, n: number): Ends {
  // (1 + z²/n)·π² − (2p + z²/n)·π + p² = 0
  const p = right / n;
  const a = 1 + Z ** 2 / n;
  const b = 2 * p + Z ** 2 / n;
  const root = Math.sqrt(b ** 2 - 4 * a * p ** 2);
  return [(b - root) / (2 * a), (b + root) / (2 * a)];
}

/** Tango's score of a difference of two paired shares, in standard deviations. */
function score(delta: number, gained: number, lost: number, n: number): number {
  const b = (2 * n - gained + lost) * delta - gained - lost;
  const c = -lost * delta * (1 - delta);
  const q = (Math.sqrt(Math.max(0, b ** 2 - 8 * n * c)) - b) / (4 * n);
  const variance = n * (2 * q + delta * (1 - delta));
  const away = gained - lost - n * delta;
  if (variance <= 0) return away === 0 ? 0 : Math.sign(away) * Number.POSITIVE_INFINITY;
  return away / Math.sqrt(variance);
}

/** Where the score falls through `level`; it falls from −1 to 1. */
function crossing(level: number, gained: number, lost: number, n: number): number {
  let low = -1;
  let high = 1;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (score(middle, gained, lost, n) > level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Tango's interval of (gained − lost)/n; the counts may be means. */
export function tangoEnds(gained: number, lost: number, n: number): Ends {
  return [crossing(Z, gained, lost, n), crossing(-Z, gained, lost, n)];
}

/** From the 51st to the 1950th of 2,000. */
export function middleOf(draws: readonly number[]): Ends {
  const sorted = draws.toSorted((a, b) => a - b);
  return [sorted[50]!, sorted[1949]!];
}

export function hullOf(a: Ends, b: Ends): Ends {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}
