/** Formats as text for the terminal and as plain objects for JSON. */
import { exactDecimal } from '../arithmetic/decimal.js';
import { exponentOf, powerOfTwo } from '../arithmetic/float64.js';
import { hexCode } from '../formats/explain.js';
import type { NumberFormat } from '../formats/format.js';
import { formatFamilies, listFormats } from '../formats/registry.js';

/** Beyond this many bits codes are not listed. */
const MOST_BITS = 16;

/** Longer decimals make a column too wide. */
const LONGEST_DECIMAL = 14;

/** A number exactly, as a decimal or a power of two; `≈` stands before six digits of what is too long for either. */
export function shortNumber(x: number): string {
  const exact = exactDecimal(x);
  if (exact.length <= LONGEST_DECIMAL) return exact;
  const exponent = exponentOf(x);
  if (Math.abs(x) === powerOfTwo(exponent)) return `${x < 0 ? '-' : ''}2^${exponent}`;
  return `≈${Number(x.toPrecision(6))}`;
}

/** Decades are a logarithm, which no decimal writes exactly, except 0. */
function decadesText(decades: number): string {
  return decades === 0 ? '0' : `≈${decades.toFixed(2)}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}

/** The named formats with their facts, and the grammar of all others. */
export function listText(): string {
  const rows = listFormats().map((format) => {
    const { max, minPositive, decades, distinct, reserved } = format.facts;
    const numbers = [
      format.bits,
      shortNumber(minPositive),
      shortNumber(max),
      decadesText(decades),
      distinct,
      reserved,
    ];
    return [format.name, ...numbers.map(String), format.policies.join(' '), format.aliases.join(' ')];
  });
  const header = ['format', 'bits', 'min > 0', 'max', 'decades', 'values', 'reserved', 'policies', 'also'];
  const grammar = formatFamilies().map((family) => `  ${family.grammar}`);
  return [
    table(header, rows),
    '',
    'Any format of these shapes can be named:',
    ...grammar,
    'Spellings of other libraries are taken where they mean one format: posit<8,1>, float8_e4m3fn, int16, ….',
  ].join('\n');
}

/** Everything about a format but its codes, as JSON takes it. */
export function formatFacts(format: NumberFormat): object {
  const { name, aliases, family, bits, parameters, policies, underflows, quantizers, scaleRule, zeroPoints } =
    format;
  const code = (of: number | undefined) => (of === undefined ? null : hexCode(format, of));
  return {
    name,
    aliases,
    family,
    bits,
    parameters,
    policies,
    underflows,
    quantizers,
    scaleRule,
    zeroPoints,
    nan: code(format.nan),
    infinity: code(format.infinity?.positive),
    negativeZero: code(format.negativeZero),
    facts: format.facts,
    // the same as decimals to the last digit
    exact: {
      max: exactDecimal(format.facts.max),
      min: exactDecimal(format.facts.min),
      minPositive: exactDecimal(format.facts.minPositive),
    },
  };
}

/** The same with every code and its exact value (up to 16 bits). */
export function formatWithCodes(format: NumberFormat): object {
  const codes = format.bits <= MOST_BITS ? 2 ** format.bits : 0;
  const listed = Array.from({ length: codes }, (_, code) => ({
    code: hexCode(format, code),
    value: exactDecimal(format.toNumber(code)),
  }));
  return { ...formatFacts(format), codes: listed };
}

/** How many positive values each power of two holds, from the largest down: where a format is dense. */
function binades(format: NumberFormat): string[] {
  const counts = new Map<number, number>();
  for (let index = format.levels.count - 1; index >= 0; index--) {
    const value = format.toNumber(format.levels.code(index));
    if (value <= 0) break;
    const exponent = exponentOf(value);
    counts.set(exponent, (counts.get(exponent) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts].map(([exponent, count]) => {
    const bar = '█'.repeat(Math.max(1, Math.round((count / most) * 40)));
    return `  2^${String(exponent).padEnd(5)} ${String(count).padStart(5)} ${bar}`;
  });
}

/** All values on one line from min to max; a column's mark says how many fall into it. */
function valueLine(format: NumberFormat): string[] {
  const width = 81;
  const marks = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
  const { min, max } = format.facts;
  const counts = new Array<number>(width).fill(0);
  for (let index = 0; index < format.levels.count; index++) {
    const value = format.toNumber(format.levels.code(index));
    const column = Math.round((value / (max - min) - min / (max - min)) * (width - 1));
    counts[column] = counts[column]! + 1;
  }
  const most = Math.max(...counts);
  const scale = (count: number) =>
    count === 0 ? 0 : Math.max(1, Math.round((count / most) * (marks.length - 1)));
  const ends = `${shortNumber(min)}${shortNumber(max).padStart(width - shortNumber(min).length)}`;
  return [`  ${counts.map((count) => marks[scale(count)]).join('')}`, `  ${ends}`];
}

/** Facts, number line, values a power of two, and every code (up to 16 bits). */
export function showText(format: NumberFormat): string {
  const { facts } = format;
  const named = (title: string, text: string | number) => `  ${title.padEnd(18)}${text}`;
  const code = (of: number | undefined) => (of === undefined ? 'none' : hexCode(format, of));
  const lines = [
    `${[format.name, ...format.aliases].join(', ')}: ${format.family}, ${format.bits} bits`,
    named('max', exactDecimal(facts.max)),
    named('min', exactDecimal(facts.min)),
    named('smallest > 0', exactDecimal(facts.minPositive)),
    named('dynamic range', `${decadesText(facts.decades)} decades`),
    named('values', `${facts.distinct} distinct, ${facts.reserved} reserved codes`),
    named('lattice', `multiples of 2^${facts.lsbExponent}, up to ${facts.significandBits} significand bits`),
    named('NaN or NaR', code(format.nan)),
    named('Inf', code(format.infinity?.positive)),
    named('-0', code(format.negativeZero)),
    named('policies', format.policies.join(', ')),
    named('underflow rules', format.underflows.join(', ')),
    named(
      'quantizers',
      `${format.quantizers.join(', ')}${format.scaleRule === 'pow2' ? ', scale a power of two' : ''}`,
    ),
  ];
  if (format.bits > MOST_BITS) return [...lines, '', `Codes are listed up to ${MOST_BITS} bits.`].join('\n');
  const codes = Array.from({ length: 2 ** format.bits }, (_, each) => [
    hexCode(format, each),
    each.toString(2).padStart(format.bits, '0'),
    exactDecimal(format.toNumber(each)),
  ]);
  const dense = [
    '',
    'Number line',
    ...valueLine(format),
    '',
    'Positive values in each power of two',
    ...binades(format),
  ];
  return [...lines, ...dense, '', table(['code', 'bits', 'value'], codes)].join('\n');
}
