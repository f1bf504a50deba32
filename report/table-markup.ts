/** A table as Markdown and as HTML. */
import { type Table, writeTable } from './table.js';

/** GitHub's table dialect, ending with a newline. Pipes and line breaks in cells are escaped. */
export function markdownTable(table: Table): string {
  const written = writeTable(table);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [
    ...(written.caption ? [`**${markdownText(written.caption)}**`, ''] : []),
    line(written.headers.map(markdownText)),
    line(written.columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...written.cells.map((cells, row) =>
      line(
        cells.map((cell) => {
          const text = markdownText(cell);
          return written.strong.has(row) && text !== '' ? `**${text}**` : text;
        }),
      ),
    ),
    ...(written.notes.length > 0 ? ['', ...written.notes.map(markdownText)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** A `<figure>` that scrolls by itself where the page is narrower than the table. */
export function htmlTable(table: Table): string {
  const written = writeTable(table);
  const align = (i: number): string => (written.columns[i]!.align === 'right' ? ' class="number"' : '');
  const head = written.headers.map((header, i) => `<th scope="col"${align(i)}>${escapeHtml(header)}</th>`);
  const rows = written.cells.map((cells, row) => {
    const data = cells.map((cell, i) => `<td${align(i)}>${escapeHtml(cell)}</td>`).join('');
    return `<tr${written.strong.has(row) ? ' class="strong"' : ''}>${data}</tr>`;
  });
  return [
    '<figure class="table">',
    ...(written.caption ? [`<figcaption>${escapeHtml(written.caption)}</figcaption>`] : []),
    '<div class="scroll"><table>',
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody>`,
    '</table></div>',
    ...written.notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`),
    '</figure>\n',
  ].join('\n');
}

/** Text inside an HTML element or a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function markdownText(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\|*_<>`]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`));
}
