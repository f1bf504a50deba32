/** Rows of text that arrive in batches, written piece by piece: as CSV, or as one JSON array of objects. */
import Papa from 'papaparse';

export type Form = 'csv' | 'json';

/** The whole text in pieces; nothing is written before the first batch is there. */
export async function* written(
  columns: readonly string[],
  batches: AsyncIterable<readonly (readonly string[])[]>,
  form: Form,
): AsyncGenerator<string> {
  let rows = 0;
  for await (const batch of batches) {
    yield (rows === 0 ? opening(columns, form) : '') + body(columns, batch, form, rows);
    rows += batch.length;
  }
  if (rows === 0) yield opening(columns, form);
  if (form === 'json') yield rows === 0 ? ']\n' : '\n]\n';
}

function opening(columns: readonly string[], form: Form): string {
  switch (form) {
    case 'csv':
      return csv([columns]);
    case 'json':
      return '[';
    default:
      return form satisfies never;
  }
}

function body(
  columns: readonly string[],
  batch: readonly (readonly string[])[],
  form: Form,
  before: number,
): string {
  switch (form) {
    case 'csv':
      return csv(batch);
    case 'json':
      return batch
        .map((row, index) => {
          const record = Object.fromEntries(columns.map((name, column) => [name, row[column]!]));
          return `${before + index === 0 ? '' : ','}\n  ${JSON.stringify(record)}`;
        })
        .join('');
    default:
      return form satisfies never;
  }
}

function csv(rows: readonly (readonly string[])[]): string {
  return `${Papa.unparse(rows as string[][], { newline: '\n' })}\n`;
}
