/**
 * Floats of any exponent and fraction width, with subnormals, in four layouts: IEEE 754 (infinities and NaNs in
 * the all-ones exponent), `fn` (finite but for one NaN per sign, OCP E4M3), `fnuz` (no −0, whose code is the one
 * NaN) and `f` (all codes finite, OCP FP6 and FP4).
 */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { UserError } from '../../errors.js';
import { defineFormat } from '../define.js';
import { type FormatFamily, type GridValues, numbersAt, SMALL_BITS } from '../family.js';
import type { NumberFormat, OverflowPolicy } from '../format.js';
import { signMagnitudeLevels } from '../levels.js';
import { aliasesOf } from '../spellings.js';

const FLOAT_LAYOUTS = ['ieee', 'fn', 'fnuz', 'f'] as const;
export type FloatLayout = (typeof FLOAT_LAYOUTS)[number];

function largestMagnitude(exponentBits: number, fractionBits: number, layout: FloatLayout): number {
  const all = 2 ** (exponentBits + fractionBits);
  switch (layout) {
    case 'ieee':
      return all - 2 ** fractionBits - 1;
    case 'fn':
      return all - 2;
    case 'fnuz':
    case 'f':
      return all - 1;
    default:
      return layout satisfies never;
  }
}

function policiesOf(layout: FloatLayout, fractionBits: number): OverflowPolicy[] {
  switch (layout) {
    case 'ieee':
      return fractionBits > 0 ? ['saturate', 'infinity', 'nan'] : ['saturate', 'infinity'];
    case 'fn':
    case 'fnuz':
      return ['saturate', 'nan'];
    case 'f':
      return ['saturate'];
    default:
      return layout satisfies never;
  }
}

function nanOf(exponentBits: number, fractionBits: number, layout: FloatLayout): number | undefined {
  const all = 2 ** (exponentBits + fractionBits);
  switch (layout) {
    case 'ieee':
      return fractionBits > 0 ? all - 2 ** fractionBits + 2 ** (fractionBits - 1) : undefined;
    case 'fn':
      return all - 1;
    case 'fnuz':
      return all;
    case 'f':
      return undefined;
    default:
      return layout satisfies never;
  }
}

/**
 * A float of 1 + e + m bits, 1 ≤ e ≤ 8, m ≥ 0, in all at most 32. Throws UserError for widths outside those,
 * `fn` without a fraction, and layouts without a positive finite value.
 */
export function float(exponentBits: number, fractionBits: number, layout: FloatLayout): NumberFormat {
  const bits = 1 + exponentBits + fractionBits;
  const suffix = layout === 'ieee' ? '' : layout;
  const name = `float${bits}e${exponentBits}m${fractionBits}${suffix}`;
  const impossible = (why: string) => new UserError(`${name} is impossible: ${why}`);
  if (!(exponentBits >= 1 && exponentBits <= 8)) throw impossible('float<n>e<e>m<m> has 1 ≤ e ≤ 8');
  if (bits > 32) throw impossible('a format has at most 32 bits');
  if (layout === 'fn' && fractionBits === 0) throw impossible('fn needs m ≥ 1');
  const largest = largestMagnitude(exponentBits, fractionBits, layout);
  if (largest < 1)
    throw impossible('it has no positive finite value; give it a fraction bit or the suffix f');

  const bias = layout === 'fnuz' ? 2 ** (exponentBits - 1) : 2 ** (exponentBits - 1) - 1;
  const signBit = 2 ** (bits - 1);
  const infinity = layout === 'ieee' ? { positive: largest + 1, negative: signBit + largest + 1 } : undefined;
  const hidden = 2 ** fractionBits;
  const magnitudeOf = (magnitude: number): number => {
    const field = Math.floor(magnitude / hidden);
    const fraction = magnitude - field * hidden;
    const significand = field === 0 ? fraction : fraction + hidden;
    return significand * powerOfTwo(Math.max(field, 1) - bias - fractionBits);
  };
  const decode = (code: number): number => {
    const negative = code >= signBit;
    const magnitude = negative ? code - signBit : code;
    if (layout === 'fnuz' && code === signBit) return Number.NaN;
    if (magnitude <= largest) return negative ? -magnitudeOf(magnitude) : magnitudeOf(magnitude);
    if (layout === 'ieee' && magnitude === largest + 1) {
      return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }
    return Number.NaN;
  };
  return defineFormat({
    name,
    aliases: aliasesOf(name),
    family: 'float',
    bits,
    parameters: { exponentBits, fractionBits },
    decode,
    levels: signMagnitudeLevels(bits, largest),
    policies: policiesOf(layout, fractionBits),
    infinityInput: 'policy',
    nan: nanOf(exponentBits, fractionBits, layout),
    infinity,
    negativeZero: layout === 'fnuz' ? undefined : signBit,
    // The layout, were it to go on, would have max's successor here.
    ulpOfMax: magnitudeOf(largest + 1) - magnitudeOf(largest),
    // of values 0 and ±2 codes are no products: half of the smallest float64 would be 0
    layout:
      largest === 1 && bits === 2 ? undefined : { kind: 'float', fractionBits, leastExponent: 1 - bias },
    grid: { lsbExponent: 1 - bias - fractionBits, significandBits: fractionBits + 1 },
  });
}

