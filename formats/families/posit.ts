/**
 * Posits (Gustafson and Yonemoto 2017; Posit Standard 2022 for es = 2): sign, regime run, es exponent bits,
 * fraction; codes in two's complement order; 0 is 00…0, NaR is 10…0. No −0, no infinities, never overflows.
 */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { UserError } from '../../errors.js';
import { defineFormat } from '../define.js';
import { type FormatFamily, numbersAt, SMALL_BITS } from '../family.js';
import type { NumberFormat } from '../format.js';
import { twosComplementLevels } from '../levels.js';

/** The value of an n-bit posit code as an exact float64, n ≤ 33; NaR gives NaN. */
function positValue(code: number, bits: number, es: number): number {
  if (code === 0) return 0;
  const signWeight = 2 ** (bits - 1);
  if (code === signWeight) return Number.NaN;
  const body = code > signWeight ? 2 * signWeight - code : code;
  // The bits after the sign, left-aligned in 32; what lies past the end of the code reads as 0.
  const word = (body << (33 - bits)) >>> 0;
  const run = word >>> 31 === 1 ? Math.clz32(~word) : Math.clz32(word);
  const regime = word >>> 31 === 1 ? run - 1 : -run;
  const rest = run + 1 >= 32 ? 0 : (word << (run + 1)) >>> 0;
  const exponent = es === 0 ? 0 : rest >>> (32 - es);
  const fraction = (rest << es) >>> 0;
  const magnitude = (1 + fraction / 2 ** 32) * powerOfTwo(regime * 2 ** es + exponent);
  return code > signWeight ? -magnitude : magnitude;
}

/** The posit of `bits` bits (2..32) with `es` exponent bits (0..4). Throws UserError outside those. */
export function posit(bits: number, es: number): NumberFormat {
  if (!(bits >= 2 && bits <= 32 && es >= 0 && es <= 4)) {
    throw new UserError(`posit${bits}es${es} is impossible: posit<n>es<e> has 2 ≤ n ≤ 32 and 0 ≤ e ≤ 4`);
  }
  const largest = 2 ** (bits - 1) - 1;
  const levels = twosComplementLevels(bits, -largest, largest);
  return defineFormat({
    name: `posit${bits}es${es}`,
    family: 'posit',
    bits,
    parameters: { es },
    decode: (code) => positValue(code, bits, es),
    levels,
    underflows: ['none', 'bitstring', 'half'],
    belowMinPositive: 'held',
    infinityInput: 'nan',
    nan: 2 ** (bits - 1),
    boundary: (index) => {
      const between = 2 * (index - largest) + 1;
      const magnitude = positValue(Math.abs(between), bits + 1, es);
      return between < 0 ? -magnitude : magnitude;
    },
    layout: { kind: 'posit', exponentBits: es },
    grid: {
      lsbExponent: -(bits - 2) * 2 ** es,
      significandBits: Math.max(bits - 3 - es, 0) + 1,
    },
  });
}

const NAME = /^posit(0|[1-9]\d*)es(0|[1-9]\d*)$/;
const small = [5, 6, 7, 8].flatMap((bits) => [0, 1, 2].map((es) => `posit${bits}es${es}`));

export const positFamily: FormatFamily = {
  name: 'posit',
  grammar: 'posit<n>es<e>, 2 ≤ n ≤ 32, 0 ≤ e ≤ 4',
  presets: [...small, 'posit16es1', 'posit16es2', 'posit32es2'],
  colour: '#0072B2',
  candidates: () => SMALL_BITS.flatMap((bits) => [0, 1, 2, 3, 4].map((es) => `posit${bits}es${es}`)),
  grid: {
    keys: { bits: { least: 2, most: 32 }, es: { least: 0, most: 4 } },
    names: (values) =>
      numbersAt(values, 'bits').flatMap((bits) => numbersAt(values, 'es').map((es) => `posit${bits}es${es}`)),
  },
  parse(name) {
    const match = NAME.exec(name);
    return match ? posit(Number(match[1]), Number(match[2])) : undefined;
  },
};
