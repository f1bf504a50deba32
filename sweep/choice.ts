/**
 * What a point is asked to run in: an assignment of formats, or formats of which the best is to be found. Written, for
 * files and for other threads, it is names; a point holds the formats themselves.
 */
import type { NumberFormat } from '../formats/format.js';
import { getFormat, openFormats } from '../formats/registry.js';
import { type Assignment, parseAssignment, uniformAssignment } from '../quantizers/assignment.js';
import type { Quantizer } from '../quantizers/quantizer.js';
import { scaledFormat } from '../quantizers/scaled-format.js';

export type FormatChoice =
  /** `label`: the format's name, `weights/activations`, or the assignment's own name. */
  | { readonly kind: 'given'; readonly label: string; readonly assignment: Assignment }
  /** Of an open name, `fixed8`; the candidate with the highest accuracy on the validation images, of equals the first. */
  | { readonly kind: 'best'; readonly label: string; readonly candidates: readonly NumberFormat[] };

/** Formats by layer, in names: the defaults, and the layers that differ with what was given for them. */
export interface WrittenAssignment {
  readonly weights: string;
  readonly activations: string;
  readonly layers: Readonly<
    Record<string, { readonly weights?: string | undefined; readonly activations?: string | undefined }>
  >;
}

export interface WrittenChoice {
  readonly label: string;
  readonly fraction: 'given' | 'best';
  readonly formats: WrittenAssignment;
}

/** One format everywhere; `fixed8` leaves its fraction bits open. Throws UserError for a name that is no format's. */
export function uniformChoice(name: string): FormatChoice {
  const open = openFormats(name);
  if (open) return { kind: 'best', label: name, candidates: open.map(getFormat) };
  const format = getFormat(name);
  return { kind: 'given', label: format.name, assignment: uniformAssignment(format) };
}

export function writeAssignment({ defaults, layers }: Assignment): WrittenAssignment {
  return {
    weights: defaults.weights.name,
    activations: defaults.activations.name,
    layers: Object.fromEntries(
      [...layers].map(([layer, own]) => [
        layer,
        Object.fromEntries(own.given.map((role) => [role, own[role].name])),
      ]),
    ),
  };
}

export function writeChoice(choice: FormatChoice): WrittenChoice {
  const { label } = choice;
  if (choice.kind === 'given') {
    return { label, fraction: 'given', formats: writeAssignment(choice.assignment) };
  }
  return { label, fraction: 'best', formats: { weights: label, activations: label, layers: {} } };
}

/** Throws UserError for names of formats that are not registered here. */
export function readChoice({ label, fraction, formats }: WrittenChoice): FormatChoice {
  if (fraction === 'best') return uniformChoice(label);
  return { kind: 'given', label, assignment: parseAssignment(formats) };
}

/** What the user is told, once, where `scaledChoice` changes a choice. */
export const SCALE_NOTE = "fixed<n>q<q> under linear is fixed<n>q0: the scale takes q's place";

/**
 * Which formats a choice comes to under a quantizer: with a free scale fixed<n>q<q> is the same integers whatever q, so
 * under linear it is fixed<n>q0. The choice itself where nothing changes; a label that was made of the formats' names
 * is made again.
 */
export function scaledChoice(choice: FormatChoice, quantizer: Quantizer): FormatChoice {
  const scaled = (format: NumberFormat) => scaledFormat(format, quantizer);
  if (choice.kind === 'best') {
    const [format, ...others] = new Set(choice.candidates.map(scaled));
    // where all that it may come to is one format, nothing is left to choose
    return format === undefined || others.length > 0 ? choice : uniformChoice(format.name);
  }
  const { defaults, layers } = choice.assignment;
  const assignment: Assignment = {
    defaults: scaledPair(defaults, scaled),
    layers: new Map([...layers].map(([layer, own]) => [layer, { ...own, ...scaledPair(own, scaled) }])),
  };
  const written = writeAssignment(assignment);
  if (JSON.stringify(written) === JSON.stringify(writeAssignment(choice.assignment))) return choice;
  const { weights, activations } = defaults;
  const labels = new Map([
    [weights.name, written.weights],
    [`${weights.name}/${activations.name}`, `${written.weights}/${written.activations}`],
  ]);
  return { kind: 'given', label: labels.get(choice.label) ?? choice.label, assignment };
}

function scaledPair(
  { weights, activations }: { readonly weights: NumberFormat; readonly activations: NumberFormat },
  scaled: (format: NumberFormat) => NumberFormat,
) {
  return { weights: scaled(weights), activations: scaled(activations) };
}

/** The formats of each operand, those of single layers too; where the best is to be found, the last candidate. */
export interface OperandFormats {
  readonly weights: readonly NumberFormat[];
  readonly activations: readonly NumberFormat[];
}

export function operandFormats(choice: FormatChoice): OperandFormats {
  if (choice.kind === 'best') {
    const last = choice.candidates.slice(-1);
    return { weights: last, activations: last };
  }
  const { defaults, layers } = choice.assignment;
  const all = (role: 'weights' | 'activations') => [
    ...new Set([defaults[role], ...[...layers.values()].map((own) => own[role])]),
  ];
  return { weights: all('weights'), activations: all('activations') };
}
