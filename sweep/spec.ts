/**
 * What a sweep is asked to do: a YAML or JSON file, checked field by field. Every complaint is one line that
 * names the file, the field, what was given and what is allowed.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { accumulatorName, parseAccumulator } from '../emac/layer/choices.js';
import { UserError } from '../errors.js';
import type { GridKey, GridValues } from '../formats/family.js';
import { OVERFLOW_POLICIES, ROUNDING_MODES, UNDERFLOWS } from '../formats/format.js';
import { formatFamilies, getFormat, openFormats } from '../formats/registry.js';
import { readBytes } from '../input/bounded-file.js';
import { parseYaml } from '../input/structured.js';
import { ENCODINGS, textOf } from '../input/text.js';
import { getDataflow } from '../networks/dataflows/registry.js';
import { parseQuantizer, quantizerName } from '../quantizers/quantizer.js';
import {
  countOrAll,
  listOf,
  mapOf,
  names,
  numbers,
  numbersOr,
  parsed,
  real,
  record,
  shown,
  text,
  whole,
} from './fields.js';
import { withPathsFrom } from './spec-paths.js';

/** A spec is written by hand: beyond this size it is something else. */
const LARGEST_SPEC = 2 ** 20;
const MOST_VALUES = 2 ** 14;
/** Entries of `formats`, and layers of an assignment. */
const MOST_ENTRIES = 4096;
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

function gridKey({ least, most, words = [], otherwise }: GridKey) {
  const values = numbersOr(least, most, words);
  return otherwise === undefined ? values : values.prefault(otherwise);
}

const layer = record({
  weights: parsedOne(formatName).optional(),
  activations: parsedOne(formatName).optional(),
});

/** One text that `check` accepts. */
function parsedOne(check: (text: string) => string) {
  return parsed(check).transform((list, context): string => {
    if (list.length === 1) return list[0]!;
    context.addIssue({ code: 'custom', message: 'has several names; give one' });
    return z.NEVER;
  });
}

/** Formats by layer: the defaults, and the layers that differ. Canonical names. */
export interface LayerFormats {
  readonly weights: string;
  readonly activations: string;
  readonly layers: Readonly<
    Record<string, { readonly weights?: string | undefined; readonly activations?: string | undefined }>
  >;
}

/** An entry of `formats`: names; families; a pair of weights and activations; or an assignment by layer. */
export interface FormatEntry {
  /** Names of formats, open ones among them. */
  readonly names?: readonly string[];
  /** By the family's name: a grid of its formats. */
  readonly families?: Readonly<Record<string, GridValues>>;
  /** Of the assignment. */
  readonly name?: string;
  readonly weights?: string;
  readonly activations?: string;
  readonly layers?: LayerFormats['layers'];
}

/** How an entry is read. */
function formatEntry() {
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

/** What `train` takes but the seed, which is an axis; absent fields have its defaults. */
const training = record({
  epochs: whole(1, 10_000).optional(),
  batch: whole(1, 4096).optional(),
  optimizer: z
    .enum(['sgd', 'adam'], { error: (issue) => `got ${shown(issue.input)}; give sgd or adam` })
    .optional(),
  rate: real(1e-9, 10).optional(),
  momentum: real(0, 0.9999).optional(),
  decay: real(0, 1).optional(),
  schedule: z
    .enum(['constant', 'step', 'cosine'], {
      error: (issue) => `got ${shown(issue.input)}; give constant, step or cosine`,
    })
    .optional(),
  images: countOrAll(10_000_000).prefault('all'),
});

/** A column by name or by number from 1; YAML gives the number as one. */
const labelColumn = z.preprocess(
  (given) => (typeof given === 'number' ? String(given) : given),
  text("the label column's name, or its number from 1"),
);

/** One of a few words. YAML 1.2 reads yes and no as text. */
function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: (issue) => `got ${shown(issue.input)}; give ${words.join(' or ')}` });
}

