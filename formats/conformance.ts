/**
 * The conformance suite: what every number format must do, run on one format and reported property by property.
 * It needs no test framework, so that the author of a plugin can run it on their own:
 *
 *     import { checkFormat } from 'cheetah-numerics/conformance';
 *     for (const { property, passed, detail } of checkFormat(myFormat)) console.log(passed, property, detail);
 *
 * Formats of up to 8 bits are checked on every code, boundary and the float64 numbers next to them; wider ones on
 * an even stride of their codes.
 */
import { nextDown, nextUp, toNumber, toRational } from '../arithmetic/float64.js';
import { compare, divide, type Rational } from '../arithmetic/rational.js';
import { encodePlaced } from './bracket.js';
import { bulkDecode, bulkEncode, codeArray } from './bulk.js';
import type { NumberFormat, Rounding } from './format.js';
import { OVERFLOW_POLICIES, ROUNDING_MODES, UNDERFLOWS } from './format.js';
import { buildLadder, ladderIndex, UNIT } from './ladder.js';
import { decodeExact, referenceEncode, zeroIndex } from './reference.js';

export interface Conformance {
  readonly property: string;
  readonly passed: boolean;
  /** Empty when passed, else the first counterexample. */
  readonly detail: string;
}

/** Draws of stochastic rounding at and next to the ends and the middle. */
const DRAWS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff];
/** Levels looked at in formats too wide for all of them. */
const MOST_LEVELS = 96;

/** Every rounding the format has. */
export function roundingsOf(format: NumberFormat): Rounding[] {
  return ROUNDING_MODES.flatMap((mode) =>
    format.policies.flatMap((policy) => format.underflows.map((underflow) => ({ mode, policy, underflow }))),
  );
}

