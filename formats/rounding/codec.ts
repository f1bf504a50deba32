/**
 * Codes of formats with a layout, computed instead of looked up. Between two powers of two a format's ulp is
 * constant, so a magnitude's code is its product with a power of two, which is exact, plus an offset near 2^52, which
 * rounds once, to the nearest integer, ties to even. Other modes correct that by what was rounded away.
 */
import { exponentOf, nextDown, nextUp, powerOfTwo, toNumber } from '../../arithmetic/float64.js';
import type { NumberFormat, Rounding } from '../format.js';
import type { CodeLayout } from '../layout.js';
import { checkPlacement, type Placement, rangeOf } from '../placement.js';
import { zeroIndex } from './reference.js';
import { checkRounding, overflowCode, overflowRule } from './rules.js';

/** Magnitudes of one exponent: adding 2^52 + offset to |x| · factor, an exact product, rounds to the code. */
interface Entry {
  /** A power of two, or 0. */
  readonly factor: number;
  /** An integer; NaN where stochastic rounding needs the exact rule. */
  readonly offset: number;
}

export interface ExponentTable {
  /** The exponent of the first entry, which serves all below it too; the last serves all above. */
  readonly first: number;
  readonly factors: Float64Array;
  /** 2^52 and an integer. */
  readonly offsets: Float64Array;
}

/** How a magnitude is rounded: to the nearest, in a direction, or by a random word. */
type Use = 'nearest' | 'directed' | 'stochastic';

/** From here to 2^53 a float64 is an integer. */
const WHOLE = powerOfTwo(52);

/** All magnitudes of an exponent at one code. */
const constant = (code: number): Entry => ({ factor: 0, offset: code });

function positEntry(exponent: number, bits: number, es: number, use: Use): Entry {
  const power = 2 ** es;
  const regime = Math.floor(exponent / power);
  const exponentBits = exponent - regime * power;
  // bits left for exponent and fraction
  const room = bits - 1 - (regime >= 0 ? regime + 2 : 1 - regime);
  const run = regime >= 0 ? 2 ** (bits - 1) - 2 ** (room + 1) : 2 ** room;
  if (room >= es) {
    const fractions = 2 ** (room - es);
    return { factor: fractions * powerOfTwo(-exponent), offset: run + (exponentBits - 1) * fractions };
  }
  // exponent bits are cut: the boundary is where the first of them becomes 1
  const cut = 2 ** (es - room);
  const lower = run + Math.floor(exponentBits / cut);
  const left = exponentBits % cut;
  switch (use) {
    case 'nearest':
      // at 1/2 the boundary itself is a tie, all above it more
      if (left === cut / 2) return { factor: powerOfTwo(-exponent - 1), offset: lower };
      return constant(left < cut / 2 ? lower : lower + 1);
    case 'directed':
      // a power of two that is a posit is no fraction; the others are in between
      if (left === 0) return { factor: powerOfTwo(-exponent), offset: lower - 1 };
      return { factor: powerOfTwo(-exponent - 2), offset: lower };
    case 'stochastic':
      // the neighbours are no power of two apart
      return { factor: 0, offset: Number.NaN };
    default:
      return use satisfies never;
  }
}

function exponentTable(format: NumberFormat, layout: CodeLayout, use: Use): ExponentTable {
  const { facts, levels, bits } = format;
  const entries: Entry[] = [];
  const table = (first: number): ExponentTable => ({
    first,
    factors: Float64Array.from(entries, ({ factor }) => factor),
    offsets: Float64Array.from(entries, ({ offset }) => WHOLE + offset),
  });
  switch (layout.kind) {
    case 'posit': {
      const [least, most] = [exponentOf(facts.minPositive), exponentOf(facts.max)];
      entries.push(constant(1));
      for (let e = least; e < most; e++) entries.push(positEntry(e, bits, layout.exponentBits, use));
      entries.push(constant(2 ** (bits - 1) - 1));
      return table(least - 1);
    }
    case 'float': {
      const { fractionBits, leastExponent } = layout;
      const most = Math.max(exponentOf(facts.max), leastExponent);
      // the first serves subnormals too, which have its ulp
      for (let e = leastExponent; e <= most; e++) {
        entries.push({
          factor: powerOfTwo(fractionBits - e),
          offset: (e - leastExponent) * 2 ** fractionBits,
        });
      }
      entries.push(constant(levels.code(levels.count - 1) + 2));
      return table(leastExponent);
    }
    case 'integer': {
      // the second exponent is beyond the range whatever the zero point
      entries.push({ factor: powerOfTwo(-layout.lsbExponent), offset: 0 }, constant(2 ** (bits + 1)));
      return table(layout.lsbExponent + bits);
    }
    default:
      return layout satisfies never;
  }
}

/**
 * What rounds a magnitude's code on, for positive and for negative values: up where more was rounded away than
 * `up`, down where less than `down`.
 */
