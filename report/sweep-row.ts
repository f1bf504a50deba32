/** A sweep's CSV row as numbers and words: what tables and plots read. */
import { UserError } from '../errors.js';
import { NOT_AVAILABLE } from './table.js';

export interface SweepRow {
  readonly network: string;
  readonly dataset: string;
  readonly images: number | undefined;
  readonly format: string;
  /** The format's name without its numbers: `posit`, `float`, `fixed`, …; `mixed` where tensors differ in format. */
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

/** Families by how their names begin; longest first, so that pow2int is not taken for pow2. */
const FAMILIES: ReadonlyArray<readonly [prefix: string, family: string]> = [
  ['pow2int', 'pow2int'],
  ['pow2val', 'pow2val'],
  ['bfloat', 'float'],
  ['affine', 'affine'],
  ['posit', 'posit'],
  ['float', 'float'],
  ['fixed', 'fixed'],
  ['uint', 'affine'],
  ['int', 'affine'],
];

/** The family a format's name says it is of: known prefixes, else its leading letters (a plugin's word). */
export function familyOf(format: string): string {
  const known = FAMILIES.find(([prefix]) => format.startsWith(prefix));
  return known?.[1] ?? /^[a-z]+/.exec(format)?.[0] ?? format;
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
    family: mixed ? 'mixed' : familyOf(text('weights') || format),
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
