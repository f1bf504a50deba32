/**
 * What others call these formats: names of ML libraries, standards and posit libraries. Where a spelling means one
 * format it is taken; where people mean different ones by it, nothing is guessed and the formats are named. The
 * names of the house are what is printed.
 */

/** What a spelling comes to: a name of the house's grammar, or the formats that different people mean by it. */
export type Spelling =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'absent'; readonly why: string };

const named = (name: string): Spelling => ({ kind: 'name', name });
const ambiguous = (...candidates: string[]): Spelling => ({ kind: 'ambiguous', candidates });
const absent = (why: string): Spelling => ({ kind: 'absent', why });

const ofBlocks = (elements: string): Spelling =>
  absent(`block scales are not among the formats; its elements are ${elements}`);
const WHICH_FLOAT = absent('say which: float16, bfloat16, float32 or float<n>e<e>m<m>, such as float8e4m3fn');

/** Words and the one format each means. */
const WORDS: Readonly<Record<string, string>> = {
  float16: 'float16e5m10',
  fp16: 'float16e5m10',
  f16: 'float16e5m10',
  half: 'float16e5m10',
  binary16: 'float16e5m10',
  bfloat16: 'float16e8m7',
  bf16: 'float16e8m7',
  tf32: 'float19e8m10',
  float32: 'float32e8m23',
  fp32: 'float32e8m23',
  f32: 'float32e8m23',
  single: 'float32e8m23',
  binary32: 'float32e8m23',
  e5m2: 'float8e5m2',
  // the ML libraries' names of OCP's FP6 and FP4, whose codes are all finite
  float6e2m3fn: 'float6e2m3f',
  float6e3m2fn: 'float6e3m2f',
  float4e2m1fn: 'float4e2m1f',
  int8: 'affine8s',
  uint8: 'affine8',
  int4: 'affine4s',
};

/** Other words of a format that are plain enough to be listed beside it. */
export function aliasesOf(name: string): string[] {
  return Object.keys(WORDS).filter((word) => WORDS[word] === name);
}

/** Floats wider than a format may be, and the names that say no width. */
const DOUBLE = absent('formats have at most 32 bits; the widest float is float32');
const FAMILIES: Readonly<Record<string, Spelling>> = {
  float: WHICH_FLOAT,
  fp: WHICH_FLOAT,
  double: DOUBLE,
  float64: DOUBLE,
  fp64: DOUBLE,
  f64: DOUBLE,
  binary64: DOUBLE,
  posit: absent('say bits and exponent bits: posit<n>es<e>, such as posit8es1'),
  fixed: absent('say bits and fraction bits: fixed<n>q<q>, such as fixed8q5'),
  int: absent('say how wide: affine<n>s, such as int8, or unsigned affine<n>, such as uint8'),
  uint: absent('say how wide: affine<n>, such as uint8, or signed affine<n>s, such as int8'),
  affine: absent('say how wide: affine<n> (unsigned) or affine<n>s (signed), such as affine8'),
  pow2: absent('say which and how wide: pow2int<n> or pow2val<n>, such as pow2int8'),
  mxfp4: ofBlocks('float4e2m1f'),
  mxfp6: ofBlocks('float6e2m3f or float6e3m2f'),
  mxfp8: ofBlocks('float8e4m3fn or float8e5m2'),
  e8m0: absent('it is the scale of a block format, without a sign; powers of two are pow2val<n>'),
  nvfp4: ofBlocks('float4e2m1f'),
};

const NUMBER = '([1-9]\\d?|0)';
const pattern = (text: string) => new RegExp(`^(?:${text.replaceAll('#', NUMBER)})$`);

/** posit<8,1>, posit(8, 1), posit8_1, posit_8_1, p8e1: bits, then exponent bits. */
const POSIT_PAIR = [pattern('posit[<([]#,#[>)\\]]'), pattern('posit_?#_#'), pattern('p#e#')];
/** posit8, posit<8>, posit8_t: SoftPosit's and Cheetah's exponent bits are not the Standard's. */
const POSIT_BITS = [pattern('posit_?#(?:_t)?'), pattern('posit[<([]#[>)\\]]'), pattern('p#')];
/** float8_e4m3fn, fp8_e5m2, F8_E4M3, e4m3fn: the width may be left out. */
const FLOAT = pattern('(float|fp|f)?_?(\\d{1,2})?_?e#m#(fnuz|fn|f)?');
const FLOAT_BITS = pattern('(?:float|fp|f)_?#');
const INTEGER = pattern('(u|s)?(?:int|i)_?#(?:_t)?|([us])#');
/** Q3.5, sQ3.5, Q7: of fixed point with a sign; UQ has none. */
const Q = pattern('(u|s)?q#(?:[._]#)?');
const FIXED_BITS = pattern('(?:fixed|fix|fx|fxp)_?#');
const FIXED_PAIR = [
  pattern('(?:fixed|fix|fx|fxp|sfix)[<([]#,#[>)\\]]'),
  pattern('(?:fixed|fix|fx|fxp)_?#[._]#'),
];
/** ap_fixed<8,3>: bits, then those before the point, the sign among them. */
const HLS_FIXED = pattern('a[pc]_fixed<#,#>');

/** Layouts that are standard for IEEE's rules, so that nothing is left open. */
const IEEE = new Set(['e5m2', 'e5m10', 'e8m7', 'e8m10', 'e8m23']);

function firstMatch(patterns: readonly RegExp[], text: string): RegExpExecArray | undefined {
  for (const each of patterns) {
    const match = each.exec(text);
    if (match) return match;
  }
  return undefined;
}

