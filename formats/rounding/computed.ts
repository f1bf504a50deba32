/**
 * Codes computed one at a time, and what the kernels are given to compute many (kernels/assembly/codec.ts). This is
 * the kernels' arithmetic, operation by operation.
 */

import { bitsOf, exponentOf, fromBits } from '../../arithmetic/float64.js';
import { UNDECIDED_CODE } from '../../kernels/layouts.js';
import type { Codec } from './codec.js';

/** What stands for a code that only the exact rule knows. */
export const UNDECIDED = UNDECIDED_CODE;

const WHOLE = 2 ** 52;
const WORDS = 2 ** 32;
/** Between these, quotients are normal numbers with normal numbers on either side. */
const LEAST_QUOTIENT = 2 ** -1022;
const LARGEST_QUOTIENT = 2 ** 1021;

function entryOf({ table }: Codec, size: number): number {
  const exponent = size === 0 ? -1023 : exponentOf(size);
  return Math.min(Math.max(exponent - table.first, 0), table.factors.length - 1);
}

function roundedMagnitude(codec: Codec, size: number, side: 0 | 1): number {
  const entry = entryOf(codec, size);
  const position = size * codec.table.factors[entry]!;
  const offset = codec.table.offsets[entry]!;
  const sum = position + offset;
  const away = position - (sum - offset);
  return sum - WHOLE + (away > codec.up[side] ? 1 : 0) - (away < codec.down[side] ? 1 : 0);
}

function stochasticMagnitude(codec: Codec, size: number, side: 0 | 1, randomWord: number): number {
  const entry = entryOf(codec, size);
  const position = size * codec.table.factors[entry]!;
  const offset = codec.table.offsets[entry]!;
  if (Number.isNaN(offset)) return UNDECIDED;
  if (size > codec.largest) return codec.highest + 1;
  const below = Math.floor(position);
  const words = (position - below) * WORDS;
  const up = side === 1 ? randomWord < words : Math.floor(words) + randomWord >= WORDS;
  return below + offset - WHOLE + (up ? 1 : 0);
}

/** The code of finite x at scale 1, or UNDECIDED; `randomWord` is what stochastic rounding takes. */
export function codeOf(codec: Codec, x: number, randomWord = 0): number {
  const size = Math.abs(x);
  const side = x < 0 || Object.is(x, -0) ? 1 : 0;
  const magnitude = codec.stochastic
    ? stochasticMagnitude(codec, size, side, randomWord)
    : roundedMagnitude(codec, size, side);
  if (codec.sign === 'magnitude') {
    if (magnitude > codec.highest) return codec.beyond[side];
    if (magnitude === 0) return side === 1 ? codec.negativeZero : 0;
    return side === 1 ? magnitude + 2 ** (codec.bits - 1) : magnitude;
  }
  const flushed = size < codec.kept;
  if (magnitude === UNDECIDED && !flushed) return UNDECIDED;
  const body = flushed ? 0 : magnitude;
  const integer = Math.min(
    Math.max((side === 1 ? -body : body) + codec.zeroPoint, codec.lowest),
    codec.highest,
  );
  return integer < 0 ? integer + 2 ** codec.bits : integer + 0;
}

/** The code of finite x / scale, or UNDECIDED. */
export function codeOfQuotient(codec: Codec, x: number, randomWord = 0): number {
  if (codec.division === 'none' || x === 0) return codeOf(codec, x, randomWord);
  const quotient = x / codec.scale;
  const size = Math.abs(quotient);
  if (!(size > LEAST_QUOTIENT && size < LARGEST_QUOTIENT)) return UNDECIDED;
  if (codec.division === 'exact') return codeOf(codec, quotient, randomWord);
  // the exact quotient lies between the float64 numbers on either side
  const bits = bitsOf(quotient);
  const code = codeOf(codec, fromBits(bits - 1n), randomWord);
  return code === codeOf(codec, fromBits(bits + 1n), randomWord) ? code : UNDECIDED;
}