/** Indices of the levels to look at: all up to 8 bits, else a stride with both ends and those around zero. */
function levelIndices(format: NumberFormat): number[] {
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

type Check = (format: NumberFormat, probes: Float64Array) => Iterable<string>;

/** Codes to look at: all up to 16 bits, else those of the chosen levels. */
function codesOf(format: NumberFormat): number[] {
  if (format.bits <= 16) return Array.from({ length: 2 ** format.bits }, (_, code) => code);
  return levelIndices(format).map((index) => format.levels.code(index));
}

function encodeCanonical(format: NumberFormat, code: number): number {
  const value = format.toNumber(code);
  if (Object.is(value, -0)) return format.negativeZero!;
  return format.levels.code(format.levels.index(code));
}

function drawFor(rounding: Rounding, salt: number): number | undefined {
  return rounding.mode === 'stochastic' ? DRAWS[salt % DRAWS.length] : undefined;
}

function describe(rounding: Rounding): string {
  return `${rounding.mode}/${rounding.policy}/${rounding.underflow}`;
}

function reference(
  format: NumberFormat,
  x: number,
  exact: Rational,
  rounding: Rounding,
  draw?: number,
): number {
  return referenceEncode(format, exact, rounding, {
    negativeZero: Object.is(x, -0) ? 'yes' : 'no',
    ...(draw === undefined ? {} : { draw }),
  });
}

const CHECKS: Readonly<Record<string, Check>> = {
  *'levels ascend strictly and know their codes'(format) {
    const { levels } = format;
    for (const index of levelIndices(format)) {
      const code = levels.code(index);
      if (levels.index(code) !== index)
        yield `level ${index} has code ${code}, which says ${levels.index(code)}`;
      if (index > 0 && !(format.toNumber(levels.code(index - 1)) < format.toNumber(code))) {
        yield `level ${index} is not above level ${index - 1}`;
      }
    }
  },

  *'every code is a level, -0, Inf or NaN, and both decodes agree'(format) {
    for (const code of codesOf(format)) {
      const exact = format.decode(code);
      const value = format.toNumber(code);
      if (exact.kind !== 'finite') {
        const said = exact.kind === 'nan' ? Number.NaN : exact.sign * Number.POSITIVE_INFINITY;
        if (!Object.is(said, value)) yield `code ${code} decodes to ${exact.kind} but toNumber says ${value}`;
        continue;
      }
      if (compare(decodeExact(format, code), toRational(value)) !== 0) {
        yield `code ${code} decodes to another value than toNumber's ${value}`;
      }
      if (exact.sign !== (value < 0 || Object.is(value, -0) ? -1 : 1))
        yield `code ${code} has the wrong sign`;
      const level = format.toNumber(format.levels.code(format.levels.index(code)));
      if (level !== value) yield `code ${code} is ${value} but its level is ${level}`;
    }
  },

  *'special codes mean what they say'(format) {
    const { nan, infinity, negativeZero } = format;
    if (nan !== undefined && !Number.isNaN(format.toNumber(nan))) yield `nan code ${nan} is not NaN`;
    if (infinity && format.toNumber(infinity.positive) !== Number.POSITIVE_INFINITY)
      yield '+Inf code is not +Inf';
    if (infinity && format.toNumber(infinity.negative) !== Number.NEGATIVE_INFINITY)
      yield '-Inf code is not -Inf';
    if (negativeZero !== undefined && !Object.is(format.toNumber(negativeZero), -0))
      yield '-0 code is not -0';
    if (format.policies.includes('infinity') && !infinity) yield 'policy infinity without infinities';
    if (format.policies.includes('nan') && nan === undefined) yield 'policy nan without a NaN';
    if (!format.policies.includes('saturate')) yield 'policy saturate is missing; every format has it';
    if (!format.underflows.includes('none')) yield 'underflow rule none is missing; every format has it';
  },

  *'of two neighbours exactly one is even and the boundary lies between them'(format) {
    for (const index of levelIndices(format).slice(0, -1)) {
      const [a, b] = [format.levels.code(index), format.levels.code(index + 1)];
      if (format.isEven(a) === format.isEven(b)) yield `codes ${a} and ${b} are both even or both odd`;
      const boundary = format.boundary(index);
      if (!(compare(decodeExact(format, a), boundary) < 0 && compare(boundary, decodeExact(format, b)) < 0)) {
        yield `the boundary of codes ${a} and ${b} is not between their values`;
      }
    }
  },

  *'decode then encode gives the code back in every rounding'(format) {
    for (const rounding of roundingsOf(format)) {
      for (const index of levelIndices(format)) {
        const code = format.levels.code(index);
        const back = format.encode(format.toNumber(code), rounding, drawFor(rounding, index));
        if (back !== code) yield `code ${code} comes back as ${back} (${describe(rounding)})`;
      }
      const zero = format.encode(-0, rounding, drawFor(rounding, 4));
      const expected = format.negativeZero ?? format.levels.code(zeroIndex(format));
      if (zero !== expected) yield `-0 gives code ${zero}, not ${expected} (${describe(rounding)})`;
    }
  },

  *'encode is idempotent'(format, probes) {
    for (const rounding of roundingsOf(format)) {
      for (const [salt, x] of probes.entries()) {
        const once = format.encode(x, rounding, drawFor(rounding, salt));
        const value = format.toNumber(once);
        if (!Number.isFinite(value)) continue;
        const twice = format.encode(value, rounding, drawFor(rounding, salt + 1));
        if (twice !== encodeCanonical(format, once))
          yield `${x}: ${once}, then ${twice} (${describe(rounding)})`;
      }
    }
  },

  *'encode is monotone, for a fixed draw too'(format, probes) {
    for (const rounding of roundingsOf(format)) {
      for (const draw of rounding.mode === 'stochastic' ? DRAWS : [undefined]) {
        let highest = Number.NEGATIVE_INFINITY;
        for (const x of probes) {
          const value = format.toNumber(format.encode(x, rounding, draw));
          if (Number.isNaN(value)) continue;
          if (value < highest)
            yield `${x} gives ${value}, a smaller x gave ${highest} (${describe(rounding)})`;
          highest = Math.max(highest, value);
        }
      }
    }
  },

  *'encode is symmetric in sign where the format and the mode are'(format, probes) {
    const { levels } = format;
    const symmetric = levelIndices(format).every(
      (index) =>
        format.toNumber(levels.code(index)) === -format.toNumber(levels.code(levels.count - 1 - index)),
    );
    if (!symmetric) return;
    const mirrored: Readonly<Record<Rounding['mode'], Rounding['mode'] | undefined>> = {
      'nearest-even': 'nearest-even',
      'nearest-away': 'nearest-away',
      'toward-zero': 'toward-zero',
      up: 'down',
      down: 'up',
      stochastic: undefined,
    };
    for (const rounding of roundingsOf(format)) {
      const mode = mirrored[rounding.mode];
      if (!mode) continue;
      for (const x of probes) {
        const there = format.toNumber(format.encode(x, rounding));
        const back = format.toNumber(format.encode(-x, { ...rounding, mode }));
        const same = there === -back || (Number.isNaN(there) && Number.isNaN(back));
        if (!same) yield `${x} gives ${there}, its negative ${back} (${describe(rounding)})`;
      }
    }
  },

  *'every fast path gives the code of the exact reference'(format, probes) {
    const exacts = Array.from(probes, toRational);
    for (const rounding of roundingsOf(format)) {
      const draws = (element: number) => DRAWS[element % DRAWS.length]!;
      const bulk = codeArray(format, probes.length);
      bulkEncode(probes, format, rounding, UNIT, bulk, draws);
      const tabled = format.bits <= 16 && rounding.mode !== 'stochastic';
      const ladder = tabled ? buildLadder(format, rounding, UNIT) : undefined;
      for (const [element, x] of probes.entries()) {
        const draw = drawFor(rounding, element);
        const right = reference(format, x, exacts[element]!, rounding, draw);
        const got = {
          encode: format.encode(x, rounding, draw),
          bulk: bulk[element],
          exact: format.bits <= 8 && element % 8 ? right : encodePlaced(format, x, rounding, UNIT, draw),
          ladder: ladder ? ladder.codes[ladderIndex(ladder, x)] : right,
        };
        for (const [path, code] of Object.entries(got)) {
          if (code !== right)
            yield `${path} of ${x} is ${code}, the reference ${right} (${describe(rounding)})`;
        }
      }
    }
  },

  *'scaled encoding gives the code of the exact quotient'(format, probes) {
    const scales = format.scaleRule === 'pow2' ? [0.25, 8] : [0.1, 3, 2 ** -40];
    const zeroPoint = format.zeroPoints === 'integer' ? Math.ceil(format.facts.max / 2) : 0;
    for (const scale of scales) {
      const placement = { scale, zeroPoint, range: 'full' } as const;
      const values = probes.map((x) => x * scale).filter(Number.isFinite);
      for (const rounding of roundingsOf(format)) {
        if (rounding.policy !== format.policies.at(-1)) continue;
        const codes = codeArray(format, values.length);
        const draws = (element: number) => DRAWS[element % DRAWS.length]!;
        bulkEncode(values, format, rounding, placement, codes, draws);
        for (let element = 0; element < values.length; element += 7) {
          const x = values[element]!;
          const quotient = divide(toRational(x), toRational(scale));
          const right = referenceEncode(format, quotient, rounding, {
            zeroPoint,
            draw: draws(element),
            negativeZero: Object.is(x, -0) ? 'yes' : 'no',
          });
          if (codes[element] !== right) {
            yield `${x} at scale ${scale} is ${codes[element]}, the reference ${right} (${describe(rounding)})`;
          }
        }
      }
    }
  },

  *'bulk decode gives scale times value'(format) {
    const codes = codeArray(format, codesOf(format).length);
    codes.set(codesOf(format));
    const out = new Float64Array(codes.length);
    bulkDecode(codes, format, { ...UNIT, scale: 0.5 }, out);
    for (const [element, code] of codes.entries()) {
      const right = 0.5 * format.toNumber(code);
      if (!Object.is(out[element], right)) yield `code ${code} gives ${out[element]}, not ${right}`;
    }
  },

  *'facts are those of the codes'(format) {
    const values = codesOf(format).map((code) => format.toNumber(code));
    const finite = values.filter(Number.isFinite);
    const { max, min, minPositive, distinct, reserved } = format.facts;
    if (finite.some((value) => value > max) || !finite.includes(max)) yield `max is not ${max}`;
    if (finite.some((value) => value < min) || !finite.includes(min)) yield `min is not ${min}`;
    if (finite.some((value) => value > 0 && value < minPositive)) yield `minPositive is not ${minPositive}`;
    if (format.bits > 16) return;
    if (new Set(finite).size !== distinct) yield `distinct is ${new Set(finite).size}, not ${distinct}`;
    if (values.length - finite.length !== reserved) yield `reserved is not ${reserved}`;
  },

  *'NaN, infinities and what the format lacks are a code by rule or an error'(format) {
    const outcome = (run: () => number): number | 'error' => {
      try {
        return run();
      } catch {
        return 'error';
      }
    };
    for (const rounding of roundingsOf(format)) {
      const of = (x: number) => outcome(() => format.encode(x, rounding, 0));
      if (of(Number.NaN) !== (format.nan ?? 'error'))
        yield `NaN gives ${of(Number.NaN)} (${describe(rounding)})`;
      for (const sign of [1, -1] as const) {
        const byPolicy = {
          saturate: format.levels.code(sign === 1 ? format.levels.count - 1 : 0),
          infinity: sign === 1 ? format.infinity?.positive : format.infinity?.negative,
          nan: format.nan,
        }[rounding.policy];
        const expected = { policy: byPolicy, nan: format.nan, error: 'error' }[format.infinityInput];
        const got = of(sign * Number.POSITIVE_INFINITY);
        if (got !== expected) yield `${sign} · Inf gives ${got}, not ${expected} (${describe(rounding)})`;
      }
    }
    for (const policy of OVERFLOW_POLICIES) {
      for (const underflow of UNDERFLOWS) {
        const has = format.policies.includes(policy) && format.underflows.includes(underflow);
        const lacks =
          outcome(() => format.encode(1, { mode: 'nearest-even', policy, underflow })) === 'error';
        if (has === lacks)
          yield `${policy}/${underflow} ${has ? 'is refused' : 'is taken though not stated'}`;
      }
    }
    const size = 2 ** format.bits;
    for (const code of [-1, size, 0.5]) {
      if (outcome(() => format.toNumber(code)) !== 'error') yield `code ${code} is taken`;
    }
  },
};

/** Runs every property on a format; those that throw fail with the message. */
export function checkFormat(format: NumberFormat): Conformance[] {
  const results: Conformance[] = [];
  for (const [property, check] of Object.entries(CHECKS)) {
    let detail = '';
    try {
      const [first] = check(format, probesOf(format));
      detail = first ?? '';
    } catch (error) {
      detail = `threw ${error instanceof Error ? error.message : String(error)}`;
    }
    results.push({ property, passed: detail === '', detail });
  }
  return results;
}

/** Throws an Error naming every property that fails; for test frameworks and scripts. */
export function assertConforms(format: NumberFormat): void {
  const failed = checkFormat(format).filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const lines = failed.map(({ property, detail }) => `${property}: ${detail}`);
  throw new Error(`format ${format.name} does not conform:\n  ${lines.join('\n  ')}`);
}
