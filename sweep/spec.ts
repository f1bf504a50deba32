/**
 * What a sweep is asked to do: a YAML or JSON file, checked field by field. Every complaint is one line that
 * names the file, the field, what was given and what is allowed.
 */
import type { z } from 'zod';
import type { TableChoices } from '../datasets/table.js';
import { UserError } from '../errors.js';
import { readBytes } from '../input/bounded-file.js';
import { parseYaml } from '../input/structured.js';
import { textOf } from '../input/text.js';
import type { TrainingOptions } from '../networks/training/options.js';
import { AXES, type Axis } from './axes.js';
import { listOf, listSchema, record, shown, text, valueSchema } from './field-schemas.js';
import { type Field, SPEC_FIELDS, TABLE_FIELDS, TRAINING_FIELDS } from './fields.js';
import { type FormatEntry, formatEntry } from './format-entry.js';
import { type PriceAxes, readValue, type WrittenPoint, writeValue } from './point.js';
import { withAssignmentsFrom, withPathsFrom } from './spec-paths.js';
import { optionName } from './spellings.js';

/** A spec is written by hand: beyond this size it is something else. */
const LARGEST_SPEC = 2 ** 20;
const MOST_VALUES = 2 ** 14;
/** Entries of `format`. */
const MOST_ENTRIES = 4096;

/** The axes as a spec has them: lists, names in their one spelling. */
export type SpecAxes = {
  readonly [Name in Exclude<
    keyof WrittenPoint,
    'format' | 'testImages' | keyof PriceAxes
  >]: readonly WrittenPoint[Name][];
} & PriceAxes & { readonly format: readonly FormatEntry[] };

export interface SweepSpec extends SpecAxes {
  readonly name: string;
  /** May be left out where `weights` is a saved model. */
  readonly dataset?: string | undefined;
  /** How a CSV file is read; what is absent is guessed. */
  readonly table?: TableChoices | undefined;
  readonly testImages: number | 'all';
  /** May be left out where `weights` is a saved model. */
  readonly network?: string | undefined;
  readonly weights?: string | undefined;
  /** What `train` takes but the seed, which is an axis; absent fields have its defaults. */
  readonly training?:
    | (Partial<Omit<TrainingOptions, 'seed'>> & { readonly trainImages: number | 'all' })
    | undefined;
}

function oneSpelling(axis: Axis): (name: string) => string {
  return (name) => writeValue(axis, readValue(axis, name)) as string;
}

function axisSchema(axis: Axis): z.ZodType {
  if (axis.values.kind === 'names' && axis.values.of === 'format') {
    return listOf(formatEntry(), MOST_ENTRIES, 'formats');
  }
  const list = listSchema(axis.values, oneSpelling(axis));
  return axis.otherwise === undefined ? list : list.prefault([axis.otherwise]);
}

/** Fields of one value each. */
function shapeOf(fields: Readonly<Record<string, Field>>): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.values(fields).map(({ name, values }) => [name, valueSchema(values).optional()]),
  );
}

function specSchema() {
  const { name, testImages } = SPEC_FIELDS;
  const shape = {
    ...shapeOf(SPEC_FIELDS),
    name: text('a name of letters, digits, - and _').regex(/^[\w-]{1,100}$/, {
      error: (issue) => `got ${shown(issue.input)}; give a name of ${name.values.allowed}`,
    }),
    testImages: valueSchema(testImages.values).prefault(testImages.otherwise),
    table: record(shapeOf(TABLE_FIELDS)).optional(),
    training: record(
      {
        ...shapeOf(TRAINING_FIELDS),
        trainImages: valueSchema(TRAINING_FIELDS.trainImages.values).prefault('all'),
      },
      Object.values(TRAINING_FIELDS),
    ).optional(),
    ...Object.fromEntries(AXES.map((axis) => [axis.name, axisSchema(axis)])),
  };
  return record(shape, [...Object.values(SPEC_FIELDS), ...AXES]).check((context) => {
    const { dataset, network, weights, training } = context.value as SweepSpec;
    const complain = (message: string): void => {
      context.issues.push({ code: 'custom', message, input: context.value });
    };
    if (network === undefined && weights === undefined) {
      complain('network is missing; name one of the zoo, a JSON file, or give weights of a saved model');
    }
    if (dataset === undefined && weights === undefined) {
      complain('dataset is missing; name one, or give weights of a saved model');
    }
    if ((weights === undefined) === (training === undefined)) {
      const given = weights === undefined ? 'neither' : 'both';
      complain(`${given} of weights and training given; give weights of a saved model or a training recipe`);
    }
  });
}

