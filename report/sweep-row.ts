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

/**
 * The family of a format, for a CSV without a column `family`: that of the known format, else the letters the name
 * begins with.
 */
export function familyOf(name: string): string {
  try {
    return getFormat(openFormats(name)?.[0] ?? name).family;
  } catch {
    return /^[a-z]+/.exec(name)?.[0] ?? name;
  }
}

/** Costs beyond these (pJ, ns, pJ·ns) are no circuit's; their quotients still fit a float64. */
const LEAST_COST = 1e-30;
const MOST_COST = 1e30;
/** More bits than any format has. */
const MOST_BITS = 1024;

/**
 * Reads one row. Blanks and `n/a` become undefined. Throws UserError for a figure that is no number, or none that its
 * column can have, with the row (counted from 1, without the header) and column.
 */
export function readSweepRow(row: Readonly<Record<string, string>>, index: number): SweepRow {
  const text = (name: string): string => (row[name] === NOT_AVAILABLE ? '' : (row[name] ?? ''));
  const figure = (name: string, least: number, most: number): number | undefined => {
    const written = text(name).trim();
    if (written === '') return undefined;
    const value = Number(written);
    const where = `row ${index + 1}, column ${name}: '${written.slice(0, 40)}'`;
    if (!Number.isFinite(value)) throw new UserError(`${where} is not a number or n/a`);
    if (value < least || value > most) {
      throw new UserError(`${where} cannot be; it is ${least} to ${most}, or n/a`);
    }
    return value;
  };
  const share = (name: string): number | undefined => figure(name, 0, 1);
  // 0 is priced by nothing and left out of figures; what is not 0 must fit on an axis with the others
  const cost = (name: string): number | undefined =>
    Number(text(name)) === 0 ? figure(name, 0, 0) : figure(name, LEAST_COST, MOST_COST);
  const format = text('format');
  const mixed = text('weights') !== text('activations') || !['', 'none'].includes(text('layers'));
  return {
    network: text('network'),
    dataset: text('dataset'),
    images: figure('images', 0, 2 ** 53),
    format,
    family: text('family') || (mixed ? 'mixed' : familyOf(text('weights') || format)),
    bits: figure('bits', 1, MOST_BITS),
    quantizer: text('quantizer'),
    accuracy: share('accuracy'),
    accuracyLow: share('accuracy_low'),
    accuracyHigh: share('accuracy_high'),
    baseline: share('baseline'),
    drop: figure('drop', -1, 1),
    p: share('mcnemar_p'),
    seed: text('seed'),
    energy: cost('energy_pj'),
    delay: cost('delay_ns'),
    edp: cost('edp_pj_ns'),
    units: text('units'),
    source: text('cost_source'),
    band: text('cost_band'),
    role: text('dataflow') === 'float' ? 'baseline' : 'candidate',
  };
}
