/**
 * The tests beside this file have operands made so that the error a tier really makes carries its computed sum across a
 * boundary: an error bound made too small, dropped, or compared the wrong way certifies wrong codes there. Numbers in
 * their comments are the relative sizes of the true error and of the bound.
 */
import { toRational } from '../../../../arithmetic/float64.js';

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** One of every way codes are rounded: bytes and computed codes, thresholds of words, one by one. */
export const OUTPUTS = [
  'fixed8q0',
  'fixed16q0',
  'posit32es2',
  'fixed16q0, decoded',
  'fixed32q0, decoded',
] as const;

/**
 * (b, s) with b · s just below `boundary`, or just above, and RN53(b · s) = boundary; those that miss it by most
 * first.
 */
export function nearMisses(
  boundary: number,
  side: 'below' | 'above',
  count: number,
): { b: bigint; s: number }[] {
  const found: { b: bigint; s: number; miss: number }[] = [];
  for (let b = 2 ** 29 + 1; b < 2 ** 29 + 4000; b += 2) {
    const s = boundary / b;
    if (s * b !== boundary) continue;
    // s·b − boundary, over the product of both denominators
    const [p, q] = [toRational(s), toRational(boundary)];
    const difference = p.numerator * BigInt(b) * q.denominator - q.numerator * p.denominator;
    if (difference === 0n || difference < 0n !== (side === 'below')) continue;
    const miss = Number((difference << 90n) / (p.denominator * q.numerator));
    found.push({ b: BigInt(b), s, miss: Math.abs(miss) });
  }
  return found.sort((p, q) => q.miss - p.miss).slice(0, count);
}