/** The layouts that a float of these fields may have, those of OCP first. */
function floatLayouts(exponentBits: number, fractionBits: number): string[] {
  const name = `float${1 + exponentBits + fractionBits}e${exponentBits}m${fractionBits}`;
  const small = exponentBits + fractionBits < 7;
  return small ? [`${name}f`, name] : [`${name}fn`, name, `${name}fnuz`];
}

function floatSpelling(match: RegExpExecArray): Spelling | undefined {
  const [, word, width, e, m, suffix] = match;
  const bits = 1 + Number(e) + Number(m);
  if (Number(e) < 1 || Number(e) > 8 || bits > 32) return undefined;
  if (width !== undefined && Number(width) !== bits) return undefined;
  const name = `float${bits}e${e}m${m}`;
  if (suffix !== undefined) return named(WORDS[`${name}${suffix}`] ?? `${name}${suffix}`);
  // float8_e4m3 is the name of IEEE's layout where a library has both; fp8_e4m3 and E4M3 are of either
  const isWhole = word === 'float' && width !== undefined;
  return isWhole || IEEE.has(`e${e}m${m}`) ? named(name) : ambiguous(...floatLayouts(Number(e), Number(m)));
}

function floatOfBits(bits: number): Spelling {
  const known: Readonly<Record<number, readonly string[]>> = {
    4: ['float4e2m1f', 'float4e2m1'],
    6: ['float6e2m3f', 'float6e3m2f', 'float6e2m3', 'float6e3m2'],
    8: ['float8e4m3fn', 'float8e5m2', 'float8e4m3', 'float8e4m3fnuz', 'float8e5m2fnuz'],
  };
  if (known[bits]) return ambiguous(...known[bits]);
  if (bits > 32) return DOUBLE;
  const widths = [2, 3, 4, 5, 8].filter((e) => bits - 1 - e >= 1).slice(-3);
  if (widths.length === 0) return absent('say exponent and fraction bits: float<n>e<e>m<m>');
  return ambiguous(...widths.map((e) => `float${bits}e${e}m${bits - 1 - e}`));
}

function qSpelling([, sign, first, second]: RegExpExecArray): Spelling {
  if (sign === 'u')
    return absent('fixed point without a sign is not among the formats; fixed<n>q<q> has one');
  const fraction = Number(second ?? first);
  // Q15 alone: the sign and 15 bits after the point, if the word has no more
  if (second === undefined) return ambiguous(`fixed${fraction + 1}q${fraction}`, `fixed32q${fraction}`);
  const whole = Number(first);
  // ARM counts the sign among the bits before the point, TI does not
  const widths = [whole + fraction, whole + fraction + 1].filter((n) => n > fraction && n >= 2 && n <= 32);
  const names = widths.map((n) => `fixed${n}q${fraction}`);
  if (names.length === 0) return absent('fixed<n>q<q> has 2 ≤ n ≤ 32 and 0 ≤ q < n');
  return names.length === 1 ? named(names[0]!) : ambiguous(...names);
}

function fixedOfBits(bits: number): Spelling {
  const fractions = [...new Set([bits - 1, bits - 3, bits >> 1, 0])].filter((q) => q >= 0);
  return ambiguous(...fractions.map((q) => `fixed${bits}q${q}`));
}

/** Bits and fraction, bits and those before the point, or bits before and after the point. */
function fixedOfPair(a: number, b: number): Spelling {
  const read = [
    [a, b],
    [a, a - b],
    [a + b, b],
    [a + b + 1, b],
  ].filter(([n, q]) => n! >= 2 && n! <= 32 && q! >= 0 && q! < n!);
  if (read.length === 0) return absent('fixed<n>q<q> has 2 ≤ n ≤ 32 and 0 ≤ q < n');
  return ambiguous(...new Set(read.map(([n, q]) => `fixed${n}q${q}`)));
}

/** What a foreign spelling means, in any case and with blanks; undefined for what is none. */
export function spellingOf(given: string): Spelling | undefined {
  const text = given.slice(0, 40).toLowerCase().replace(/\s/g, '');
  const word = WORDS[text];
  if (word !== undefined) return named(word);
  if (FAMILIES[text]) return FAMILIES[text];
  const pair = firstMatch(POSIT_PAIR, text);
  if (pair) return named(`posit${pair[1]}es${pair[2]}`);
  const posit = firstMatch(POSIT_BITS, text);
  if (posit) return ambiguous(...[0, 1, 2].map((es) => `posit${posit[1]}es${es}`));
  const float = FLOAT.exec(text);
  if (float) return floatSpelling(float);
  const floatBits = FLOAT_BITS.exec(text);
  if (floatBits) return floatOfBits(Number(floatBits[1]));
  const integer = INTEGER.exec(text);
  if (integer) {
    const isSigned = (integer[1] ?? integer[3]) !== 'u';
    return named(`affine${integer[2] ?? integer[4]}${isSigned ? 's' : ''}`);
  }
  const q = Q.exec(text);
  if (q) return qSpelling(q);
  const hls = HLS_FIXED.exec(text);
  if (hls) return named(`fixed${hls[1]}q${Number(hls[1]) - Number(hls[2])}`);
  const fixedBits = FIXED_BITS.exec(text);
  if (fixedBits) return fixedOfBits(Number(fixedBits[1]));
  const fixedPair = firstMatch(FIXED_PAIR, text);
  return fixedPair ? fixedOfPair(Number(fixedPair[1]), Number(fixedPair[2])) : undefined;
}
