/** Numbers as the files write them, and columns over the rows of a line. */
import type { Row } from './csv.js';

export const UNKNOWN = 'n/a';

export const share = (value: number | undefined): string =>
  value === undefined ? UNKNOWN : value.toFixed(6);

/** p: six decimals, or four digits below 0.0001. */
export function chance(p: number | undefined): string {
  if (p === undefined) return UNKNOWN;
  if (p < 1e-300) return '<1e-300';
  return p < 1e-4 ? p.toExponential(3) : p.toFixed(6);
}

export const sixDigits = (value: number | undefined): string =>
  value === undefined ? UNKNOWN : String(Number(value.toPrecision(6)));

/** Undefined where a row has none. */
export function numbersOf(rows: readonly Row[], name: string): number[] | undefined {
  return rows.some((row) => row[name] === UNKNOWN) ? undefined : rows.map((row) => Number(row[name]));
}

export function meanOf(values: readonly number[] | undefined): number | undefined {
  return values && values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample, n − 1; undefined for one. */
export function deviationOf(values: readonly number[] | undefined): number | undefined {
  if (values === undefined || values.length < 2) return undefined;
  const mean = meanOf(values)!;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Different values, in the order of the seeds. */
export function allOf(rows: readonly Row[], name: string): string {
  const known = rows.map((row) => row[name]!).filter((value) => value !== UNKNOWN);
  return [...new Set(known)].join(' / ') || UNKNOWN;
}
