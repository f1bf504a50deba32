/** Properties of a format's codes: levels, decoding, special codes, neighbours, facts. */
import { toRational } from '../../arithmetic/float64.js';
import { compare } from '../../arithmetic/rational.js';
import { codeArray } from '../code-array.js';
import { UNIT } from '../placement.js';
import { bulkDecode } from '../rounding/bulk.js';
import { decodeExact } from '../rounding/reference.js';
import { type Check, codesOf, levelIndices } from './probes.js';

export const CODE_CHECKS: Readonly<Record<string, Check>> = {
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
};
