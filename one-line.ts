/**
 * Text that came from outside, made fit to be shown: a name with a line end must not make two lines of a message, one
 * with an escape sequence must not paint the terminal, one that turns the writing direction must not hide what it says.
 */

/** Controls of both sets, line and paragraph separators, marks that change direction, the byte order mark. */
const HIDDEN = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Longest word of a message, in characters: no path a person types is longer. */
const LONGEST_WORD = 300;
/** Longest message, in characters: about six lines of a terminal. */
const LONGEST = 600;

/** The same text with every character that is not seen written as an escape: \n, \x1b, \u202e. */
export function escaped(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16);
    return SHORT[character] ?? (code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
  });
}

/** The same, cut where a word or the whole is too long: the start and the end of it say what it is. */
export function oneLine(text: string): string {
  // what is cut away is not escaped first: it may be megabytes
  return cut(
    escaped(cut(text, 4 * LONGEST)).replace(WORDS, (word) => cut(word, LONGEST_WORD)),
    LONGEST,
  );
}

const WORDS = new RegExp(`\\S{${LONGEST_WORD + 1},}`, 'g');

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(most / 4);
  return abridged(text.slice(0, most - end - 1), text.slice(-end));
}

/** What is left of a text whose middle or end is cut away. */
export function abridged(start: string, end = ''): string {
  return `${start}…${end}`.replaceAll(HALVES_BY_CUT, '');
}

/** Half a pair of UTF-16, left where a cut went between both. */
const HALVES_BY_CUT = /[\ud800-\udbff](?=…)|(?<=…)[\udc00-\udfff]/g;