function corrections(mode: Rounding['mode']): Pick<Codec, 'up' | 'down'> {
  const [never, notDown] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  switch (mode) {
    case 'nearest-even':
    case 'stochastic':
      return { up: [never, never], down: [notDown, notDown] };
    case 'nearest-away': {
      const lessThanHalf = nextDown(0.5);
      return { up: [lessThanHalf, lessThanHalf], down: [notDown, notDown] };
    }
    case 'toward-zero':
      return { up: [never, never], down: [0, 0] };
    case 'up':
      return { up: [0, never], down: [notDown, 0] };
    case 'down':
      return { up: [never, 0], down: [0, notDown] };
    default:
      return mode satisfies never;
  }
}

/** The least magnitude that does not count as 0. */
function leastKept(format: NumberFormat, underflow: Rounding['underflow']): number {
  switch (underflow) {
    case 'none':
      return Number.MIN_VALUE;
    case 'bitstring':
      return toNumber(format.boundary(zeroIndex(format)));
    case 'half':
      return nextUp(format.facts.minPositive / 2);
    default:
      return underflow satisfies never;
  }
}

type Ends = Pick<Codec, 'zeroPoint' | 'lowest' | 'highest' | 'negativeZero' | 'beyond'>;

function endsOf(
  format: NumberFormat,
  layout: CodeLayout,
  rounding: Rounding,
  { zeroPoint, range }: Placement,
): Ends {
  const { levels, bits } = format;
  const last = levels.count - 1;
  const none = { zeroPoint: 0, lowest: 0, negativeZero: 0, beyond: [0, 0] } as const;
  switch (layout.kind) {
    case 'posit': {
      const highest = 2 ** (bits - 1) - 1;
      return { ...none, lowest: -highest, highest };
    }
    case 'float': {
      const beyond = (sign: 1 | -1) =>
        overflowRule(rounding.mode, sign) === 'never'
          ? levels.code(sign === 1 ? last : 0)
          : overflowCode(format, rounding.policy, sign);
      const negativeZero = format.negativeZero ?? 0;
      return { ...none, highest: levels.code(last), negativeZero, beyond: [beyond(1), beyond(-1)] };
    }
    case 'integer': {
      const { min, max } = rangeOf(format, range);
      const lsb = powerOfTwo(layout.lsbExponent);
      return { ...none, zeroPoint, lowest: min / lsb, highest: max / lsb };
    }
    default:
      return layout satisfies never;
  }
}

function divisionOf(scale: number): Codec['division'] {
  if (scale === 1) return 'none';
  return scale === powerOfTwo(exponentOf(scale)) ? 'exact' : 'rounded';
}

const tables = new WeakMap<NumberFormat, Map<Use, ExponentTable>>();

function tableOf(format: NumberFormat, layout: CodeLayout, mode: Rounding['mode']): ExponentTable {
  let known = tables.get(format);
  if (!known) {
    known = new Map();
    tables.set(format, known);
  }
  const nearest = mode === 'nearest-even' || mode === 'nearest-away';
  const use = mode === 'stochastic' ? 'stochastic' : nearest ? 'nearest' : 'directed';
  let table = known.get(use);
  if (!table) {
    table = exponentTable(format, layout, use);
    known.set(use, table);
  }
  return table;
}

/** How codes of a format are computed under a rounding and placement. Pairs are for positive and negative values. */
export interface Codec {
  readonly bits: number;
  /** Sign and magnitude (floats), or two's complement with a zero point that may be 0. */
  readonly sign: 'magnitude' | 'complement';
  /** Whether a code takes a random word. */
  readonly stochastic: boolean;
  /** Whether values are divided by the scale: not at all, without error, or rounded. */
  readonly division: 'none' | 'exact' | 'rounded';
  readonly scale: number;
  readonly table: ExponentTable;
  /** The code goes up where more than this was rounded away, down where less than that. */
  readonly up: readonly [number, number];
  readonly down: readonly [number, number];
  /** The least magnitude that does not count as 0. */
  readonly kept: number;
  readonly zeroPoint: number;
  /** Of codes as integers; for floats the largest magnitude. */
  readonly lowest: number;
  readonly highest: number;
  readonly negativeZero: number;
  /** Codes of floats beyond the largest and the smallest value. */
  readonly beyond: readonly [number, number];
  /** The code that overflow on either side becomes, −1 where they differ. */
  readonly nan: number;
  /** The largest magnitude of a value: stochastic rounding chooses between codes only up to it. */
  readonly largest: number;
}

/** Throws UserError for a rounding or placement the format lacks. */
export function codecOf(
  format: NumberFormat,
  layout: CodeLayout,
  rounding: Rounding,
  placement: Placement,
): Codec {
  checkRounding(format, rounding);
  checkPlacement(format, placement);
  const { mode, policy, underflow } = rounding;
  const isFloat = layout.kind === 'float';
  return {
    bits: format.bits,
    sign: isFloat ? 'magnitude' : 'complement',
    stochastic: mode === 'stochastic',
    division: divisionOf(placement.scale),
    scale: placement.scale,
    table: tableOf(format, layout, mode),
    ...corrections(mode),
    kept: leastKept(format, underflow),
    ...endsOf(format, layout, rounding, placement),
    nan: (policy === 'nan' ? format.nan : undefined) ?? -1,
    largest: isFloat ? format.facts.max : Number.POSITIVE_INFINITY,
  };
}
