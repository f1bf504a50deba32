/** What a measurement of sensitivity is asked to do, and the points it runs. */
import { UserError } from '../../errors.js';
import { getFormat } from '../../formats/registry.js';
import type { AssignmentEntry } from '../assignment-file.js';
import { planSweep } from '../plan.js';
import type { Point } from '../point.js';
import { checkSpec } from '../spec.js';
import type { FormatPair } from './layers.js';

export interface SensitivityRequest {
  /** Narrow formats, each a name, or `weights/activations`. */
  readonly formats: readonly string[];
  /** The wide one; float32e8m23 by default. */
  readonly wide?: string | undefined;
  /** Most validation accuracy an assignment may lose against all layers wide, in percentage points, 0..100; 0.5 by default. */
  readonly margin?: number | undefined;
  /** Of every layer, narrow or wide; `linear` by default. */
  readonly quantizer?: string | undefined;
  readonly granularity?: 'tensor' | 'channel' | undefined;
}

export const WIDE = 'float32e8m23';
export const MARGIN = 0.5;

/** `posit8es1`, or `int8/posit8es1` for weights and activations. Throws UserError for what is neither. */
export function formatPair(text: string): FormatPair {
  const [weights = '', activations = weights, ...more] = text.split('/');
  if (more.length > 0 || weights === '') {
    throw new UserError(`formats: '${text}' is not a format or a pair weights/activations`);
  }
  return { weights: getFormat(weights).name, activations: getFormat(activations).name };
}

/** Throws UserError, one line, for no formats, one that is given twice, and a margin that cannot be. */
export function checkRequest({ formats, wide = WIDE, margin = MARGIN }: SensitivityRequest): void {
  if (formats.length === 0) throw new UserError('sensitivity: no format given; name a narrow one');
  const names = formats.map((text) => nameOfPair(formatPair(text)));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new UserError(`sensitivity: ${twice} is given twice; give each format once`);
  const other = nameOfPair(formatPair(wide));
  if (names.includes(other)) {
    throw new UserError(`sensitivity: ${other} is narrow and wide; give a narrow format, or another --wide`);
  }
  if (!(margin >= 0 && margin <= 100)) {
    throw new UserError(`--margin ${margin}: give percentage points from 0 to 100`);
  }
}

export function nameOfPair({ weights, activations }: FormatPair): string {
  return weights === activations ? weights : `${weights}/${activations}`;
}

/** What all points of a measurement share. */
export interface PointFields {
  readonly network: string;
  readonly dataset: string;
  readonly testImages: number;
  readonly calibrationImages: number;
  readonly seed: number;
  readonly quantizer: string;
  readonly granularity: 'tensor' | 'channel';
}

/**
 * The point that `evaluate` would run for the entry: the emac dataflow, exact sums, every other axis at its default. Throws
 * UserError, one line, for formats that cannot be under the quantizer or granularity.
 */
export function pointOf(fields: PointFields, entry: AssignmentEntry): Point {
  const spec = checkSpec({ ...fields, name: 'layers', training: {}, format: [entry] }, 'layers', 'options');
  const plan = planSweep(spec);
  const [point] = plan.points;
  if (!point) {
    throw new UserError(`layers: ${[...plan.skipped.keys()][0]} cannot be; give another format or quantizer`);
  }
  return point;
}