const NAME = /^float([1-9]\d*)e(0|[1-9]\d*)m(0|[1-9]\d*)(fnuz|fn|f)?$/;
const small = [5, 6, 7, 8].flatMap((bits) =>
  [2, 3, 4].filter((e) => bits - 1 - e >= 1).map((e) => `float${bits}e${e}m${bits - 1 - e}`),
);

/** With infinity and NaNs, with finite values alone, or each format both ways: the suffixes of their names. */
const GRID_LAYOUTS: Readonly<Record<string, readonly string[]>> = {
  ieee: [''],
  finite: ['f'],
  both: ['', 'f'],
};

function suffixesOf({ layout }: GridValues): readonly string[] {
  return GRID_LAYOUTS[String(layout)]!;
}

export const floatFamily: FormatFamily = {
  name: 'float',
  grammar:
    'float<n>e<e>m<m> with n = 1 + e + m ≤ 32, 1 ≤ e ≤ 8, m ≥ 0, and suffix none (IEEE), fn (m ≥ 1), fnuz or f',
  presets: [
    ...small,
    'float4e2m1f',
    'float6e2m3f',
    'float6e3m2f',
    'float8e4m3fn',
    'float8e4m3fnuz',
    'float8e5m2',
    'float8e5m2fnuz',
    'float16e5m10',
    'float16e8m7',
    'float32e8m23',
  ],
  colour: '#AF4D00',
  candidates: () =>
    SMALL_BITS.flatMap((bits) =>
      [1, 2, 3, 4, 5, 6, 7, 8].flatMap((e) =>
        ['', 'fn', 'fnuz', 'f'].map((suffix) => `float${bits}e${e}m${bits - 1 - e}${suffix}`),
      ),
    ),
  grid: {
    keys: {
      bits: { least: 3, most: 32 },
      exponents: { least: 1, most: 8 },
      layout: { words: Object.keys(GRID_LAYOUTS), otherwise: 'ieee' },
    },
    // at least one fraction bit: without it a float is a power of two and the grid says pow2val
    names: (values) =>
      numbersAt(values, 'bits').flatMap((bits) =>
        numbersAt(values, 'exponents').flatMap((e) =>
          bits - 1 - e >= 1
            ? suffixesOf(values).map((suffix) => `float${bits}e${e}m${bits - 1 - e}${suffix}`)
            : [],
        ),
      ),
  },
  parse(name) {
    const match = NAME.exec(name);
    if (!match) return undefined;
    const [bits, exponentBits, fractionBits] = [Number(match[1]), Number(match[2]), Number(match[3])];
    if (bits !== 1 + exponentBits + fractionBits) {
      throw new UserError(
        `${name} is impossible: 1 + ${exponentBits} + ${fractionBits} is ${1 + exponentBits + fractionBits} bits, not ${bits}`,
      );
    }
    return float(exponentBits, fractionBits, (match[4] ?? 'ieee') as FloatLayout);
  },
};
