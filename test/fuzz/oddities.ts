/** What programs trip over, put where something ordinary stood. */
import type { Draws } from './draws.js';

const NUMBERS = [
  0,
  -0,
  -1,
  1,
  2,
  3,
  0.5,
  255,
  256,
  257,
  65_536,
  1e5,
  1e7,
  1e9,
  2 ** 24,
  2 ** 27,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  2 ** 63,
  1e19,
  5e-324,
  1e-300,
  1e308,
  -1e308,
] as const;

const TEXTS = [
  '',
  ' ',
  '\n',
  '\r',
  'a\nb',
  '\0',
  '\u001b[31mred',
  '\u202edesrever',
  '\ufeff',
  '\ud800',
  '💥é',
  'ſ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '..',
  '../../x',
  '/dev/null',
  'NaN',
  '-Infinity',
  '1e999',
  '0x10',
  '1_000',
  '٣',
  '"',
  "'",
  '`$(x)`',
  '{{x}}',
  '</script>',
  '=1+1',
  '#',
  ',',
  ';',
  '\t',
  'null',
] as const;

export function oddNumber(draws: Draws): number {
  return draws.of(NUMBERS);
}

/** Also as no JSON number is written: too large, with a sign before, or none at all; and brackets far too deep. */
export function oddNumeral(draws: Draws): string {
  if (draws.oncePer(30)) {
    const depth = 1 + draws.below(50_000);
    return draws.of(['[', '{"a":', '- ']).repeat(depth) + draws.of(['', '1', ']'.repeat(depth)]);
  }
  return draws.oncePer(3)
    ? draws.of(['1e999', '-1e999', 'NaN', '+1', '01', '.5', '5.', '1e', '--1', '1.2.3', '9'.repeat(400)])
    : String(oddNumber(draws));
}

export function oddText(draws: Draws): string {
  return draws.oncePer(12) ? draws.of(TEXTS).repeat(1 + draws.below(3000)) : draws.of(TEXTS);
}

/** A value of JSON: mostly small, now and then deep or long. */
export function oddValue(draws: Draws): unknown {
  switch (draws.below(12)) {
    case 0:
      return nested(1 + draws.below(draws.oncePer(4) ? 300 : 40));
    case 1:
      return Array.from({ length: draws.below(draws.oncePer(4) ? 50_000 : 60) }, () => 1);
    case 2:
      return Object.fromEntries(Array.from({ length: draws.below(200) }, (_, i) => [`k${i}`, i]));
    case 3:
      return draws.of([null, true, false, [], {}, [[]], [null]]);
    case 4:
    case 5:
    case 6:
      return oddText(draws);
    default:
      return oddNumber(draws);
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}
