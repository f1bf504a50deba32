/**
 * Calibration written a second time, the slow way, from docs/numerics.md §3 alone: BigInt multiples of 2^-1100,
 * no thresholds, no pruning.
 */
import type { NumberFormat } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';

const UNIT = 1100n;

/** x · 2^1100, exactly; x is a multiple of 2^-1074. */
export function big(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const field = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  const magnitude =
    field === 0n ? fraction << (UNIT - 1074n) : (fraction | (1n << 52n)) << (field + UNIT - 1075n);
  return bits >> 63n ? -magnitude : magnitude;
}

/** What rounds where: values ascending, and the boundary under each but the first. Formats up to 8 bits. */
export interface Line {
  readonly values: readonly number[];
  readonly boundaries: readonly number[];
  /** Whether a tie at boundaries[i] goes to values[i]. */
  readonly tieUp: readonly boolean[];
}

export function lineOf(format: NumberFormat): Line {
  const byValue = new Map<number, number>();
  for (let code = 0; code < 2 ** format.bits; code++) {
    const value = format.toNumber(code);
    if (Number.isFinite(value) && !Object.is(value, -0)) byValue.set(value, code);
  }
  const values = [...byValue.keys()].sort((a, b) => a - b);
  const wider =
    format.family === 'posit' ? getFormat(`posit${format.bits + 1}es${format.parameters.es}`) : undefined;
  const boundaries = values.map((value, i) => {
    if (i === 0) return Number.NEGATIVE_INFINITY;
    const before = values[i - 1]!;
    if (wider === undefined) return (before + value) / 2;
    // A posit never rounds to or from 0 unless it is 0.
    if (value === 0 || before === 0) return 0;
    const lower = byValue.get(before)!;
    return wider.toNumber(2 * lower + 1);
  });
  const tieUp = values.map((value, i) => {
    if (boundaries[i] === 0) return value === 0;
    return (byValue.get(value)! & 1) === 0;
  });
  return { values, boundaries, tieUp };
}

/** All integers from low to high. */
export function integerLine(low: number, high: number): Line {
  const values = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  return {
    values,
    boundaries: values.map((value) => value - 0.5),
    tieUp: values.map((value) => value % 2 === 0),
  };
}

/** The value that the exact quotient x / scale rounds to, saturating. */
export function roundQuotient(line: Line, x: number, scale: number): number {
  const wanted = big(x) << UNIT;
  let low = 0;
  let high = line.values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const product = big(line.boundaries[middle]!) * big(scale);
    if (wanted > product || (wanted === product && line.tieUp[middle])) low = middle;
    else high = middle - 1;
  }
  return line.values[low]!;
}

/** RN53(2^(k/8)) by looking for the float64 whose two midpoints enclose the root. */
export function root(k: number): number {
  const known = roots.get(k) ?? findRoot(k);
  roots.set(k, known);
  return known;
}

const roots = new Map<number, number>();

function findRoot(k: number): number {
  const estimate = 2 ** (k / 8);
  const float = new Float64Array([estimate]);
  const bits = new BigUint64Array(float.buffer);
  const first = bits[0]!;
  for (const step of [0n, 1n, -1n, 2n, -2n]) {
    const at = (offset: bigint) => {
      bits[0] = first + step + offset;
      return big(float[0]!);
    };
    const [below, here, above] = [at(-1n), at(0n), at(1n)];
    const target = 1n << (8n * (UNIT + 1n) + BigInt(k));
    if ((below + here) ** 8n < target && target < (here + above) ** 8n) {
      bits[0] = first + step;
      return float[0]!;
    }
  }
  throw new Error(`no root for ${k}`);
}

export interface Bins {
  readonly values: readonly number[];
  readonly maxMagnitude: number;
}

/** The float32 each value stands for: its upper 16 bits, then 0x8000, zeros as 0. */
export function binned(values: Float32Array): Bins {
  const view = new DataView(new ArrayBuffer(4));
  const stands = [...values].map((value) => {
    view.setFloat32(0, value);
    if ((view.getUint16(0) & 0x7fff) === 0) return 0;
    view.setUint16(2, 0x8000);
    return view.getFloat32(0);
  });
  return { values: stands, maxMagnitude: Math.max(0, ...[...values].map(Math.abs)) };
}

/**
 * The scale of least squared error, every candidate in full: quotients rounded exactly, errors summed in float64 over
 * the bins in descending order of value.
 */
export function mseScale(
  bins: Bins,
  line: Line,
  facts: { readonly max: number; readonly minPositive: number },
  step: 1 | 8,
): number {
  if (bins.maxMagnitude === 0) return 1;
  const least = (factor: number) => {
    let k = 8 * Math.floor(Math.log2(bins.maxMagnitude / factor) - 2);
    while (big(root(k)) * big(factor) < big(bins.maxMagnitude) << UNIT) k++;
    return k;
  };
  const k0 = least(facts.max);
  const k1 = least(1);
  let doublings = 0;
  while (big(facts.max) > big(facts.minPositive) << BigInt(doublings)) doublings++;
  const from = Math.max(k0 - 32, k1 - 256);
  const to = Math.min(k0 + 8 * doublings, k1 + 256);
  const counts = new Map<number, number>();
  for (const x of bins.values) counts.set(x, (counts.get(x) ?? 0) + 1);
  const descending = [...counts.keys()].filter((x) => x !== 0).sort((a, b) => b - a);
  let best: { k: number; error: number } | undefined;
  for (let k = from; k <= to; k++) {
    if (k % step !== 0) continue;
    const scale = root(k);
    let error = 0;
    for (const x of descending) {
      const difference = scale * roundQuotient(line, x, scale) - x;
      error += counts.get(x)! * (difference * difference);
    }
    const better =
      best === undefined ||
      error < best.error ||
      (error === best.error &&
        (Math.abs(k) < Math.abs(best.k) || (Math.abs(k) === Math.abs(best.k) && k > best.k)));
    if (better) best = { k, error };
  }
  return root(best!.k);
}

/** RN53(a / b) of integers, b > 0, a ≥ 0. */
export function quotient(a: bigint, b: bigint): number {
  if (a === 0n) return 0;
  let shift = 0;
  let numerator = a;
  let denominator = b;
  while (numerator / denominator < 1n << 52n) {
    numerator <<= 1n;
    shift++;
  }
  while (numerator / denominator >= 1n << 53n) {
    denominator <<= 1n;
    shift--;
  }
  const whole = numerator / denominator;
  const twice = 2n * (numerator - whole * denominator);
  const up = twice > denominator || (twice === denominator && whole % 2n === 1n);
  return Number(up ? whole + 1n : whole) * 2 ** -shift;
}

/** RN(low − a/b) to an integer, ties to even, then clamped. */
export function zeroPointOf(low: number, high: number, negativeQuotient: { a: bigint; b: bigint }): number {
  const numerator = 2n * (BigInt(low) * negativeQuotient.b - negativeQuotient.a);
  const denominator = 2n * negativeQuotient.b;
  let best: bigint | undefined;
  for (let candidate = BigInt(low) - 2n; candidate <= BigInt(high) + 2n; candidate++) {
    const distance = (each: bigint) => {
      const difference = each * denominator - numerator;
      return difference < 0n ? -difference : difference;
    };
    const closer = best === undefined || distance(candidate) < distance(best);
    const even = best !== undefined && distance(candidate) === distance(best) && candidate % 2n === 0n;
    if (closer || even) best = candidate;
  }
  return Math.min(high, Math.max(low, Number(best)));
}
