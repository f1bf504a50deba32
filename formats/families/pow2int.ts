/** Yao et al. (ICME 2019): two's complement integers, full range, always with a power-of-two scale per tensor. */
import { UserError } from '../../errors.js';
import { defineFormat } from '../define.js';
import { type FormatFamily, numbersAt, SMALL_BITS } from '../family.js';
import type { NumberFormat } from '../format.js';
import { twosComplementLevels } from '../levels.js';

/** `bits` bits (2..32). Throws UserError outside those. */
export function pow2int(bits: number): NumberFormat {
  if (!(bits >= 2 && bits <= 32)) {
    throw new UserError(`pow2int${bits} is impossible: pow2int<n> has 2 ≤ n ≤ 32`);
  }
  const half = 2 ** (bits - 1);
  return defineFormat({
    name: `pow2int${bits}`,
    family: 'pow2int',
    bits,
    parameters: {},
    decode: (code) => (code >= half ? code - 2 * half : code),
    levels: twosComplementLevels(bits, -half, half - 1),
    quantizers: ['linear'],
    scaleRule: 'pow2',
    layout: { kind: 'integer', lsbExponent: 0, signed: true },
    grid: { lsbExponent: 0, significandBits: bits - 1 },
  });
}

const NAME = /^pow2int(0|[1-9]\d*)$/;

export const pow2intFamily: FormatFamily = {
  name: 'pow2int',
  grammar: 'pow2int<n>, 2 ≤ n ≤ 32',
  presets: ['pow2int4', 'pow2int5', 'pow2int6', 'pow2int7', 'pow2int8'],
  colour: '#BD8200',
  candidates: () => SMALL_BITS.flatMap((bits) => [`pow2int${bits}`]),
  grid: {
    keys: { bits: { least: 2, most: 32 } },
    names: (values) => numbersAt(values, 'bits').map((bits) => `pow2int${bits}`),
  },
  parse(name) {
    const match = NAME.exec(name);
    return match ? pow2int(Number(match[1])) : undefined;
  },
};
