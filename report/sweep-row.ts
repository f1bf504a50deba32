/** A sweep's CSV row as numbers and words: what tables and plots read. */
import { UserError } from '../errors.js';
import { getFormat, openFormats } from '../formats/registry.js';
import { NOT_AVAILABLE } from './table.js';

export interface SweepRow {
  readonly network: string;
  readonly dataset: string;
  readonly images: number | undefined;
  readonly format: string;
  /** `posit`, `float`, a plugin's own, …; `mixed` where tensors differ in format. */
  readonly family: string;
  readonly bits: number | undefined;
  readonly quantizer: string;
  /** Share of test images, 0 to 1, with its 95 % interval. */
  readonly accuracy: number | undefined;
  readonly accuracyLow: number | undefined;
  readonly accuracyHigh: number | undefined;
  /** The float baseline's accuracy on the same images. */
  readonly baseline: number | undefined;
  readonly drop: number | undefined;
  readonly p: number | undefined;
  readonly seed: string;
  /** Of one inference: pJ, ns and pJ·ns. */
  readonly energy: number | undefined;
  readonly delay: number | undefined;
  readonly edp: number | undefined;
  readonly units: string;
  readonly source: string;
  readonly band: string;
  readonly role: 'baseline' | 'candidate';
}

/** Of a CSV from before there was a column for it: what the format's name says, in a plugin's word its first letters. */
export function familyOf(name: string): string {
  try {
    return getFormat(openFormats(name)?.[0] ?? name).family;
  } catch {
    return /^[a-z]+/.exec(name)?.[0] ?? name;
  }
}

/**
 * Reads one row. Blanks and `n/a` become undefined. Throws UserError for a figure that is no number, with the
 * row (counted from 1, without the header) and column.
 */
export function readSweepRow(row: Readonly<Record<string, string>>, index: number): SweepRow {
  const text = (name: string): string => (row[name] === NOT_AVAILABLE ? '' : (row[name] ?? ''));
  const figure = (name: string): number | undefined => {
    const written = text(name).trim();
    if (written === '') return undefined;
    const value = Number(written);
    if (!Number.isFinite(value)) {
      throw new UserError(
        `row ${index + 1}, column ${name}: '${written.slice(0, 40)}' is not a number or n/a`,
      );
    }
    return value;
  };
  const format = text('format');
  const mixed = text('weights') !== text('activations') || !['', 'none'].includes(text('layers'));
  return {
    network: text('network'),
    dataset: text('dataset'),
    images: figure('images'),
    format,
    family: text('family') || (mixed ? 'mixed' : familyOf(text('weights') || format)),
    bits: figure('bits'),
    quantizer: text('quantizer'),
    accuracy: figure('accuracy'),
    accuracyLow: figure('accuracy_low'),
    accuracyHigh: figure('accuracy_high'),
    baseline: figure('baseline'),
    drop: figure('drop'),
    p: figure('mcnemar_p'),
    seed: text('seed'),
    energy: figure('energy_pj'),
    delay: figure('delay_ns'),
    edp: figure('edp_pj_ns'),
    units: text('units'),
    source: text('cost_source'),
    band: text('cost_band'),
    role: text('dataflow') === 'float' ? 'baseline' : 'candidate',
  };
}
