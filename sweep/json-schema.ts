/** The JSON Schema of specs, for editors: made from the same facts as the check itself. */
import type { GridKey } from '../formats/family.js';
import { formatFamilies } from '../formats/registry.js';
import { AXES, type Axis } from './axes.js';
import { type Field, type FieldValues, SPEC_FIELDS, TABLE_FIELDS, TRAINING_FIELDS } from './fields.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** `5..8` */
const RANGE = { type: 'string', pattern: '^\\d{1,10}\\.\\.\\d{1,10}$' };
const NAME = { type: 'string', minLength: 1, maxLength: 1024 };

function oneOfField(values: FieldValues): JsonSchema {
  switch (values.kind) {
    case 'words':
      return { enum: values.words };
    case 'integers':
      return { type: 'integer', minimum: values.least, maximum: values.most };
    case 'reals':
      return { type: 'number', minimum: values.least, maximum: values.most };
    case 'count':
      return { anyOf: [{ const: 'all' }, { type: 'integer', minimum: 1, maximum: values.most }] };
    case 'names':
    case 'text':
      return NAME;
    default:
      return values satisfies never;
  }
}

/** One value, or a list; whole numbers also as ranges. */
function oneOrMore(one: JsonSchema, isNumber: boolean): JsonSchema {
  const item = isNumber ? { anyOf: [one, RANGE] } : one;
  return { anyOf: [one, ...(isNumber ? [RANGE] : []), { type: 'array', items: item, minItems: 1 }] };
}

function described(schema: JsonSchema, { meaning, otherwise }: Field): JsonSchema {
  return { description: meaning, ...(otherwise === undefined ? {} : { default: otherwise }), ...schema };
}

function object(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties };
}

function objectOf(fields: readonly Field[]): JsonSchema {
  return object(
    Object.fromEntries(fields.map((field) => [field.name, described(oneOfField(field.values), field)])),
  );
}

function gridKey({ least, most, words = [] }: GridKey): JsonSchema {
  if (least === undefined) return { enum: words };
  const numbers = oneOrMore({ type: 'integer', minimum: least, maximum: most }, true);
  return words.length === 0 ? numbers : { anyOf: [{ enum: words }, ...(numbers.anyOf as JsonSchema[])] };
}

/** Names, grids of the families that have one, pairs and assignments. */
function formatSchema(): JsonSchema {
  const grids = formatFamilies().flatMap(({ name, grid }) => {
    if (!grid) return [];
    const keys = Object.entries(grid.keys);
    const needed = keys.filter(([, key]) => key.otherwise === undefined).map(([key]) => key);
    return [
      [name, object(Object.fromEntries(keys.map(([key, allowed]) => [key, gridKey(allowed)])), needed)],
    ];
  });
  const layer = object({ weights: NAME, activations: NAME });
  const uniform = object({ names: oneOrMore(NAME, false), ...Object.fromEntries(grids) });
  const assignment = object(
    { name: NAME, weights: NAME, activations: NAME, layers: { type: 'object', additionalProperties: layer } },
    ['weights', 'activations'],
  );
  return {
    type: 'array',
    minItems: 1,
    items: { anyOf: [NAME, { ...uniform, minProperties: 1 }, assignment] },
  };
}

function axisSchema(axis: Axis): JsonSchema {
  const { values } = axis;
  if (values.kind === 'names' && values.of === 'format') return described(formatSchema(), axis);
  return described(oneOrMore(oneOfField(values), values.kind === 'integers'), axis);
}

/** An object that has these keys, whatever else. */
function having(keys: readonly string[]): JsonSchema {
  return { type: 'object', required: keys, properties: Object.fromEntries(keys.map((key) => [key, {}])) };
}

/** JSON Schema, draft 2020-12, of a spec with the families that are registered by now. */
export function specJsonSchema(): JsonSchema {
  const properties = {
    ...(objectOf(Object.values(SPEC_FIELDS)).properties as Record<string, JsonSchema>),
    weights: described(oneOrMore(NAME, false), SPEC_FIELDS.weights),
    table: { description: 'how a CSV file is read', ...objectOf(Object.values(TABLE_FIELDS)) },
    training: {
      description: 'the recipe of the training; stands in place of weights',
      ...objectOf(Object.values(TRAINING_FIELDS)),
    },
    ...Object.fromEntries(AXES.map((axis) => [axis.name, axisSchema(axis)])),
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A sweep of cheetah-numerics',
    allOf: [
      object(properties, ['name', 'format']),
      { anyOf: [having(['weights']), having(['training', 'network', 'dataset'])] },
    ],
  };
}
