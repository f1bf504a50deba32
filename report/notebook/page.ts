/** A run notebook as one HTML page that needs nothing else: no scripts, no fonts, no other files. */
import { prefixIds } from '../figure.js';
import { escapeHtml, htmlTable } from '../table-markup.js';
import type { CellRun, Execution } from './execute.js';
import { highlight } from './highlight.js';
import { markdownHtml } from './markdown.js';
import type { Output } from './recorder.js';

export interface Document {
  readonly title: string;
  /** File name of the notebook, without directories. */
  readonly fileName: string;
  /** Said where the run was told to take fewer images: such figures are not the full run's. */
  readonly notice: string | undefined;
  readonly execution: Execution;
}

/**
 * Light and dark by the reader's setting. In the dark the greys of a figure (`figure.ts`, `pareto-panel.ts`) take the
 * page's colours, and families keep theirs, which tell apart on either ground. On a narrow screen a figure keeps its own size, whose
 * words can be read, and is moved sideways.
 */
const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1b; --soft: #5a5a5a; --ground: #ffffff; --panel: #f5f6f8;
  --line: #dcdfe4; --link: #0b5cad; --keyword: #7a2a8c; --string: #1a6b3c; --number: #9a4a00; --bad: #a11919; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --soft: #a3a8b0; --ground: #16181c; --panel: #20242a;
  --line: #363b43; --link: #7db8f5; --keyword: #d29be6; --string: #8fd0a8; --number: #e5ae7a; --bad: #ff9a93; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 17px/1.6 Georgia, 'Times New Roman', serif; }
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1, h2, h3, th, figcaption, .note, .notice { font-family: Helvetica, Arial, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2.4rem; } h3 { font-size: 1.1rem; }
a { color: var(--link); }
pre { overflow-x: auto; padding: .8rem 1rem; border-radius: 6px; background: var(--panel); font-size: .8rem; line-height: 1.5; }
code, pre { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
p code, li code, td code { font-size: .85em; background: var(--panel); padding: .1em .3em; border-radius: 3px; }
pre.output { background: none; border-left: 3px solid var(--line); border-radius: 0; padding: .2rem 1rem; }
pre.error { color: var(--bad); border-left: 3px solid var(--bad); border-radius: 0; white-space: pre-wrap; }
.comment { color: var(--soft); } .string { color: var(--string); } .number { color: var(--number); } .keyword { color: var(--keyword); }
figure { margin: 1.4rem 0; } .plot svg { max-width: 100%; height: auto; border-radius: 6px; }
@media (max-width: 44rem) { .plot .scroll svg { max-width: none; } }
@media (prefers-color-scheme: dark) {
  .plot [fill="white"] { fill: var(--ground); } .plot [stroke="white"] { stroke: var(--ground); }
  .plot :is([fill="#1a1a1a"], [fill="#333333"], [fill="#404040"], [fill="#000"], [fill="black"]) { fill: var(--text); }
  .plot :is([fill="#4d4d4d"], [fill="#666666"]) { fill: var(--soft); }
  .plot :is([stroke="#e6e6e6"], [stroke="#ddd"]) { stroke: var(--line); }
  .plot :is([stroke="#404040"], [stroke="#444444"], [stroke="#808080"], [stroke="#8c8c8c"], [stroke="#999999"], [stroke="#000"], [stroke="black"]) { stroke: var(--soft); }
}
figcaption { font-size: .85rem; color: var(--soft); margin: .3rem 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font: .8rem/1.45 Helvetica, Arial, sans-serif; }
th { text-align: left; border-bottom: 2px solid var(--line); } th, td { padding: .25rem .7rem .25rem 0; white-space: nowrap; vertical-align: top; }
td { border-bottom: 1px solid var(--line); } .number { text-align: right; } th.number, td.number { color: inherit; font-variant-numeric: tabular-nums; }
tr.strong td { font-weight: bold; } .note, .notice { font-size: .8rem; color: var(--soft); margin: .4rem 0; }
summary { font: .8rem Helvetica, Arial, sans-serif; color: var(--soft); cursor: pointer; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
`.trim();

export function notebookHtml(document: Document): string {
  const { title, fileName, notice, execution } = document;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>\n${STYLE}\n</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...(notice === undefined ? [] : [`<p class="notice">${escapeHtml(notice)}</p>`]),
    ...execution.ran.map((run) => cellHtml(run, execution)),
    ...(execution.error && !execution.ran.some(({ cell }) => cell.index === execution.error!.cell)
      ? [errorHtml(fileName, execution)]
      : []),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** `file:line: message`, as compilers write it. */
export function errorText(fileName: string, execution: Execution): string {
  const { line, message } = execution.error!;
  return `${fileName}${line === undefined ? '' : `:${line}`}: ${message}`;
}

function errorHtml(fileName: string, execution: Execution): string {
  return `<pre class="error">${escapeHtml(errorText(fileName, execution))}</pre>`;
}

function cellHtml({ cell, outputs }: CellRun, execution: Execution): string {
  const parts: string[] = ['<section>'];
  if (cell.kind === 'markdown') parts.push(markdownHtml(cell.text));
  else if (cell.text !== '') {
    if (cell.title) parts.push(`<h3>${escapeHtml(cell.title)}</h3>`);
    parts.push(codeHtml(cell.text));
  }
  for (const output of outputs) parts.push(outputHtml(output, execution));
  if (execution.error?.cell === cell.index)
    parts.push(`<pre class="error">${escapeHtml(execution.error.message)}</pre>`);
  parts.push('</section>');
  return parts.join('\n');
}

/** Longer cells are folded, so that a reader meets what they show before how. */
const LINES_UNFOLDED = 24;

function codeHtml(code: string): string {
  const shown = `<pre class="code"><code>${highlight(code)}</code></pre>`;
  const lines = code.split('\n').length;
  if (lines <= LINES_UNFOLDED) return shown;
  return `<details>\n<summary>${lines} lines of code</summary>\n${shown}\n</details>`;
}

function outputHtml(output: Output, execution: Execution): string {
  switch (output.kind) {
    case 'text':
      return `<pre class="output">${escapeHtml(output.text)}</pre>`;
    case 'markdown':
      return markdownHtml(output.text);
    case 'table':
      return htmlTable(output.table).trimEnd();
    case 'plot': {
      const svg = execution.figures.get(output.number);
      if (svg === undefined) return '';
      const caption = output.caption ? `\n<figcaption>${escapeHtml(output.caption)}</figcaption>` : '';
      const label = escapeHtml(output.caption || `figure ${output.number}`);
      const named = prefixIds(svg.trimEnd(), `figure${output.number}`).replace(
        '<svg ',
        `<svg role="img" aria-label="${label}" `,
      );
      return `<figure class="plot">\n<div class="scroll">${named}</div>${caption}\n</figure>`;
    }
    default:
      return output satisfies never;
  }
}
