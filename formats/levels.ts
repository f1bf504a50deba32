/** How codes and the ascending order of finite values map to each other, by arithmetic or by enumeration. */
import { UserError } from '../errors.js';
import type { Levels } from './format.js';

/** Two's complement codes of the integers lowest .. highest, in ascending order (posits order so too). */
export function twosComplementLevels(bits: number, lowest: number, highest: number): Levels {
  const modulus = 2 ** bits;
  return {
    count: highest - lowest + 1,
    code: (index) => (lowest + index < 0 ? lowest + index + modulus : lowest + index),
    index: (code) => (code >= modulus / 2 ? code - modulus : code) - lowest,
  };
}

/** Codes 0 .. 2^bits − 1 that stand for themselves. */
export function unsignedLevels(bits: number): Levels {
  return { count: 2 ** bits, code: (index) => index, index: (code) => code };
}

/** Sign bit and magnitude code 0 .. largest; the code of −0, if there is one, shares the index of +0. */
export function signMagnitudeLevels(bits: number, largest: number): Levels {
  const signBit = 2 ** (bits - 1);
  return {
    count: 2 * largest + 1,
    code: (index) => (index >= largest ? index - largest : signBit + largest - index),
    index: (code) => (code >= signBit ? largest - (code - signBit) : largest + code),
  };
}

/**
 * The levels of a format of up to 16 bits, found by decoding every code. Of several codes for one value the
 * lowest is the one encode gives; +0 stands for both zeros. Throws UserError without 0 or a positive value.
 */
export function enumeratedLevels(name: string, bits: number, decode: (code: number) => number): Levels {
  const finite: { code: number; value: number }[] = [];
  for (let code = 0; code < 2 ** bits; code++) {
    const value = decode(code);
    if (Number.isFinite(value)) finite.push({ code, value });
  }
  const isNegativeZero = (value: number): number => (Object.is(value, -0) ? 1 : 0);
  finite.sort(
    (a, b) => a.value - b.value || isNegativeZero(a.value) - isNegativeZero(b.value) || a.code - b.code,
  );
  const codes: number[] = [];
  const indexOf = new Map<number, number>();
  let previous: number | undefined;
  for (const { code, value } of finite) {
    if (value !== previous) codes.push(code);
    indexOf.set(code, codes.length - 1);
    previous = value;
  }
  const has = (wanted: (value: number) => boolean) => finite.some(({ value }) => wanted(value));
  if (!has((value) => Object.is(value, 0)) || !has((value) => value > 0)) {
    throw new UserError(
      `format '${name}' is impossible: a format has a code for +0 and at least one positive finite value`,
    );
  }
  return {
    count: codes.length,
    code: (index) => codes[index]!,
    index: (code) => indexOf.get(code)!,
  };
}
