/** What of a file is not supported, all of it at once. */
import { UserError } from '../../errors.js';
import type { TfliteModel } from './model.js';

/** Places that are told of each kind; the rest is counted. */
const SHOWN = 4;

/** Types of tensors between operators. */
const TYPES = new Set(['int8', 'uint8', 'int16', 'float32']);

/** Something that is not supported, and the operator that has it. */
export interface Objection {
  readonly what: string;
  readonly index: number;
}

/** Throws UserError that names every operator not in `known`, and every type between operators, with their places. */
export function refuseUnsupported(model: TfliteModel, known: readonly string[]): void {
  const objections = model.operators.flatMap(({ name, index, outputs }) => [
    ...(known.includes(name) ? [] : [{ what: name, index }]),
    ...outputs
      .filter(({ type }) => !TYPES.has(type))
      .map(({ type }) => ({ what: `outputs of ${type}`, index })),
  ]);
  refuse(model, objections, known);
  const strange = model.inputs.find(({ type }) => !TYPES.has(type));
  if (strange === undefined) return;
  throw new UserError(
    `${model.source}: tensor ${strange.index} (${strange.name}), an input, is of ${strange.type}; ${[...TYPES].join(', ')} are read`,
  );
}

/** Throws UserError, one line, that tells all objections, each once with its places; none where there are none. */
export function refuse(
  { source }: TfliteModel,
  objections: readonly Objection[],
  known: readonly string[],
): void {
  if (objections.length === 0) return;
  const places = new Map<string, number[]>();
  for (const { what, index } of objections) {
    const list = places.get(what);
    if (list === undefined) places.set(what, [index]);
    else list.push(index);
  }
  const told = [...places].map(([what, indices]) => {
    const more = indices.length > SHOWN ? ` and ${indices.length - SHOWN} more` : '';
    return `${what} (operator ${indices.slice(0, SHOWN).join(', ')}${more})`;
  });
  throw new UserError(
    `${source} has what is not supported: ${told.join('; ')}; supported are ${known.join(', ')}`,
  );
}
