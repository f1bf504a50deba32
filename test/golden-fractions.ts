/** Exact fractions in BigInt, for the independent program (golden-program.ts). It imports nothing of the project, on purpose. */

/** n / d, d > 0. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const frac = (n: bigint, d = 1n): Fraction => ({ n, d });
export const power = (k: number): Fraction => (k >= 0 ? frac(1n << BigInt(k)) : frac(1n, 1n << BigInt(-k)));
export const times = (a: Fraction, b: Fraction): Fraction => frac(a.n * b.n, a.d * b.d);
export const plus = (a: Fraction, b: Fraction): Fraction =>
  a.d === b.d ? frac(a.n + b.n, a.d) : frac(a.n * b.d + b.n * a.d, a.d * b.d);
export const less = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d;
export const same = (a: Fraction, b: Fraction): boolean => a.n * b.d === b.n * a.d;
export const magnitude = (a: Fraction): Fraction => frac(a.n < 0n ? -a.n : a.n, a.d);

export function floorOf(x: Fraction): bigint {
  const q = x.n / x.d;
  return x.n < 0n && q * x.d !== x.n ? q - 1n : q;
}

export function roundHalfEven(x: Fraction): bigint {
  const below = floorOf(x);
  const rest = plus(x, frac(-below));
  const half = frac(1n, 2n);
  if (less(rest, half) || (same(rest, half) && below % 2n === 0n)) return below;
  return below + 1n;
}

/** Denominators of one encoding are powers of two: the largest is a multiple of all. */
export function commonDenominator(values: readonly Fraction[]): bigint {
  let most = 1n;
  for (const { d } of values) if (d > most) most = d;
  return most;
}

/** `3`, `-5/8`, `13*2^-7`: the three ways the files write exact numbers. */
export function exactNumber(text: string): Fraction {
  const scaled = /^(-?\d+)\*2\^(-?\d+)$/.exec(text);
  if (scaled) return times(frac(BigInt(scaled[1]!)), power(Number(scaled[2])));
  const [n, d] = text.split('/');
  return frac(BigInt(n!), d === undefined ? 1n : BigInt(d));
}

/** A float32 as an exact fraction. */
export function fractionOf(x: number): Fraction {
  let scale = 0;
  let value = x;
  while (!Number.isInteger(value)) {
    value *= 2;
    scale++;
  }
  return frac(BigInt(value), 1n << BigInt(scale));
}
