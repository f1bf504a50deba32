/** Whether two classifiers differ on the same images: integers and one quotient, the same digits on any machine. */

/**
 * McNemar's exact two-sided p: of the images that only one of two classifiers gets right, `onlyFirst` and
 * `onlySecond`, how likely a split at least this uneven is when both are equally good:
 * min(1, 2·Σ_{i ≤ min} C(n, i) / 2^n). The sum is exact (BigInt); only the quotient is rounded, down, to
 * 60 bits and then to float64. No images that differ give 1.
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  let term = 1n;
  let sum = 1n;
  for (let i = 1; i <= fewer; i++) {
    term = (term * BigInt(n - i + 1)) / BigInt(i);
    sum += term;
  }
  const twice = 2n * sum;
  if (twice >= 1n << BigInt(n)) return 1;
  const shift = Math.max(0, twice.toString(2).length - 60);
  let p = Number(twice >> BigInt(shift));
  for (let exponent = shift - n; exponent < 0; exponent++) p /= 2;
  return p;
}