/** How fields are called in complaints: as in a spec, or as the options of a command. */
type Spelling = 'fields' | 'options';

/** `format[0].posit.bits`, or `--scale-bits`: where an issue is. */
function pathName(path: readonly PropertyKey[], spelling: Spelling): string {
  if (spelling === 'options' && path.length > 0) {
    const [field] = path as [string];
    return field === 'format' ? 'format' : `--${optionName(field)}`;
  }
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

/** The first issue that says something: of a union, the branch that came furthest. */
function firstIssue(
  issues: readonly z.core.$ZodIssue[],
  spelling: Spelling,
  above: readonly PropertyKey[] = [],
): string {
  const issue = issues[0]!;
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const furthest = [...issue.errors].sort((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0));
    const custom = furthest.find((branch) => branch[0]?.code === 'custom') ?? furthest[0]!;
    return firstIssue(custom, spelling, path);
  }
  const where = pathName(path, spelling);
  const message = issue.message.startsWith('Invalid input')
    ? 'is missing'
    : issue.message.replace(/^got undefined;/, 'is missing;');
  return where === '' ? message : `${where} ${message}`;
}

/**
 * Checks a spec that is already an object. `source` names it in messages, `spelling` how its fields are called there.
 * Throws UserError, one line.
 */
export function checkSpec(given: unknown, source: string, spelling: Spelling = 'fields'): SweepSpec {
  const result = specSchema().safeParse(given);
  if (result.success) return result.data as unknown as SweepSpec;
  throw new UserError(`${source}: ${firstIssue(result.error.issues, spelling).replace(/\s*\n\s*/g, ' ')}`);
}

/** Parses YAML (JSON is part of it) and checks it. Values, depth and aliases are bounded. */
export function parseSpec(content: string, source: string): SweepSpec {
  return checkSpec(fieldsOf(content, source), source);
}

function fieldsOf(content: string, source: string): object {
  if (content.length > LARGEST_SPEC) {
    throw new UserError(`${source} has ${content.length} characters; a spec has at most ${LARGEST_SPEC}`);
  }
  const given = parseYaml(content, source, { values: MOST_VALUES });
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new UserError(
      `${source} ${given === null ? 'is empty' : `holds ${shown(given)}`}; a spec is fields: name, dataset, network, format, …`,
    );
  }
  return given;
}

/** What a spec file asks for: one sweep, or the same sweep over each of several trained networks. */
export type SpecFile =
  | { readonly kind: 'one'; readonly spec: SweepSpec }
  | { readonly kind: 'several'; readonly specs: readonly SweepSpec[] };

/** As `readSpec`, of a file whose `weights` may be a list too. */
export function readSpecs(file: string): SpecFile {
  const fields = fieldsFrom(file);
  const { weights } = fields as { readonly weights?: unknown };
  const whole = (spec: object): SweepSpec => withPathsFrom(file, checkSpec(spec, file));
  if (!Array.isArray(weights)) return { kind: 'one', spec: whole(fields) };
  if (weights.length === 0 || new Set(weights).size < weights.length) {
    throw new UserError(
      `${file}: weights got ${shown(weights)}; give each trained network once, one at least`,
    );
  }
  return { kind: 'several', specs: weights.map((one: unknown) => whole({ ...fields, weights: one })) };
}

/**
 * Reads a spec file, and the files of assignments it names; paths in it are taken from its own folder where the files are there, else from the working
 * folder. Throws UserError for a spec that is missing, too large, no text or malformed.
 */
export function readSpec(file: string): SweepSpec {
  return withPathsFrom(file, checkSpec(fieldsFrom(file), file));
}

function fieldsFrom(file: string): object {
  const bytes = readBytes(file, { most: LARGEST_SPEC, wanted: 'a sweep spec (YAML or JSON)' });
  return withAssignmentsFrom(file, fieldsOf(textOf(bytes, file), file));
}
