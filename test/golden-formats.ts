/**
 * The formats as the independent program (golden-program.ts) knows them: decoders and rounding to nearest written from the
 * definitions in docs/numerics.md §1. It imports nothing of the project, on purpose.
 */
import {
  type Fraction,
  frac,
  less,
  magnitude,
  plus,
  power,
  roundHalfEven,
  same,
  times,
} from './golden-fractions.js';

interface Meaning {
  readonly value: Fraction | 'nan' | 'inf';
}

/** A posit's code to its value (2022 Standard's encoding, any es). */
function positValue(bits: number, es: number, code: number): Fraction | 'nan' {
  if (code === 0) return frac(0n);
  if (code === 2 ** (bits - 1)) return 'nan';
  const negative = code > 2 ** (bits - 1);
  const body = (negative ? 2 ** bits - code : code).toString(2).padStart(bits, '0').slice(1);
  const first = body[0]!;
  let run = 0;
  while (run < body.length && body[run] === first) run++;
  const regime = first === '1' ? run - 1 : -run;
  const rest = body.slice(run + 1);
  const exponentBits = rest.slice(0, es).padEnd(es, '0');
  const exponent = es === 0 ? 0 : Number.parseInt(exponentBits, 2);
  const fraction = rest.slice(es);
  const significand = frac(BigInt(`0b1${fraction}`), 1n << BigInt(fraction.length));
  const value = times(significand, power(regime * 2 ** es + exponent));
  return negative ? frac(-value.n, value.d) : value;
}

/** A format as this program knows it. */
export interface Known {
  readonly bits: number;
  meaning(code: number): Meaning;
  /** Code of a real, nearest-even, saturating. */
  encode(real: Fraction, zeroPoint: number): number;
}

/** Nearest in an ascending list of magnitudes; `cut(i)` lies between i and i + 1. */
function nearest(
  x: Fraction,
  list: readonly { readonly code: number; readonly value: Fraction }[],
  cut: (i: number) => Fraction,
): number {
  let i = 0;
  while (i + 1 < list.length) {
    const boundary = cut(i);
    if (less(boundary, x) || (same(boundary, x) && list[i]!.code % 2 === 1)) i++;
    else break;
  }
  return list[i]!.code;
}

function positFormat(bits: number, es: number): Known {
  const list = Array.from({ length: 2 ** (bits - 1) - 1 }, (_, i) => ({
    code: i + 1,
    value: positValue(bits, es, i + 1) as Fraction,
  }));
  return {
    bits,
    meaning: (code) => ({ value: positValue(bits, es, code) }),
    encode(real) {
      if (real.n === 0n) return 0;
      const cut = (i: number): Fraction => positValue(bits + 1, es, 2 * list[i]!.code + 1) as Fraction;
      const code = nearest(magnitude(real), list, cut);
      return real.n < 0n ? 2 ** bits - code : code;
    },
  };
}

function floatFormat(bits: number, e: number, m: number, suffix: string): Known {
  const bias = suffix === 'fnuz' ? 2 ** (e - 1) : 2 ** (e - 1) - 1;
  const top = 2 ** e - 1;
  const meaning = (code: number): Meaning => {
    const sign = code >= 2 ** (bits - 1) ? -1n : 1n;
    const field = Math.floor(code / 2 ** m) % 2 ** e;
    const fraction = code % 2 ** m;
    if (suffix === 'fnuz' && code === 2 ** (bits - 1)) return { value: 'nan' };
    if (suffix === '' && field === top) return { value: fraction === 0 ? 'inf' : 'nan' };
    if (suffix === 'fn' && field === top && fraction === 2 ** m - 1) return { value: 'nan' };
    const significand = sign * BigInt(field === 0 ? fraction : fraction + 2 ** m);
    return { value: times(frac(significand), power(Math.max(field, 1) - bias - m)) };
  };
  const list: { code: number; value: Fraction }[] = [];
  for (let code = 0; code < 2 ** (bits - 1); code++) {
    const { value } = meaning(code);
    if (value !== 'nan' && value !== 'inf') list.push({ code, value });
  }
  return {
    bits,
    meaning,
    encode(real) {
      const cut = (i: number): Fraction => times(plus(list[i]!.value, list[i + 1]!.value), frac(1n, 2n));
      const code = nearest(magnitude(real), list, cut);
      if (real.n >= 0n || (code === 0 && suffix === 'fnuz')) return code;
      return code + 2 ** (bits - 1);
    },
  };
}

/** Integers low..high times 2^−q, in two's complement where low < 0. */
function integerFormat(bits: number, low: bigint, high: bigint, q: number): Known {
  return {
    bits,
    meaning: (code) => ({
      value: times(
        frac(low < 0n && code >= 2 ** (bits - 1) ? BigInt(code - 2 ** bits) : BigInt(code)),
        power(-q),
      ),
    }),
    encode(real, zeroPoint) {
      const integer = roundHalfEven(times(real, power(q))) + BigInt(zeroPoint);
      const kept = integer < low ? low : integer > high ? high : integer;
      return Number(kept < 0n ? kept + (1n << BigInt(bits)) : kept);
    },
  };
}

function powerFormat(bits: number): Known {
  const list = Array.from({ length: 2 ** (bits - 1) }, (_, c) => ({
    code: c,
    value: c === 0 ? frac(0n) : power(c - 2 ** (bits - 1) + 1),
  }));
  return {
    bits,
    meaning(code) {
      const { value } = list[code % 2 ** (bits - 1)]!;
      return { value: code >= 2 ** (bits - 1) ? frac(-value.n, value.d) : value };
    },
    encode(real) {
      const cut = (i: number): Fraction => times(plus(list[i]!.value, list[i + 1]!.value), frac(1n, 2n));
      return nearest(magnitude(real), list, cut) + (real.n < 0n ? 2 ** (bits - 1) : 0);
    },
  };
}

/** From a name of docs/numerics.md §1. */
export function knownFormat(name: string): Known {
  const posit = /^posit(\d+)es(\d)$/.exec(name);
  if (posit) return positFormat(Number(posit[1]), Number(posit[2]));
  const float = /^float(\d+)e(\d+)m(\d+)(fnuz|fn|f|)$/.exec(name);
  if (float) return floatFormat(Number(float[1]), Number(float[2]), Number(float[3]), float[4]!);
  const fixed = /^fixed(\d+)q(\d+)$/.exec(name);
  const pow2val = /^pow2val(\d+)$/.exec(name);
  if (pow2val) return powerFormat(Number(pow2val[1]));
  const integer = /^(?:pow2int|affine)(\d+)(s?)$/.exec(name);
  const bits = Number((fixed ?? integer)![1]);
  const half = 1n << BigInt(bits - 1);
  if (name.startsWith('affine') && integer![2] === '') return integerFormat(bits, 0n, 2n * half - 1n, 0);
  return integerFormat(bits, -half, half - 1n, fixed ? Number(fixed[2]) : 0);
}
