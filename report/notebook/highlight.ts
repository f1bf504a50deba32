/** TypeScript with its comments, strings, numbers and keywords marked for a style sheet. */
import { escapeHtml } from '../table-markup.js';

const KEYWORDS =
  'as async await break case catch class const continue default else export extends false finally for from function ' +
  'if import in instanceof interface let new null of return satisfies switch throw true try type typeof undefined while';

const TOKEN = new RegExp(
  [
    String.raw`(?<comment>//[^\n]*|/\*[\s\S]*?\*/)`,
    String.raw`(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\`(?:\\.|[^\`\\])*\`)`,
    String.raw`(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)`,
    String.raw`(?<keyword>\b(?:${KEYWORDS.replaceAll(' ', '|')})\b)`,
  ].join('|'),
  'g',
);

/** HTML of the code: `<span class="comment | string | number | keyword">`; the text itself is unchanged. */
export function highlight(code: string): string {
  let out = '';
  let last = 0;
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)![0];
    out += `${escapeHtml(code.slice(last, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`;
    last = match.index + match[0].length;
  }
  return out + escapeHtml(code.slice(last));
}
