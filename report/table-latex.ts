/** A table as LaTeX, with the rules of the package booktabs. */
import { type Table, writeTable } from './table.js';

/**
 * A `tabular`, ending with a newline, its notes as comments above it; with a caption a `table` that floats, the notes under
 * it. Wants `\usepackage{booktabs}`. Signs that LaTeX reads as its own are escaped; minus signs, powers of ten, ± and the
 * like are set as mathematics; numbers stand to the right.
 */
export function latexTable(table: Table): string {
  const { caption, columns, headers, cells, strong, notes } = writeTable(table);
  const line = (texts: readonly string[]): string => `${texts.join(' & ')} \\\\`;
  const tabular = [
    `\\begin{tabular}{@{}${columns.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('')}@{}}`,
    '\\toprule',
    line(headers.map(latexText)),
    '\\midrule',
    ...cells.map((row, i) =>
      line(
        row.map((cell) => {
          const text = latexText(cell);
          return strong.has(i) && text !== '' ? `\\textbf{${text}}` : text;
        }),
      ),
    ),
    '\\bottomrule',
    '\\end{tabular}',
  ];
  const one = (note: string): string => note.replace(/\s*[\r\n]+\s*/g, ' ');
  if (!caption) return `${[...notes.map((note) => `% ${one(note)}`), ...tabular].join('\n')}\n`;
  const under =
    notes.length > 0
      ? ['', '\\smallskip', ...notes.map((note) => `{\\footnotesize ${latexText(note)}\\par}`)]
      : [];
  return `${['\\begin{table}', '\\centering', `\\caption{${latexText(caption)}}`, ...tabular, ...under, '\\end{table}'].join('\n')}\n`;
}

/** What stands for a sign that LaTeX reads as its own, or that its usual fonts lack. */
const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '|': '\\textbar{}',
  // behind the end of a line a bracket would be read as the line's distance
  '[': '{[}',
  '<': '$<$',
  '>': '$>$',
  '−': '$-$',
  '±': '$\\pm$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  µ: '$\\mu$',
  μ: '$\\mu$',
  σ: '$\\sigma$',
  '²': '$^2$',
  '³': '$^3$',
  '→': '$\\to$',
  '–': '--',
  '—': '---',
  '…': '\\ldots{}',
  '’': "'",
  '\n': ' ',
};

/** Numbers with a power of ten, and minus signs in front of digits; a hyphen within a name is none. */
const NUMBER = /(?<![\w.])(-?)(?:(\d(?:\.\d+)?)e([+-]?)(\d+)(?![\w.])|(?=\d))/g;

function latexText(text: string): string {
  let read = '';
  let end = 0;
  for (const found of text.matchAll(NUMBER)) {
    const [whole, minus, factor, sign, power] = found;
    if (whole === '') continue;
    read += escapedSigns(text.slice(end, found.index));
    end = found.index + whole.length;
    if (factor === undefined) read += '$-$';
    else {
      const ten = `10^{${sign === '-' ? '-' : ''}${power}}`;
      read += `$${minus}${factor === '1' ? ten : `${factor}\\times ${ten}`}$`;
    }
  }
  return read + escapedSigns(text.slice(end));
}

function escapedSigns(text: string): string {
  return [...text].map((sign) => SIGNS[sign] ?? sign).join('');
}
