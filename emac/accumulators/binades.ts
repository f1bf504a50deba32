/**
 * Rounding to a format by float64 additions, for the per-op accumulator's kernels (kernels/assembly/per-op.ts):
 * nearest-even, saturating. What is found here is checked against the format's rounding thresholds before it is used.
 *
 * Within a binade [2^e, 2^(e+1)) the values of most formats are one ulp apart. Then (v + M) − M with M = 1.5 · 2^52 ulps
 * is v rounded to whole ulps, ties to the even multiple, since one ulp is the last place of v + M (|v| < 2^51 ulps).
 * The even multiple has the even code: codes go up by one an ulp and every binade of two ulps or more starts with
 * an even one. Where a posit's binade has no fraction bit left, it holds at most one boundary: one threshold and two
 * values describe it, and so too what lies below minpos and beyond maxpos.
 *
 * v is a product or a sum in float64, not exact. Products of values of up to 24 significant bits are; what float64 takes
 * from a sum of two cannot carry it over a boundary of the format (docs/accumulators.md).
 */

import { nextDown, nextUp, powerOfTwo } from '../../arithmetic/float64.js';
import type { NumberFormat, Underflow } from '../../formats/format.js';
import {
  type RoundingThresholds,
  roundingThresholds,
  thresholdIndex,
} from '../../formats/rounding/thresholds.js';
import { Binade } from '../../kernels/layouts.js';
import { perOpRounding } from './per-op-tables.js';

/** Significant bits up to which the proof above holds. */
const PRECISION = 24;

/** Products and sums lie within 2^±REACH, and M of each is a float64. */
const REACH = 900;

/** M of an ulp of 1. */
const MAGIC = 1.5 * powerOfTwo(52);

/** How float64 additions round to a format. */
export type BinadeRounding =
  /** The ulp is that of `floor`'s binade below it, and grows with the binade above; held in low .. high. */
  | {
      readonly kind: 'uniform';
      readonly floor: number;
      readonly magic: number;
      readonly low: number;
      readonly high: number;
    }
  /** Binade [2048] by biased exponent; M is NaN where the threshold decides. */
  | { readonly kind: 'tapered'; readonly table: Float64Array };

const known = new WeakMap<NumberFormat, Map<Underflow, BinadeRounding | undefined>>();

/** The rounding of a format; undefined where it is not made of such binades. Worked out once per format and rule. */
export function binadeRounding(format: NumberFormat, underflow: Underflow): BinadeRounding | undefined {
  const byRule = known.get(format) ?? new Map<Underflow, BinadeRounding | undefined>();
  known.set(format, byRule);
  if (!byRule.has(underflow)) byRule.set(underflow, find(format, underflow));
  return byRule.get(underflow);
}

function find(format: NumberFormat, underflow: Underflow): BinadeRounding | undefined {
  const { significandBits, lsbExponent, max } = format.facts;
  // products must be normal float64 numbers, and far from overflow
  if (significandBits > PRECISION || lsbExponent < -REACH / 2 || !(max < powerOfTwo(REACH / 2)))
    return undefined;
  if (format.bits > 16) {
    // floats have one precision by definition; others would have to be looked at code by code
    const uniform = uniformOf(format);
    return format.family === 'float' && agreesAtEnds(uniform, format, underflow) ? uniform : undefined;
  }
  const table = roundingThresholds(format, perOpRounding(underflow), {
    scale: 1,
    zeroPoint: 0,
    range: 'full',
  });
  const values = Float64Array.from(table.codes, (code) => format.toNumber(code));
  const uniform = uniformOf(format);
  if (agrees(uniform, table, values)) return uniform;
  const tapered = taperedOf(table, values);
  return agrees(tapered, table, values) ? tapered : undefined;
}

function uniformOf(format: NumberFormat): BinadeRounding {
  const { significandBits, lsbExponent, min, max } = format.facts;
  return {
    kind: 'uniform',
    floor: powerOfTwo(lsbExponent + significandBits - 1),
    magic: MAGIC * powerOfTwo(1 - significandBits),
    low: min,
    high: max,
  };
}

