/**
 * zod schemas for the fields of a spec, each with one clear message: what was given, what is allowed. Lists are
 * accepted generously (one value, a list, a range `5..8`) and are strict inside.
 */
import { z } from 'zod';
import { didYouMean } from '../near.js';
import { abridged } from '../one-line.js';
import type { Field, FieldValues } from './fields.js';

/** A value as a message shows it: JSON, cut at 60 characters. YAML's aliases can make a list hold itself. */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    return 'something that holds itself';
  }
  return text.length > 60 ? abridged(text.slice(0, 57)) : text;
}

/** An object that refuses keys it does not know and says which it knows, or what a renamed one is called. */
export function record<Shape extends z.ZodRawShape>(
  shape: Shape,
  fields: readonly Field[] = [],
): z.ZodObject<Shape, z.core.$strict> {
  const allowed = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `got ${shown(issue.input)}; give ${allowed.join(', ')}`;
      const key = (issue.keys as string[])[0]!;
      const renamed = fields.find(({ was }) => was?.includes(key));
      if (renamed) return `key '${key}' is called ${renamed.name}; write ${renamed.name}`;
      return `key '${key}' is unknown${didYouMean(key, allowed)} (allowed: ${allowed.join(', ')})`;
    },
  });
}

/** One value of a field; names are checked by `check`, which returns their one spelling. */
export function valueSchema(values: FieldValues): z.ZodType {
  switch (values.kind) {
    case 'words':
      return oneOf(values.words);
    case 'integers':
      return whole(values.least, values.most);
    case 'reals':
      return real(values.least, values.most);
    case 'count':
      return countOrAll(values.most);
    case 'names':
    case 'text':
      return text(values.allowed);
    default:
      return values satisfies never;
  }
}

/** One or more values of a field: one alone, a list, a range. `spelled` gives a name's one spelling, or throws. */
export function listSchema(values: FieldValues, spelled: (name: string) => string): z.ZodType {
  switch (values.kind) {
    case 'words':
      return names(values.words);
    case 'integers':
      return numbers(values.least, values.most);
    case 'names':
      return parsed(spelled);
    case 'reals':
    case 'count':
    case 'text':
      throw new Error(`no list of ${values.kind}`);
    default:
      return values satisfies never;
  }
}

