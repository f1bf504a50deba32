/** What of a file is not supported, all of it at once. */
import { UserError } from '../../errors.js';
import type { TfliteModel } from './model.js';

/** Places that are told of each kind; the rest is counted. */
const SHOWN = 4;

/** Types of tensors between operators. */
const TYPES = new Set(['int8', 'uint8', 'int16', 'float32']);

/** Throws UserError that names every operator not in `known`, and every type between operators, with their places. */
export function refuseUnsupported(model: TfliteModel, known: readonly string[]): void {
  const places = new Map<string, number[]>();
  const note = (what: string, index: number): void => {
    places.set(what, [...(places.get(what) ?? []), index]);
  };
  for (const { name, index, outputs } of model.operators) {
    if (!known.includes(name)) note(name, index);
    for (const { type } of outputs) if (!TYPES.has(type)) note(`outputs of ${type}`, index);
  }
  if (places.size === 0) return;
  const told = [...places].map(([what, indices]) => {
    const more = indices.length > SHOWN ? ` and ${indices.length - SHOWN} more` : '';
    return `${what} (operator ${indices.slice(0, SHOWN).join(', ')}${more})`;
  });
  throw new UserError(
    `${model.source} has what is not supported: ${told.join('; ')}; supported are ${known.join(', ')}`,
  );
}
