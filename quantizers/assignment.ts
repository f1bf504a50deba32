/** Which format each layer's weights and activations are in: a default and what single layers have instead. */
import { z } from 'zod';
import { UserError } from '../errors.js';
import type { NumberFormat } from '../formats/format.js';
import { getFormat } from '../formats/registry.js';
import { didYouMean } from '../near.js';

const formatName = z.string({ error: 'must be the name of a format' });

const layerSchema = z.strictObject({ weights: formatName.optional(), activations: formatName.optional() });

const assignmentSchema = z.strictObject({
  weights: formatName,
  activations: formatName,
  layers: z.record(z.string(), layerSchema).optional(),
});

export interface LayerFormats {
  readonly weights: NumberFormat;
  readonly activations: NumberFormat;
}

export interface Assignment {
  readonly defaults: LayerFormats;
  /** Layers that are named, with both formats resolved, and which of the two was given for them. */
  readonly layers: ReadonlyMap<
    string,
    LayerFormats & { readonly given: readonly ('weights' | 'activations')[] }
  >;
}

/** One format for everything. */
export function uniformAssignment(format: NumberFormat): Assignment {
  return { defaults: { weights: format, activations: format }, layers: new Map() };
}

/**
 * Checks a spec from outside and resolves its names: defaults, and `layers` by the name of the layer. A layer's
 * activations are what it writes; the images are written by the layer `input`. Throws UserError naming the
 * first field that is wrong.
 */
export function parseAssignment(spec: unknown): Assignment {
  const parsed = assignmentSchema.safeParse(spec);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.length > 0 ? ` at '${issue.path.join('.')}'` : '';
    throw new UserError(
      `format assignment${where}: ${issue.message}; give { weights, activations, layers: { <layer>: { weights, activations } } } with names of formats`,
    );
  }
  const { weights, activations, layers = {} } = parsed.data;
  const defaults = { weights: getFormat(weights), activations: getFormat(activations) };
  const resolved = Object.entries(layers).map(([name, own]) => {
    const given = (['weights', 'activations'] as const).filter((kind) => own[kind] !== undefined);
    return [
      name,
      {
        weights: own.weights === undefined ? defaults.weights : getFormat(own.weights),
        activations: own.activations === undefined ? defaults.activations : getFormat(own.activations),
        given,
      },
    ] as const;
  });
  return { defaults, layers: new Map(resolved) };
}

/** What a layer uses. */
export function layerFormats(assignment: Assignment, layer: string): LayerFormats {
  return assignment.layers.get(layer) ?? assignment.defaults;
}

/**
 * Throws UserError for a layer of the assignment that the network does not have, or that has no weights, or no
 * activations of its own, to put into a format.
 */
export function checkLayers(
  assignment: Assignment,
  withWeights: readonly string[],
  withActivations: readonly string[],
): void {
  const all = [...new Set([...withActivations, ...withWeights])];
  for (const [name, { given }] of assignment.layers) {
    if (!all.includes(name)) {
      throw new UserError(
        `format assignment: the network has no layer '${name}' with a format; use ${all.join(', ')}${didYouMean(name, all)}`,
      );
    }
    for (const kind of given) {
      const having = kind === 'weights' ? withWeights : withActivations;
      if (!having.includes(name)) {
        throw new UserError(
          `format assignment: layer '${name}' has no ${kind} of its own; layers with ${kind} are ${having.join(', ')}`,
        );
      }
    }
  }
}
