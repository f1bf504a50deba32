/** What the conformance suite looks at: the codes, roundings and float64 numbers where something can go wrong. */
import { nextDown, nextUp, toNumber } from '../../arithmetic/float64.js';
import type { NumberFormat, Rounding } from '../format.js';
import { ROUNDING_MODES } from '../format.js';
import { zeroIndex } from '../rounding/reference.js';

/** A property as a generator of counterexamples; the suite takes the first. */
export type Check = (format: NumberFormat, probes: Float64Array) => Iterable<string>;

/** Random words of stochastic rounding at and next to the ends and the middle. */
export const RANDOM_WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff];
/** Levels looked at in formats too wide for all of them. */
const MOST_LEVELS = 96;

/** Every rounding the format has. */
export function roundingsOf(format: NumberFormat): Rounding[] {
  return ROUNDING_MODES.flatMap((mode) =>
    format.policies.flatMap((policy) => format.underflows.map((underflow) => ({ mode, policy, underflow }))),
  );
}

/** Indices of the levels to look at: all up to 8 bits, else a stride with both ends and those around zero. */
export function levelIndices(format: NumberFormat): number[] {
  const last = format.levels.count - 1;
  const stride = format.bits <= 8 ? 1 : Math.max(1, Math.floor(last / MOST_LEVELS));
  const zero = zeroIndex(format);
  const chosen = new Set([0, 1, zero - 1, zero, zero + 1, last - 1, last]);
  for (let index = 0; index <= last; index += stride) chosen.add(index);
  return [...chosen].filter((index) => index >= 0 && index <= last).sort((a, b) => a - b);
}

/** Float64 numbers where something can go wrong, ascending, −0 before +0. */
export function probesOf(format: NumberFormat): Float64Array {
  const probes = new Set<number>();
  const around = (x: number) => {
    for (const near of [nextDown(x), x, nextUp(x)]) if (Number.isFinite(near)) probes.add(near);
  };
  const { levels } = format;
  for (const index of levelIndices(format)) {
    around(format.toNumber(levels.code(index)));
    around(toNumber(format.boundary(index)));
  }
  around(toNumber(format.boundary(-1)));
  around(format.facts.minPositive / 2);
  around(-format.facts.minPositive / 2);
  for (const far of [2, 1000]) {
    probes.add(format.facts.max * far);
    probes.add(format.facts.min * far);
  }
  for (const edge of [Number.MIN_VALUE, Number.MAX_VALUE]) {
    probes.add(edge);
    probes.add(-edge);
  }
  probes.delete(0);
  const ascending = [...probes].filter(Number.isFinite).sort((a, b) => a - b);
  const firstPositive = ascending.findIndex((x) => x > 0);
  return Float64Array.from([...ascending.slice(0, firstPositive), -0, 0, ...ascending.slice(firstPositive)]);
}

/** Codes to look at: all up to 16 bits, else those of the chosen levels. */
export function codesOf(format: NumberFormat): number[] {
  if (format.bits <= 16) return Array.from({ length: 2 ** format.bits }, (_, code) => code);
  return levelIndices(format).map((index) => format.levels.code(index));
}

/** A random word for stochastic rounding, another for another salt; undefined elsewhere. */
export function wordFor(rounding: Rounding, salt: number): number | undefined {
  return rounding.mode === 'stochastic' ? RANDOM_WORDS[salt % RANDOM_WORDS.length] : undefined;
}

export function describe(rounding: Rounding): string {
  return `${rounding.mode}/${rounding.policy}/${rounding.underflow}`;
}
