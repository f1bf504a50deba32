/** Every format by name: the families of the house, and what plugins add. */

import { UserError } from '../errors.js';
import { editDistance } from '../near.js';
import { alreadyRegistered, countRegistration } from '../registrations.js';
import { affineFamily } from './families/affine.js';
import { fixedFamily } from './families/fixed.js';
import { floatFamily } from './families/float.js';
import { positFamily } from './families/posit.js';
import { pow2intFamily } from './families/pow2int.js';
import { pow2valFamily } from './families/pow2val.js';
import type { FormatFamily } from './family.js';
import type { NumberFormat } from './format.js';
import { type Spelling, spellingOf } from './spellings.js';

const families: FormatFamily[] = [
  positFamily,
  floatFamily,
  fixedFamily,
  affineFamily,
  pow2intFamily,
  pow2valFamily,
];

const known = new Map<string, NumberFormat>();
const registered = new Set<NumberFormat | FormatFamily>();

/** The families in the order of registration, the built-in ones first. */
export function formatFamilies(): readonly FormatFamily[] {
  return families;
}

/**
 * Adds a format, or a family of them, to everything that takes a format by name. Throws UserError when the name
 * or an alias is already taken.
 */
export function registerFormat(added: NumberFormat | FormatFamily): void {
  const family: FormatFamily = 'parse' in added ? added : familyOfOne(added);
  const names = 'parse' in added ? added.presets : [added.name, ...added.aliases];
  for (const name of names) {
    if (find(name)) throw alreadyRegistered('format', name);
  }
  families.push(family);
  registered.add(added);
  countRegistration();
}

/** Whether this very format or family was added by `registerFormat`. */
export function isRegistered(added: NumberFormat | FormatFamily): boolean {
  return registered.has(added);
}

function familyOfOne(format: NumberFormat): FormatFamily {
  return {
    name: format.family,
    grammar: format.name,
    presets: [format.name],
    parse: (name) => (name === format.name || format.aliases.includes(name) ? format : undefined),
  };
}

function find(given: string): NumberFormat | undefined {
  const spelling = spellingOf(given);
  const name = spelling?.kind === 'name' ? spelling.name : given;
  for (const family of families) {
    const format = family.parse(name);
    if (format) return format;
  }
  return undefined;
}

/** Why a spelling that people know is not taken, and the names that are. */
function refusal(given: string, spelling: Exclude<Spelling, { kind: 'name' }>): UserError {
  switch (spelling.kind) {
    case 'ambiguous': {
      const possible = spelling.candidates.filter(isPossible);
      const near = possible.length > 0 ? possible : nearNames(given);
      return new UserError(
        `format '${given}' means different formats to different people; name one; near names: ${near.join(', ')}`,
      );
    }
    case 'absent':
      return new UserError(
        `format '${given}' is none of these: ${spelling.why}; near names: ${nearNames(given).join(', ')}`,
      );
    default:
      return spelling satisfies never;
  }
}

/**
 * The format of a name, an alias or a spelling of other libraries (`bf16`, `posit<8,1>`); the same object for every
 * spelling of one format. Throws UserError that says what is allowed and lists near names; where people mean
 * different formats by a spelling (`fp8`), it lists those.
 */
export function getFormat(name: string): NumberFormat {
  const cached = known.get(name);
  if (cached) return cached;
  let found: NumberFormat | undefined;
  try {
    found = find(name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const spelling = spellingOf(name);
    const meant = spelling?.kind === 'name' ? spelling.name : name;
    const given = meant === name ? '' : `'${name}': `;
    throw new UserError(`format ${given}${error.message}; near names: ${nearNames(meant).join(', ')}`);
  }
  if (!found) {
    const spelling = spellingOf(name);
    if (spelling !== undefined && spelling.kind !== 'name') throw refusal(name.slice(0, 60), spelling);
    const meant = families.filter((family) => name.toLowerCase().startsWith(family.name));
    const allowed = (meant.length > 0 ? meant : families).map((family) => family.grammar).join('; ');
    const near = nearNames(name).join(', ');
    throw new UserError(`format '${name.slice(0, 60)}' is unknown; near names: ${near}; allowed: ${allowed}`);
  }
  const format = known.get(found.name) ?? found;
  known.set(format.name, format);
  known.set(name, format);
  return format;
}

/**
 * The formats that a name leaves open (`fixed8`), most wanted first; undefined for names that mean one format, or none.
 */
export function openFormats(name: string): readonly string[] | undefined {
  for (const family of families) {
    const open = family.open?.(name);
    if (open) return open;
  }
  return undefined;
}

/** The named presets of every family, in order. */
export function listFormats(): NumberFormat[] {
  return families.flatMap((family) => family.presets.map(getFormat));
}

/** Names of every small format and preset there is, with their aliases: what a mistyped name may have meant. */
function candidates(): string[] {
  const names = new Set(listFormats().flatMap((format) => [format.name, ...format.aliases]));
  for (const family of families) for (const name of family.candidates?.() ?? []) names.add(name);
  return [...names];
}

function isPossible(name: string): boolean {
  try {
    return find(name) !== undefined;
  } catch {
    return false;
  }
}

/** The three possible names at the least edit distance. */
function nearNames(given: string): string[] {
  const text = given.slice(0, 40).toLowerCase();
  const ranked = candidates()
    .map((name) => ({ name, distance: editDistance(text, name) }))
    .sort((a, b) => a.distance - b.distance);
  const near: string[] = [];
  for (const { name } of ranked) {
    if (near.length === 3) break;
    if (isPossible(name)) near.push(name);
  }
  return near;
}
