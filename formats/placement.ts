/** Where a tensor's reals lie in a format. */
import { UserError } from '../errors.js';
import type { NumberFormat } from './format.js';

/** Where a tensor's reals lie in a format: real = scale · (value − zeroPoint), in the range in use. */
export interface Placement {
  /** Positive and finite. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly range: 'full' | 'narrow';
}

export const UNIT: Placement = { scale: 1, zeroPoint: 0, range: 'full' };

/** The integers of the range in use of a format with zero points. */
export function rangeOf(format: NumberFormat, range: Placement['range']): { min: number; max: number } {
  if (range === 'narrow' && format.narrowRange) return format.narrowRange;
  return { min: format.facts.min, max: format.facts.max };
}

/** Throws UserError for a scale or zero point the format cannot have. */
export function checkPlacement(format: NumberFormat, placement: Placement): void {
  const { scale, zeroPoint } = placement;
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new UserError(`scale ${scale} is not usable; give a positive, finite number`);
  }
  if (format.zeroPoints === 'none') {
    if (zeroPoint === 0) return;
    throw new UserError(`format ${format.name} has no zero point, got ${zeroPoint}; use 0`);
  }
  const { min, max } = rangeOf(format, placement.range);
  if (!Number.isInteger(zeroPoint) || zeroPoint < min || zeroPoint > max) {
    throw new UserError(`zero point ${zeroPoint} is not an integer of ${format.name}, ${min} .. ${max}`);
  }
}
