/**
 * JSON and YAML from files that may be anything: depth and number of values are counted before a value is made, for a
 * few kilobytes of brackets exhaust the stack of a parser and megabytes of `1,1,1` the memory. What begins with a brace
 * or a bracket and is JSON is read as JSON; else it is YAML, of which JSON is a part.
 */
import { Lexer, Parser, parse } from 'yaml';
import { UserError } from '../errors.js';

export interface StructureBounds {
  /** Most values in lists and objects: numbers, texts, keys and what holds them. */
  readonly values: number;
}

/** Nothing that is read here nests deeper than 12. */
const DEEPEST = 32;
/** Most anchors and aliases of a YAML text: the parser's time grows with the square of their number. */
const MOST_ANCHORS = 64;
/** Most YAML tokens that one value makes: itself, blanks, punctuation, the line's end. */
const TOKENS_PER_VALUE = 6;
/** Values of YAML take two kilobytes each while they are parsed, those of JSON no more than their text. */
const MOST_YAML_VALUES = 2 ** 14;

/** The value of a JSON text. Throws UserError, one line, for what is no JSON, too deep or has too many values. */
export function parseJson(text: string, source: string, bounds: StructureBounds): unknown {
  countJson(text, source, bounds.values);
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${source} is not JSON; is it whole, and the right file?`);
  }
}

/** The value of a JSON or YAML text. Throws UserError as `parseJson` does. */
export function parseYaml(text: string, source: string, bounds: StructureBounds): unknown {
  if (/^\s*[[{]/.test(text)) {
    countJson(text, source, bounds.values);
    try {
      return JSON.parse(text);
    } catch {
      // flow style of YAML begins the same
    }
  }
  countYaml(text, source, Math.min(bounds.values, MOST_YAML_VALUES));
  try {
    return parse(text, { maxAliasCount: MOST_ANCHORS, uniqueKeys: true, logLevel: 'error' });
  } catch (error) {
    const [line] = String((error as Error).message).split('\n');
    throw new UserError(`${source} is not YAML or JSON: ${line!.replace(/:$/, '')}`);
  }
}

const QUOTE = 0x22;
const ESCAPE = 0x5c;

/** Brackets and commas outside quotes; where quotes are not closed JSON.parse will say so. */
function countJson(text: string, source: string, most: number): void {
  let depth = 0;
  let values = 1;
  let within: 'text' | 'outside' = 'outside';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (within === 'text') {
      if (code === ESCAPE) i++;
      else if (code === QUOTE) within = 'outside';
    } else if (code === QUOTE) within = 'text';
    else if (code === 0x5b || code === 0x7b) {
      values++;
      if (++depth > DEEPEST) throw tooDeep(source);
    } else if (code === 0x5d || code === 0x7d) depth--;
    else if (code === 0x2c || code === 0x3a) values++;
    if (values > most) throw tooMany(source, most);
  }
}

/**
 * Counts tokens and depth of YAML with the lexer and the syntax parser of the library, which go token by token and
 * never recurse, so that no input can exhaust the stack.
 */
function countYaml(text: string, source: string, most: number): void {
  const parser = new Parser();
  let tokens = 0;
  let anchors = 0;
  for (const token of new Lexer().lex(text)) {
    if (++tokens > TOKENS_PER_VALUE * most) throw tooMany(source, most);
    if ((token[0] === '&' || token[0] === '*') && ++anchors > MOST_ANCHORS) {
      throw new UserError(
        `${source} has more than ${MOST_ANCHORS} anchors and aliases; write the values out`,
      );
    }
    // runs the parser on; the tree it makes is not used
    for (const _ of parser.next(token));
    // the stack holds the document itself, and then one entry a level
    if (parser.stack.length > DEEPEST + 1) throw tooDeep(source);
  }
}

function tooDeep(source: string): UserError {
  return new UserError(`${source} nests more than ${DEEPEST} deep; is it the right file?`);
}

function tooMany(source: string, most: number): UserError {
  return new UserError(`${source} has more than ${most} values; is it the right file?`);
}