const specSchema = () =>
  record({
    name: text('a name of letters, digits, - and _').regex(/^[\w-]{1,100}$/, {
      error: (issue) => `got ${shown(issue.input)}; give a name of letters, digits, - and _`,
    }),
    /** May be left out where `weights` is a saved model. */
    dataset: text('the name of a data set or a CSV file').optional(),
    /** How a CSV file is read; what is absent is guessed. */
    table: record({
      label: labelColumn.optional(),
      header: oneOf(['yes', 'no']).optional(),
      delimiter: text('comma, semicolon, tab, pipe or the mark itself').optional(),
      encoding: oneOf(ENCODINGS).optional(),
    }).optional(),
    images: countOrAll(10_000_000).prefault('all'),
    /** May be left out where `weights` is a saved model. */
    network: text('a network of the zoo or a network file').optional(),
    weights: text('the directory of a saved model, or a .safetensors file').optional(),
    training: training.optional(),
    formats: listOf(formatEntry(), MOST_ENTRIES, 'formats'),
    quantizers: parsed((name) => quantizerName(parseQuantizer(name))).prefault(['linear:mse']),
    modes: names(ROUNDING_MODES).prefault(['nearest-even']),
    policies: names(OVERFLOW_POLICIES).prefault(['saturate']),
    underflow: names(UNDERFLOWS).prefault(['none']),
    granularity: names(['tensor', 'channel']).prefault(['tensor']),
    scaleBits: numbers(1, 53).prefault([16]),
    bias: names(['accumulator', 'format']).prefault(['accumulator']),
    accumulators: parsed((name) => accumulatorName(parseAccumulator(name))).prefault(['exact']),
    logits: names(['rounded', 'accumulator']).prefault(['rounded']),
    dataflow: parsed((name) => getDataflow(name).name).prefault(['emac']),
    calibrationImages: numbers(1, 1_000_000).prefault([1000]),
    seeds: numbers(0, 2 ** 32 - 1).prefault([0]),
    cost: parsed((name) => name).prefault(['library45']),
    units: numbers(1, 1_000_000).prefault([1]),
  }).check((context) => {
    const { dataset, network, weights, training: recipe } = context.value;
    if (network === undefined && weights === undefined) {
      context.issues.push({
        code: 'custom',
        message: 'network is missing; name one of the zoo, a JSON file, or give weights of a saved model',
        input: context.value,
      });
    }
    if (dataset === undefined && weights === undefined) {
      context.issues.push({
        code: 'custom',
        message: 'dataset is missing; name one, or give weights of a saved model',
        input: context.value,
      });
    }
    if ((weights === undefined) === (recipe === undefined)) {
      const given = weights === undefined ? 'neither' : 'both';
      context.issues.push({
        code: 'custom',
        message: `${given} of weights and training given; give weights of a saved model or a training recipe`,
        input: context.value,
      });
    }
  });

export type SweepSpec = z.infer<ReturnType<typeof specSchema>>;

/** `formats[0].posit.bits`: where in the file an issue is. */
function pathName(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

/** The first issue that says something: of a union, the branch that came furthest. */
function firstIssue(issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): string {
  const issue = issues[0]!;
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const furthest = [...issue.errors].sort((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0));
    const custom = furthest.find((branch) => branch[0]?.code === 'custom') ?? furthest[0]!;
    return firstIssue(custom, path);
  }
  const where = pathName(path);
  const message = issue.message.startsWith('Invalid input')
    ? 'is missing'
    : issue.message.replace(/^got undefined;/, 'is missing;');
  return where === '' ? message : `${where} ${message}`;
}

/** Checks a spec that is already an object. `source` names it in messages. Throws UserError, one line. */
export function checkSpec(given: unknown, source: string): SweepSpec {
  const result = specSchema().safeParse(given);
  if (result.success) return result.data;
  throw new UserError(`${source}: ${firstIssue(result.error.issues).replace(/\s*\n\s*/g, ' ')}`);
}

/** Parses YAML (JSON is part of it) and checks it. Values, depth and aliases are bounded. */
export function parseSpec(content: string, source: string): SweepSpec {
  if (content.length > LARGEST_SPEC) {
    throw new UserError(`${source} has ${content.length} characters; a spec has at most ${LARGEST_SPEC}`);
  }
  const given = parseYaml(content, source, { values: MOST_VALUES });
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new UserError(
      `${source} ${given === null ? 'is empty' : `holds ${shown(given)}`}; a spec is fields: name, dataset, network, formats, …`,
    );
  }
  return checkSpec(given, source);
}

/**
 * Reads a spec file; paths in it are taken from its own folder where the files are there, else from the working
 * folder. Throws UserError for a spec that is missing, too large, no text or malformed.
 */
export function readSpec(file: string): SweepSpec {
  const bytes = readBytes(file, { most: LARGEST_SPEC, wanted: 'a sweep spec (YAML or JSON)' });
  return withPathsFrom(file, parseSpec(textOf(bytes, file), file));
}

/** JSON with the keys of every object in order, so that equal things are equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** SHA-256 of the canonical JSON, in hex. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
