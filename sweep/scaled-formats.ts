/**
 * Which formats a choice comes to under a quantizer: with a free scale fixed<n>q<q> is the same integers whatever q, so
 * under linear it is fixed<n>q0, in rows, layers and vectors alike.
 */

import type { NumberFormat } from '../formats/format.js';
import { getFormat, openFormats } from '../formats/registry.js';
import type { Quantizer } from '../quantizers/quantizer.js';
import { scaledFormat } from '../quantizers/scaled-format.js';
import { formatNamed } from './sizes.js';
import type { LayerFormats } from './spec.js';

/** Formats that a point is asked to run in. */
export interface FormatChoice {
  /** What the row calls it: the format's name, `weights/activations`, or the assignment's own name. */
  readonly label: string;
  /** `best`: an open name, `fixed8`; the format of the highest accuracy on the calibration images is chosen. */
  readonly fraction: 'given' | 'best';
  readonly formats: LayerFormats;
}

/** Said once where a choice is changed. */
export const SCALE_NOTE = "fixed<n>q<q> under linear is fixed<n>q0: the scale takes q's place";

/** The choice itself where nothing changes. A label that was made of the formats' names is made again. */
export function scaledChoice(choice: FormatChoice, quantizer: Quantizer): FormatChoice {
  const scaled = (name: string) => scaledFormat(getFormat(name), quantizer).name;
  const { label, fraction, formats } = choice;
  if (fraction === 'best') {
    const [format, ...others] = new Set(openFormats(formats.weights)!.map(scaled));
    // where all that it may come to is one format, nothing is left to choose
    if (format === undefined || others.length > 0) return choice;
    return {
      label: format,
      fraction: 'given',
      formats: { ...formats, weights: format, activations: format },
    };
  }
  const weights = scaled(formats.weights);
  const activations = scaled(formats.activations);
  const layers = Object.fromEntries(
    Object.entries(formats.layers).map(([name, own]) => {
      const given = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined);
      return [name, Object.fromEntries(given.map(([role, format]) => [role, scaled(format)]))];
    }),
  );
  const changed = { weights, activations, layers };
  if (JSON.stringify(changed) === JSON.stringify(formats)) return choice;
  const labels = new Map([
    [formats.weights, weights],
    [`${formats.weights}/${formats.activations}`, `${weights}/${activations}`],
  ]);
  return { label: labels.get(label) ?? label, fraction, formats: changed };
}

/** The formats of each operand, those of single layers too; of an open name the last it may come to. */
export interface OperandFormats {
  readonly weights: readonly NumberFormat[];
  readonly activations: readonly NumberFormat[];
}

export function operandFormats({ formats }: FormatChoice): OperandFormats {
  const layers = Object.values(formats.layers);
  const all = (role: 'weights' | 'activations') => {
    const names = [formats[role], ...layers.flatMap((own) => own[role] ?? [])];
    return [...new Set(names)].map((name) => formatNamed(name));
  };
  return { weights: all('weights'), activations: all('activations') };
}
