/**
 * Jacob et al. (arXiv 1712.05877): integers with a scale and a zero point per tensor, unsigned (`affine8`) or
 * two's complement (`affine8s`). Weights use the narrow range, which leaves out the lowest code.
 */
import { UserError } from '../../errors.js';
import { defineFormat } from '../define.js';
import { type FormatFamily, numbersAt, SMALL_BITS } from '../family.js';
import type { NumberFormat } from '../format.js';
import { twosComplementLevels, unsignedLevels } from '../levels.js';
import { aliasesOf } from '../spellings.js';

/** `bits` bits (2..32). Throws UserError outside those. */
export function affine(bits: number, signedness: 'signed' | 'unsigned'): NumberFormat {
  const signed = signedness === 'signed';
  const name = `affine${bits}${signed ? 's' : ''}`;
  if (!(bits >= 2 && bits <= 32)) {
    throw new UserError(`${name} is impossible: affine<n> and affine<n>s have 2 ≤ n ≤ 32`);
  }
  const half = 2 ** (bits - 1);
  return defineFormat({
    name,
    aliases: aliasesOf(name),
    family: 'affine',
    bits,
    parameters: {},
    decode: signed ? (code) => (code >= half ? code - 2 * half : code) : (code) => code,
    levels: signed ? twosComplementLevels(bits, -half, half - 1) : unsignedLevels(bits),
    quantizers: ['linear'],
    zeroPoints: 'integer',
    narrowRange: signed ? { min: 1 - half, max: half - 1 } : { min: 1, max: 2 * half - 1 },
    layout: { kind: 'integer', lsbExponent: 0, signed },
    grid: { lsbExponent: 0, significandBits: signed ? bits - 1 : bits },
  });
}

const NAME = /^affine(0|[1-9]\d*)(s?)$/;

export const affineFamily: FormatFamily = {
  name: 'affine',
  grammar: 'affine<n> (unsigned) or affine<n>s (signed), 2 ≤ n ≤ 32',
  presets: ['affine4', 'affine4s', 'affine8', 'affine8s'],
  colour: '#B46A93',
  candidates: () => SMALL_BITS.flatMap((bits) => [`affine${bits}`, `affine${bits}s`]),
  grid: {
    keys: { bits: { least: 2, most: 32 } },
    names: (values) => numbersAt(values, 'bits').map((bits) => `affine${bits}`),
  },
  parse(given) {
    const match = NAME.exec(given);
    return match ? affine(Number(match[1]), match[2] === 's' ? 'signed' : 'unsigned') : undefined;
  },
};
