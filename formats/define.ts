/** Makes a whole NumberFormat from the little that tells it apart: a name, its bits and what a code means. */
import { decompose, toRational } from '../arithmetic/float64.js';
import { add, multiply, type Rational, rational, subtract } from '../arithmetic/rational.js';
import { UserError } from '../errors.js';
import { deriveFacts, type Grid, zeroIndexOf } from './facts.js';
import type { Exact, FormatFacts, Levels, NumberFormat, OverflowPolicy, Underflow } from './format.js';
import { NEAREST_EVEN } from './format.js';
import type { CodeLayout } from './layout.js';
import { enumeratedLevels } from './levels.js';
import { encodeNumber } from './rounding/one-value.js';

export interface FormatDefinition {
  readonly name: string;
  /** 2 .. 32; beyond 16 `levels` and `grid` must be given, since codes are no longer enumerated. */
  readonly bits: number;
  /**
   * The value of a code 0 .. 2^bits − 1 as a float64, without error; −0, NaN and ±Infinity are returned as such. One
   * code is +0 and at least one is positive.
   */
  readonly decode: (code: number) => number;
  readonly aliases?: readonly string[] | undefined;
  /** By default `custom`. */
  readonly family?: string | undefined;
  readonly parameters?: Readonly<Record<string, number>> | undefined;
  /** By default `saturate` alone. */
  readonly policies?: readonly OverflowPolicy[] | undefined;
  /** By default `none` alone. */
  readonly underflows?: readonly Underflow[] | undefined;
  /** By default both. */
  readonly quantizers?: readonly ('rounding' | 'linear')[] | undefined;
  readonly scaleRule?: 'any' | 'pow2' | undefined;
  readonly zeroPoints?: 'none' | 'integer' | undefined;
  readonly narrowRange?: { readonly min: number; readonly max: number } | undefined;
  /** The canonical NaN; by default, where `levels` are enumerated, the lowest code that decodes to NaN. */
  readonly nan?: number | undefined;
  /** By default, where `levels` are enumerated, the lowest codes that decode to ±Infinity. */
  readonly infinity?: { readonly positive: number; readonly negative: number } | undefined;
  /** By default `policy` where there are infinities, else `error`. */
  readonly infinityInput?: 'policy' | 'nan' | 'error' | undefined;
  /** By default `rounds`. */
  readonly belowMinPositive?: 'rounds' | 'held' | undefined;
  /** By default, where `levels` are enumerated, the lowest code that decodes to −0. */
  readonly negativeZero?: number | undefined;
  /** By default enumerated from `decode`. Those who give them give `nan`, `infinity` and `negativeZero` too. */
  readonly levels?: Levels | undefined;
  /** Nearest boundary between levels index and index + 1, a float64 without error; by default their mean. */
  readonly boundary?: ((index: number) => number) | undefined;
  /** One unit in max's last place, to its would-be successor; by default max minus the value below it. */
  readonly ulpOfMax?: number | undefined;
  /** By default the low bit of a code says, or, where that does not alternate, its distance from zero. */
  readonly isEven?: ((code: number) => boolean) | undefined;
  readonly grid?: Grid | undefined;
  /** Bits the kernels may compute codes by; it must say what `decode` and the rounding rules of docs/numerics.md say. */
  readonly layout?: CodeLayout | undefined;
}

function checkDefinition(definition: FormatDefinition): void {
  const { name, bits } = definition;
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) {
    throw new UserError(`format name '${name}' is not usable; use lower-case letters, digits, - and _`);
  }
  if (!Number.isInteger(bits) || bits < 2 || bits > 32) {
    throw new UserError(`format ${name} has ${bits} bits; a format has 2 to 32`);
  }
  if (bits > 16 && !(definition.levels && definition.grid)) {
    throw new UserError(
      `format ${name} has ${bits} bits; beyond 16 its definition must give levels and grid`,
    );
  }
}

/** What `decode` says of reserved codes and −0, the lowest code of each kind. */
function specialCodes(bits: number, decode: (code: number) => number) {
  const first = (wanted: (value: number) => boolean): number | undefined => {
    for (let code = 0; code < 2 ** bits; code++) if (wanted(decode(code))) return code;
    return undefined;
  };
  const positive = first((value) => value === Number.POSITIVE_INFINITY);
  const negative = first((value) => value === Number.NEGATIVE_INFINITY);
  return {
    nan: first(Number.isNaN),
    infinity: positive !== undefined && negative !== undefined ? { positive, negative } : undefined,
    negativeZero: first((value) => Object.is(value, -0)),
  };
}

