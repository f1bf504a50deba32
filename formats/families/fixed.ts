/** Fixed point: two's complement, value = code · 2^−q. No −0, NaN or Inf; saturates. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { UserError } from '../../errors.js';
import { defineFormat } from '../define.js';
import { type FormatFamily, numbersAt, SMALL_BITS } from '../family.js';
import type { NumberFormat } from '../format.js';
import { twosComplementLevels } from '../levels.js';

/** `bits` bits (2..32) of which `fractionBits` (0 ≤ q < n) stand after the point. Throws UserError outside those. */
export function fixed(bits: number, fractionBits: number): NumberFormat {
  if (!(bits >= 2 && bits <= 32 && fractionBits >= 0 && fractionBits < bits)) {
    throw new UserError(
      `fixed${bits}q${fractionBits} is impossible: fixed<n>q<q> has 2 ≤ n ≤ 32 and 0 ≤ q < n`,
    );
  }
  const half = 2 ** (bits - 1);
  const ulp = powerOfTwo(-fractionBits);
  return defineFormat({
    name: `fixed${bits}q${fractionBits}`,
    family: 'fixed',
    bits,
    parameters: { fractionBits },
    decode: (code) => (code >= half ? code - 2 * half : code) * ulp,
    levels: twosComplementLevels(bits, -half, half - 1),
    layout: { kind: 'integer', lsbExponent: -fractionBits, signed: true },
    grid: { lsbExponent: -fractionBits, significandBits: bits - 1 },
  });
}

const NAME = /^fixed(0|[1-9]\d*)q(0|[1-9]\d*)$/;

function everyFraction(bits: number): string[] {
  return Array.from({ length: bits }, (_, q) => `fixed${bits}q${q}`);
}

export const fixedFamily: FormatFamily = {
  name: 'fixed',
  grammar: 'fixed<n>q<q>, 2 ≤ n ≤ 32, 0 ≤ q < n',
  presets: [5, 6, 7, 8].flatMap((bits) => [bits - 4, bits - 3, bits - 2].map((q) => `fixed${bits}q${q}`)),
  colour: '#009E73',
  candidates: () => SMALL_BITS.flatMap(everyFraction),
  grid: {
    keys: {
      bits: { least: 2, most: 32 },
      fraction: { least: 0, most: 31, words: ['best', 'all'], otherwise: 'best' },
    },
    names: (values) =>
      numbersAt(values, 'bits').flatMap((bits) => {
        const { fraction } = values;
        if (fraction === 'best') return [`fixed${bits}`];
        if (fraction === 'all') return everyFraction(bits);
        return numbersAt(values, 'fraction').flatMap((q) => (q < bits ? [`fixed${bits}q${q}`] : []));
      }),
  },
  /** Most fraction bits first: of equals that one wins, which costs range that nobody missed. */
  open(name) {
    const bits = Number(/^fixed([1-9]\d?)$/.exec(name)?.[1]);
    return bits >= 2 && bits <= 32 ? everyFraction(bits).toReversed() : undefined;
  },
  parse(name) {
    const match = NAME.exec(name);
    return match ? fixed(Number(match[1]), Number(match[2])) : undefined;
  },
};
