/** A run notebook as Markdown, its figures beside it as SVG files. */
import { markdownTable } from '../table-markup.js';
import type { Execution } from './execute.js';
import { type Document, errorText } from './page.js';
import type { Output } from './recorder.js';

/** File name of a figure beside the Markdown file `name`.md. */
export function figureName(name: string, number: number): string {
  return `${name}-${number}.svg`;
}

export function notebookMarkdown(document: Document, name: string): string {
  const { execution, fileName, notice } = document;
  const parts: string[] = notice === undefined ? [] : [`*${notice}*`];
  for (const { cell, outputs } of execution.ran) {
    if (cell.kind === 'markdown') parts.push(cell.text);
    else if (cell.text !== '') {
      if (cell.title) parts.push(`### ${cell.title}`);
      parts.push(fenced(cell.text, 'ts'));
    }
    for (const output of outputs) parts.push(outputMarkdown(output, execution, name));
  }
  if (execution.error) parts.push(`**Error**\n\n${fenced(errorText(fileName, execution), '')}`);
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function outputMarkdown(output: Output, execution: Execution, name: string): string {
  switch (output.kind) {
    case 'text':
      return fenced(output.text, '');
    case 'markdown':
      return output.text.trimEnd();
    case 'table':
      return markdownTable(output.table).trimEnd();
    case 'plot':
      return execution.figures.has(output.number)
        ? `![${output.caption.replace(/[[\]]/g, '')}](${encodeURI(figureName(name, output.number))})`
        : '';
    default:
      return output satisfies never;
  }
}

/** A fence longer than any run of backticks inside. */
function fenced(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