function exactOf(value: number): Exact {
  if (Number.isNaN(value)) return { kind: 'nan' };
  const sign = value < 0 || Object.is(value, -0) ? -1 : 1;
  if (!Number.isFinite(value)) return { kind: 'infinity', sign };
  if (value === 0) return { kind: 'finite', sign, significand: 0n, exponent: 0 };
  const { significand, exponent } = decompose(Math.abs(value));
  let odd = Number(significand);
  let shift = 0;
  while (odd % 2 === 0) {
    odd /= 2;
    shift++;
  }
  return { kind: 'finite', sign, significand: BigInt(odd), exponent: exponent + shift };
}

const HALF = rational(1n, 2n);

function boundaryRule(
  definition: FormatDefinition,
  levels: Levels,
  value: (code: number) => number,
): (index: number) => Rational {
  const given = definition.boundary;
  if (given) return (index) => toRational(given(index));
  const at = (index: number) => toRational(value(levels.code(index)));
  const last = levels.count - 1;
  const ulp = (below: number): Rational =>
    definition.ulpOfMax === undefined ? subtract(at(below + 1), at(below)) : toRational(definition.ulpOfMax);
  return (index) => {
    if (index === last) return add(at(last), multiply(HALF, ulp(last - 1)));
    if (index === -1) return subtract(at(0), multiply(HALF, ulp(0)));
    return multiply(HALF, add(at(index), at(index + 1)));
  };
}

/**
 * Even is a code with low bit 0; in formats of up to 16 bits whose low bits do not alternate from level to level, one an
 * even number of levels from zero.
 */
function evenRule(bits: number, levels: Levels, zeroIndex: number): (code: number) => boolean {
  if (bits <= 16) {
    for (let index = 1; index < levels.count; index++) {
      if ((levels.code(index) & 1) === (levels.code(index - 1) & 1)) {
        return (code) => (levels.index(code) - zeroIndex) % 2 === 0;
      }
    }
  }
  return (code) => (code & 1) === 0;
}

/**
 * A complete format from its definition; everything left out is derived from `decode`. Throws UserError for a
 * definition that cannot be one (name, width, no +0, no positive value).
 */
export function defineFormat(definition: FormatDefinition): NumberFormat {
  checkDefinition(definition);
  const { name, bits, decode } = definition;
  const size = 2 ** bits;
  let table: Float64Array | undefined;
  const value = (code: number): number => {
    if (!(code >= 0 && code < size && Number.isInteger(code))) {
      throw new UserError(`code ${code} is not one of ${name}; its codes are 0 .. ${size - 1}`);
    }
    if (bits > 16) return decode(code);
    table ??= Float64Array.from({ length: size }, (_, each) => decode(each));
    return table[code]!;
  };
  const levels = definition.levels ?? enumeratedLevels(name, bits, value);
  const { nan, infinity, negativeZero } = definition.levels ? definition : specialCodes(bits, value);
  const special = {
    nan: definition.nan ?? nan,
    infinity: definition.infinity ?? infinity,
    negativeZero: definition.negativeZero ?? negativeZero,
  };
  const exacts: Exact[] = [];
  let facts: FormatFacts | undefined;
  let even = definition.isEven;
  const format: NumberFormat = {
    name,
    aliases: definition.aliases ?? [],
    family: definition.family ?? 'custom',
    bits,
    parameters: definition.parameters ?? {},
    policies: definition.policies ?? ['saturate'],
    underflows: definition.underflows ?? ['none'],
    quantizers: definition.quantizers ?? ['rounding', 'linear'],
    scaleRule: definition.scaleRule ?? 'any',
    zeroPoints: definition.zeroPoints ?? 'none',
    narrowRange: definition.narrowRange,
    ...special,
    infinityInput: definition.infinityInput ?? (special.infinity ? 'policy' : 'error'),
    belowMinPositive: definition.belowMinPositive ?? 'rounds',
    layout: definition.layout,
    levels,
    get facts() {
      const hasNegativeZero = special.negativeZero !== undefined;
      facts ??= deriveFacts(bits, levels, value, hasNegativeZero, definition.grid);
      return facts;
    },
    decode(code) {
      if (bits > 16) return exactOf(value(code));
      let exact = exacts[code];
      if (!exact) {
        exact = exactOf(value(code));
        exacts[code] = exact;
      }
      return exact;
    },
    toNumber: value,
    boundary: boundaryRule(definition, levels, value),
    isEven(code) {
      even ??= evenRule(bits, levels, zeroIndexOf(levels, value));
      return even(code);
    },
    encode: (real, rounding = NEAREST_EVEN, randomWord) => encodeNumber(format, real, rounding, randomWord),
  };
  return format;
}