/** One of a few words. YAML 1.2 reads yes and no as text. */
export function oneOf(words: readonly string[]) {
  return z.enum(words, { error: (issue) => `got ${shown(issue.input)}; give ${words.join(' or ')}` });
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): z.ZodNumber {
  const error = (issue: { input?: unknown }): string =>
    `got ${shown(issue.input)}; give a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A finite number above `least` (or equal, where `atLeast`), up to `most`. */
export function real(least: number, most: number): z.ZodNumber {
  const error = (issue: { input?: unknown }): string =>
    `got ${shown(issue.input)}; give a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

/** One or more of the names; one alone may stand without a list. Repeated ones are kept once. */
export function names<Name extends string>(allowed: readonly Name[]) {
  return z.unknown().transform((given, context): Name[] => {
    const list: unknown[] = Array.isArray(given) ? given : [given];
    for (const [i, one] of list.entries()) {
      if (typeof one === 'string' && (allowed as readonly string[]).includes(one)) continue;
      const near = typeof one === 'string' ? didYouMean(one, allowed) : '';
      context.addIssue({
        code: 'custom',
        message: `got ${shown(one)}; give one or a list of ${allowed.join(', ')}${near}`,
        path: Array.isArray(given) ? [i] : [],
      });
      return z.NEVER;
    }
    if (list.length === 0) {
      context.addIssue({ code: 'custom', message: `is empty; give ${allowed.join(', ')}` });
      return z.NEVER;
    }
    return [...new Set(list as Name[])];
  });
}

/** In one list, ranges written out. */
const MOST_NUMBERS = 65_536;

/** The whole numbers of `5`, `5..8` or a list of such; undefined where it is none of them. */
function numbersOf(given: unknown, least: number, most: number): number[] | undefined {
  if (Array.isArray(given)) {
    const parts = given.map((one) => (Array.isArray(one) ? undefined : numbersOf(one, least, most)));
    if (parts.length === 0 || parts.includes(undefined)) return undefined;
    const total = parts.reduce((sum, part) => sum + part!.length, 0);
    return total > MOST_NUMBERS ? undefined : parts.flatMap((part) => part!);
  }
  if (typeof given === 'number') {
    return Number.isInteger(given) && given >= least && given <= most ? [given] : undefined;
  }
  const range = typeof given === 'string' ? /^(\d{1,10})\.\.(\d{1,10})$/.exec(given.trim()) : null;
  if (!range) return undefined;
  const [from, to] = [Number(range[1]), Number(range[2])];
  if (from < least || to > most || from > to || to - from >= 4096) return undefined;
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** One or more whole numbers from `least` to `most`, in the given order, repeated ones once. */
export function numbers(least: number, most: number) {
  return numbersOr(least, most, []);
}

/** The same, or one of a few words. */
export function numbersOr<Word extends string>(least: number, most: number, words: readonly Word[]) {
  return z.unknown().transform((given, context): number[] | Word => {
    const word = words.find((one) => one === given);
    if (word !== undefined) return word;
    const found = numbersOf(given, least, most);
    if (found) return [...new Set(found)];
    const other = words.map((one) => `${one}, `).join('');
    context.addIssue({
      code: 'custom',
      message: `got ${shown(given)}; give ${other}a whole number from ${least} to ${most}, a range like 5..8, or a list`,
    });
    return z.NEVER;
  });
}

/** A whole number from 1 to `most`, or `all`. */
export function countOrAll(most: number) {
  return z.unknown().transform((given, context): number | 'all' => {
    if (given === 'all') return 'all';
    if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= most) return given;
    context.addIssue({
      code: 'custom',
      message: `got ${shown(given)}; give all or a whole number from 1 to ${most}`,
    });
    return z.NEVER;
  });
}

/** Text that is not empty and fits on a line. */
export function text(what: string): z.ZodString {
  const error = (issue: { input?: unknown }): string => `got ${shown(issue.input)}; give ${what}`;
  return z
    .string({ error })
    .min(1, { error })
    .max(1024, { error })
    .regex(/^\P{Cc}*$/u, { error });
}

/**
 * A list of at most `most` items that the schema accepts. The first that is wrong ends it: each complaint looks for near
 * names, and a file may have thousands.
 */
export function listOf<Item>(schema: z.ZodType<Item>, most: number, what: string) {
  return z.unknown().transform((given, context): Item[] => {
    if (!Array.isArray(given)) return complain(context, `got ${shown(given)}; give a list of ${what}`);
    if (given.length === 0) return complain(context, `is empty; give at least one of the ${what}`);
    if (given.length > most) return complain(context, `has ${given.length} ${what}; give at most ${most}`);
    const items: Item[] = [];
    for (const [i, one] of given.entries()) {
      const result = schema.safeParse(one);
      if (!result.success) return passOn(context, result.error, i);
      items.push(result.data);
    }
    return items;
  });
}

/** The same for an object of any keys. */
export function mapOf<Item>(schema: z.ZodType<Item>, most: number, what: string) {
  return z.unknown().transform((given, context): Record<string, Item> => {
    if (given === null || typeof given !== 'object' || Array.isArray(given)) {
      return complain(context, `got ${shown(given)}; give ${what}`);
    }
    const entries = Object.entries(given);
    if (entries.length > most)
      return complain(context, `has ${entries.length} entries; give at most ${most}`);
    const items: [string, Item][] = [];
    for (const [key, one] of entries) {
      const result = schema.safeParse(one);
      if (!result.success) return passOn(context, result.error, key);
      items.push([key, result.data]);
    }
    return Object.fromEntries(items);
  });
}

type Context = z.core.$RefinementCtx<unknown>;

function complain(context: Context, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function passOn(context: Context, { issues }: z.ZodError, key: string | number): never {
  const { message, path } = issues[0]!;
  context.addIssue({ code: 'custom', message, path: [key, ...path] });
  return z.NEVER;
}

/** One or more texts that `check` accepts; its thrown message is the field's. */
export function parsed<Value>(check: (text: string) => Value) {
  return z.unknown().transform((given, context): Value[] => {
    const list: unknown[] = Array.isArray(given) ? given : [given];
    const found: Value[] = [];
    for (const [i, one] of list.entries()) {
      try {
        if (typeof one !== 'string') throw new Error(`got ${shown(one)}; give a name or a list of names`);
        found.push(check(one));
      } catch (error) {
        const path = Array.isArray(given) ? [i] : [];
        context.addIssue({ code: 'custom', message: (error as Error).message, path });
        return z.NEVER;
      }
    }
    if (found.length === 0) {
      context.addIssue({ code: 'custom', message: 'is empty; give a name or a list of names' });
      return z.NEVER;
    }
    return found;
  });
}
