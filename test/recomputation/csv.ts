/** Comma-separated values as RFC 4180 has them, without line breaks in cells. */

export type Row = Readonly<Record<string, string>>;

export interface Table {
  /** Heads in their order. */
  readonly heads: readonly string[];
  readonly records: readonly Row[];
}

/** Cells between quotes may hold commas, and two quotes for one. */
function cellsOf(line: string): string[] {
  const cells = [''];
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === '"' && quoted && line[at + 1] === '"') {
      cells[cells.length - 1] += '"';
      at++;
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) cells.push('');
    else cells[cells.length - 1] += character;
  }
  return cells;
}

export function parseTable(text: string): Table {
  const [head, ...lines] = text.split('\n').filter((line) => line !== '');
  const heads = cellsOf(head!);
  const records = lines.map((line) => {
    const cells = cellsOf(line);
    if (cells.length !== heads.length) throw new Error(`${cells.length} cells under ${heads.length} heads`);
    return Object.fromEntries(heads.map((name, i) => [name, cells[i]!]));
  });
  return { heads, records };
}