function taperedOf(thresholds: RoundingThresholds, values: Float64Array): BinadeRounding {
  const table = new Float64Array(2048 * Binade.LENGTH);
  // zero, the one number without an exponent, stays zero under any M
  table[Binade.M] = 1;
  for (let field = 1; field < 2047; field++) {
    const first = powerOfTwo(field - 1023);
    const last = field === 2046 ? Number.MAX_VALUE : nextDown(powerOfTwo(field - 1022));
    const from = thresholdIndex(thresholds, first);
    const to = thresholdIndex(thresholds, last);
    const ulp = (values[to]! - values[from]!) / Math.max(to - from, 1);
    const threshold = to > from ? thresholds.thresholds[to]! : first;
    const whole = MAGIC * ulp;
    const rounds = (v: number) => v + whole - whole;
    const simple =
      ulp > 0 &&
      rounds(first) === values[from] &&
      rounds(last) === values[to] &&
      rounds(threshold) === values[to] &&
      rounds(nextDown(threshold)) === values[to - 1];
    const at = field * Binade.LENGTH;
    table[at + Binade.M] = simple ? whole : Number.NaN;
    table[at + Binade.THRESHOLD] = threshold;
    table[at + Binade.BELOW] = values[from]!;
    table[at + Binade.ABOVE] = values[to]!;
  }
  return { kind: 'tapered', table };
}

const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);

/** What the kernels compute, one number at a time. */
export function roundBinade(rounding: BinadeRounding, v: number): number {
  doubles[0] = v;
  const field = (words[1]! >>> 20) & 0x7ff;
  switch (rounding.kind) {
    case 'uniform': {
      const { floor, magic, low, high } = rounding;
      const m = Math.max(field === 0 ? 0 : powerOfTwo(field - 1023), floor) * magic;
      return Math.max(Math.min(v + m - m, high), low);
    }
    case 'tapered': {
      const { table } = rounding;
      const at = field * Binade.LENGTH;
      const stepped = v + table[at + Binade.M]! - table[at + Binade.M]!;
      if (!Number.isNaN(stepped)) return stepped;
      const side = Math.abs(v) >= table[at + Binade.THRESHOLD]! ? Binade.ABOVE : Binade.BELOW;
      return Math.sign(v) * table[at + side]!;
    }
    default:
      return rounding satisfies never;
  }
}

/**
 * Whether it gives the thresholds' values everywhere: both are monotone within a binade, so it is enough to look at both
 * sides of every threshold and at both ends of every binade.
 */
function agrees(rounding: BinadeRounding, table: RoundingThresholds, values: Float64Array): boolean {
  const same = (v: number) => roundBinade(rounding, v) === values[thresholdIndex(table, v)];
  for (let index = 1; index < table.thresholds.length; index++) {
    const threshold = table.thresholds[index]!;
    if (Math.abs(threshold) > powerOfTwo(-REACH) && !(same(threshold) && same(nextDown(threshold))))
      return false;
  }
  for (let e = -REACH; e <= REACH; e++) {
    const power = powerOfTwo(e);
    if (!(same(power) && same(-power) && same(nextDown(power)) && same(-nextDown(power)))) return false;
  }
  return true;
}

/** The same check for a format too wide to list its thresholds: at the first two and the last boundary of every binade. */
function agreesAtEnds(rounding: BinadeRounding, format: NumberFormat, underflow: Underflow): boolean {
  const exact = perOpRounding(underflow);
  const same = (v: number) => roundBinade(rounding, v) === format.toNumber(format.encode(v, exact));
  const half = powerOfTwo(-format.facts.significandBits);
  for (let e = -REACH; e <= REACH; e++) {
    for (const position of [1, 1 + half, 1 + 3 * half, 2 - half]) {
      const v = position * powerOfTwo(e);
      for (const near of [v, nextDown(v), nextUp(v)]) if (!same(near) || !same(-near)) return false;
    }
  }
  return true;
}
