/** Which rows of a CSV a line of its summary is over. */
import type { Row, Table } from './csv.js';

export interface Line {
  /** Places of its rows, in ascending order of their seeds. */
  readonly rows: readonly number[];
  /** What is one point, however it is priced. */
  readonly point: string;
}

const PRICES = ['units', 'cost', 'requantizer', 'lanes', 'version'];
const FOUND_ANEW = ['format', 'weights', 'activations'];

export function linesIn({ heads, records }: Table): Line[] {
  const asked = heads.slice(0, heads.indexOf('seed'));
  const lines = new Map<string, { rows: number[]; point: string }>();
  for (const [place, row] of records.entries()) {
    const same = row.fraction === 'best' ? asked.filter((name) => !FOUND_ANEW.includes(name)) : asked;
    const point = same.map((name) => `${name}=${row[name]}`).join('\n');
    const key = [point, ...PRICES.map((name) => row[name])].join('\n');
    if (!lines.has(key)) lines.set(key, { rows: [], point });
    lines.get(key)!.rows.push(place);
  }
  const bySeed = (a: number, b: number): number => seedOf(records[a]!) - seedOf(records[b]!);
  return [...lines.values()].map(({ rows, point }) => ({ rows: rows.toSorted(bySeed), point }));
}

function seedOf({ seed }: Row): number {
  return seed === 'n/a' ? 0 : Number(seed);
}
