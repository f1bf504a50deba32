/** Encoding one float64 at scale 1: what `NumberFormat.encode` does. */
import { encodePlaced } from './bracket.js';
import type { NumberFormat, Rounding } from './format.js';
import { buildLadder, type Ladder, ladderIndex } from './ladder.js';
import { UNIT } from './placement.js';
import { checkRounding, specialCode } from './rounding.js';

const ladders = new WeakMap<NumberFormat, Map<string, Ladder>>();

/** The ladder at scale 1 and zero point 0, built once. */
export function unitLadder(format: NumberFormat, rounding: Rounding): Ladder {
  let known = ladders.get(format);
  if (!known) {
    known = new Map();
    ladders.set(format, known);
  }
  const key = `${rounding.mode} ${rounding.policy} ${rounding.underflow}`;
  let ladder = known.get(key);
  if (!ladder) {
    ladder = buildLadder(format, rounding, UNIT);
    known.set(key, ladder);
  }
  return ladder;
}

/** See `NumberFormat.encode`: by the ladder up to 8 bits, else exactly, value by value. */
export function encodeNumber(
  format: NumberFormat,
  value: number,
  rounding: Rounding,
  draw: number | undefined,
): number {
  checkRounding(format, rounding);
  if (!Number.isFinite(value)) return specialCode(format, value, rounding.policy);
  if (format.bits > 8 || rounding.mode === 'stochastic') {
    return encodePlaced(format, value, rounding, UNIT, draw);
  }
  const ladder = unitLadder(format, rounding);
  return ladder.codes[ladderIndex(ladder, value)]!;
}
