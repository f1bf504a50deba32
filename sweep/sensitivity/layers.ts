/** The layers of a program that have formats of their own, and the assignments that try them one by one. */
import { movesCodes } from '../../networks/calibration.js';
import type { Program } from '../../networks/program.js';
import type { AssignmentEntry } from '../assignment-file.js';

/** A layer: its weights, where it has some, and the edge it writes. */
export interface Layer {
  /** `input` writes the images. */
  readonly name: string;
  readonly weights: 'own' | 'none';
  /** Name of the edge it writes, that of an activation fused into it. */
  readonly edge: string;
}

/** Names of the two formats of a tensor pair. */
export interface FormatPair {
  readonly weights: string;
  readonly activations: string;
}

/** In the program's order, `input` first. What only moves codes (max-pool, a stand-alone ReLU) has no format of its own. */
export function layersOf({ edges, steps, input }: Program): Layer[] {
  const images: Layer = { name: 'input', weights: 'none', edge: edges[input]!.name };
  const writers = steps.filter((step) => !movesCodes(step));
  return [
    images,
    ...writers.map(
      (step): Layer => ({
        name: step.name,
        weights: step.kind === 'mac' ? 'own' : 'none',
        edge: edges[step.output]!.name,
      }),
    ),
  ];
}

/** `defaults` everywhere but in `differing`, whose weights and activations are in `others`. */
export function assignmentEntry(
  name: string,
  defaults: FormatPair,
  differing: readonly Layer[],
  others: FormatPair,
): AssignmentEntry {
  const { weights, activations } = others;
  const layers = differing.map((layer) => [
    layer.name,
    layer.weights === 'own' ? { weights, activations } : { activations },
  ]);
  return {
    name,
    weights: defaults.weights,
    activations: defaults.activations,
    layers: Object.fromEntries(layers),
  };
}
