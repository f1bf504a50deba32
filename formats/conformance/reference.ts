/** Every fast path of encoding against the exact reference. */
import { toRational } from '../../arithmetic/float64.js';
import { divide, type Rational } from '../../arithmetic/rational.js';
import { codeArray } from '../code-array.js';
import type { NumberFormat, Rounding } from '../format.js';
import { UNIT } from '../placement.js';
import { bulkEncode } from '../rounding/bulk.js';
import { quantizeExact } from '../rounding/exact.js';
import { referenceEncode } from '../rounding/reference.js';
import { roundingThresholds, thresholdIndex } from '../rounding/thresholds.js';
import { type Check, describe, RANDOM_WORDS, roundingsOf, wordFor } from './probes.js';

function reference(
  format: NumberFormat,
  x: number,
  exact: Rational,
  rounding: Rounding,
  randomWord?: number,
): number {
  return referenceEncode(format, exact, rounding, {
    negativeZero: Object.is(x, -0),
    ...(randomWord === undefined ? {} : { randomWord }),
  });
}

export const REFERENCE_CHECKS: Readonly<Record<string, Check>> = {
  *'every fast path gives the code of the exact reference'(format, probes) {
    const exacts = Array.from(probes, toRational);
    for (const rounding of roundingsOf(format)) {
      const randomWords = (element: number) => RANDOM_WORDS[element % RANDOM_WORDS.length]!;
      const bulk = codeArray(format, probes.length);
      bulkEncode(probes, format, rounding, UNIT, bulk, randomWords);
      const tabled = format.bits <= 16 && rounding.mode !== 'stochastic';
      const table = tabled ? roundingThresholds(format, rounding, UNIT) : undefined;
      for (const [element, x] of probes.entries()) {
        const randomWord = wordFor(rounding, element);
        const right = reference(format, x, exacts[element]!, rounding, randomWord);
        const got = {
          encode: format.encode(x, rounding, randomWord),
          bulk: bulk[element],
          exact:
            format.bits <= 8 && element % 8 ? right : quantizeExact(format, x, rounding, UNIT, randomWord),
          table: table ? table.codes[thresholdIndex(table, x)] : right,
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
        const randomWords = (element: number) => RANDOM_WORDS[element % RANDOM_WORDS.length]!;
        bulkEncode(values, format, rounding, placement, codes, randomWords);
        for (let element = 0; element < values.length; element += 7) {
          const x = values[element]!;
          const quotient = divide(toRational(x), toRational(scale));
          const right = referenceEncode(format, quotient, rounding, {
            zeroPoint,
            randomWord: randomWords(element),
            negativeZero: Object.is(x, -0),
          });
          if (codes[element] !== right) {
            yield `${x} at scale ${scale} is ${codes[element]}, the reference ${right} (${describe(rounding)})`;
          }
        }
      }
    }
  },
};
