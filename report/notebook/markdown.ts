/** Markdown of notebook cells to HTML: headings, paragraphs, lists, quotes, fenced code, tables, inline marks. */
import { escapeHtml } from '../table-markup.js';

/** Anything it does not know stays text; HTML in it is shown, never interpreted. Headings keep their level. */
export function markdownHtml(markdown: string): string {
  const lines = markdown.split('\n');
  const out: string[] = [];
  let i = 0;
  const takeWhile = (test: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (i < lines.length && test(lines[i]!)) taken.push(lines[i++]!);
    return taken;
  };
  while (i < lines.length) {
    const line = lines[i]!;
    const heading = /^(#{1,6}) +(.+?) *#*$/.exec(line);
    if (line.trim() === '') i++;
    else if (line.startsWith('```')) {
      i++;
      const code = takeWhile((inside) => !inside.startsWith('```'));
      i++;
      out.push(`<pre><code>${escapeHtml(code.join('\n'))}</code></pre>`);
    } else if (heading) {
      i++;
      const level = heading[1]!.length;
      out.push(`<h${level}>${inline(heading[2]!)}</h${level}>`);
    } else if (QUOTE.test(line)) {
      const quoted = takeWhile((next) => QUOTE.test(next)).map((next) => next.replace(QUOTE, ''));
      out.push(`<blockquote>${markdownHtml(quoted.join('\n'))}</blockquote>`);
    } else if (BULLET.test(line) || NUMBERED.test(line)) {
      const mark = BULLET.test(line) ? BULLET : NUMBERED;
      const tag = mark === BULLET ? 'ul' : 'ol';
      const items: string[] = [];
      for (const next of takeWhile((text) => mark.test(text) || (/^ +\S/.test(text) && text.trim() !== ''))) {
        if (mark.test(next)) items.push(next.replace(mark, ''));
        else items[items.length - 1] += ` ${next.trim()}`;
      }
      out.push(`<${tag}>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</${tag}>`);
    } else if (line.startsWith('|') && /^\|[ :|-]+\|\s*$/.test(lines[i + 1] ?? '')) {
      out.push(pipeTable(takeWhile((next) => next.startsWith('|'))));
    } else {
      const paragraph = [lines[i++]!, ...takeWhile((next) => next.trim() !== '' && !STARTS_BLOCK.test(next))];
      out.push(`<p>${inline(paragraph.join('\n'))}</p>`);
    }
  }
  return out.join('\n');
}

const QUOTE = /^> ?/;
const BULLET = /^[-*] +/;
const NUMBERED = /^\d+[.)] +/;
const STARTS_BLOCK = /^(#{1,6} |```|> ?|[-*] +|\d+[.)] +)/;

function pipeTable(lines: readonly string[]): string {
  const cells = (line: string): string[] =>
    line
      .replace(/^\|/, '')
      .replace(/\|\s*$/, '')
      .split('|')
      .map((cell) => inline(cell.trim()));
  const row = (line: string, tag: 'th' | 'td'): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`;
  const body = lines.slice(2).map((line) => row(line, 'td'));
  return `<div class="scroll"><table><thead>${row(lines[0]!, 'th')}</thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** Code spans first, so that nothing inside them is marked up; then links, bold and italic. */
function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, i) =>
      i % 2 === 1 ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : marks(escapeHtml(part)),
    )
    .join('');
}

function marks(html: string): string {
  return html
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, label: string, target: string) =>
      SAFE_TARGET.test(target) ? `<a href="${target}">${label}</a>` : whole,
    )
    .replace(/\*\*(\S(?:.*?\S)?)\*\*/gs, '<strong>$1</strong>')
    .replace(/(?<![\w*])\*(\S(?:[^*]*?\S)?)\*(?![\w*])/g, '<em>$1</em>');
}

/** Web pages, places in this page, files beside it; never a scheme that runs something. */
const SAFE_TARGET = /^(https?:\/\/|#|[\w./-]+$)/;
