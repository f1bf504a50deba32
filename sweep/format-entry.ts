/** Entries of the axis `format`: names, grids of a family, pairs of weights and activations, assignments by layer. */
import { z } from 'zod';
import type { GridKey, GridValues } from '../formats/family.js';
import { formatFamilies, getFormat, openFormats } from '../formats/registry.js';
import { parseAssignment } from '../quantizers/assignment.js';
import { type FormatChoice, uniformChoice, type WrittenAssignment } from './choice.js';
import { mapOf, numbersOr, oneOf, parsed, record, text } from './field-schemas.js';

/** Layers of an assignment. */
const MOST_LAYERS = 1000;

const formatName = (name: string): string => getFormat(name).name;
/** An open name (`fixed8`) stands as it is. */
const openOrFormatName = (name: string): string => (openFormats(name) ? name : formatName(name));

/** `{ posit: { bits: 5..8, es: 0..2 } }` and so on, of every family that has a grid: the families and their keys. */
function families(): Record<string, z.ZodType<GridValues>> {
  const gridded = formatFamilies().flatMap(({ name, grid }) => (grid ? [[name, grid] as const] : []));
  return Object.fromEntries(
    gridded.map(([name, { keys }]) => [
      name,
      record(Object.fromEntries(Object.entries(keys).map(([key, allowed]) => [key, gridKey(allowed)]))),
    ]),
  );
}

function gridKey({ least, most, words = [], otherwise }: GridKey): z.ZodType<number[] | string> {
  const values = least === undefined ? oneOf(words) : numbersOr(least, most, words);
  return otherwise === undefined ? values : values.prefault(otherwise);
}

/** One text that `check` accepts. */
function parsedOne(check: (text: string) => string) {
  return parsed(check).transform((list, context): string => {
    if (list.length === 1) return list[0]!;
    context.addIssue({ code: 'custom', message: 'has several names; give one' });
    return z.NEVER;
  });
}

const layer = record({
  weights: parsedOne(formatName).optional(),
  activations: parsedOne(formatName).optional(),
});

/** An entry of `format`, with canonical names. */
export interface FormatEntry {
  /** Names of formats, open ones among them. */
  readonly names?: readonly string[];
  /** By the family's name: a grid of its formats. */
  readonly families?: Readonly<Record<string, GridValues>>;
  /** Of the assignment. */
  readonly name?: string;
  readonly weights?: string;
  readonly activations?: string;
  readonly layers?: WrittenAssignment['layers'];
}

/** How an entry is read, with the families that are registered by now. */
export function formatEntry() {
  const known = families();
  const optional = Object.fromEntries(
    Object.entries(known).map(([name, schema]) => [name, schema.optional()]),
  );
  const entry = record({
    names: parsed(openOrFormatName).optional(),
    ...(optional as Record<string, z.ZodOptional<z.ZodType<GridValues>>>),
    name: text('a name for the assignment').optional(),
    weights: parsedOne(formatName).optional(),
    activations: parsedOne(formatName).optional(),
    layers: mapOf(layer, MOST_LAYERS, 'layer names with weights and activations').optional(),
  }).check((context) => {
    const given = context.value;
    const uniform = ['names', ...Object.keys(known)].filter((key) => key in given);
    const pair = ['weights', 'activations', 'layers', 'name'].filter((key) => key in given);
    const complain = (message: string): void => {
      context.issues.push({ code: 'custom', message, input: given });
    };
    if (uniform.length === 0 && !('weights' in given && 'activations' in given)) {
      complain(
        `gives ${pair.join(', ') || 'nothing'}; give names, one family (${Object.keys(known).join(', ')}), or weights and activations`,
      );
    } else if (uniform.length > 0 && pair.length > 0) {
      complain(`mixes ${uniform[0]} with ${pair[0]}; make them two entries of the list`);
    }
  });
  return z
    .preprocess((given) => (typeof given === 'string' ? { names: [given] } : given), entry)
    .transform(({ names, name, weights, activations, layers, ...grids }): FormatEntry => {
      const own = { names, name, weights, activations, layers, families: grids as FormatEntry['families'] };
      return Object.fromEntries(
        Object.entries(own).filter(([, value]) => value !== undefined && Object.keys(value).length > 0),
      );
    });
}

/** The choices an entry stands for. Every format of a grid must be possible but those the grid itself rules out. */
export function choicesOf(entry: FormatEntry): FormatChoice[] {
  const choices = (entry.names ?? []).map(uniformChoice);
  for (const { name, grid } of formatFamilies()) {
    const values = entry.families?.[name];
    if (values && grid) choices.push(...grid.names(values).map(uniformChoice));
  }
  const { weights, activations, layers = {} } = entry;
  if (weights !== undefined && activations !== undefined) {
    choices.push({
      kind: 'given',
      label: entry.name ?? `${weights}/${activations}`,
      assignment: parseAssignment({ weights, activations, layers }),
    });
  }
  return choices;
}
