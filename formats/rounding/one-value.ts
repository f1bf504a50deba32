/** Encoding one float64 at scale 1: what `NumberFormat.encode` does. */

import type { NumberFormat, Rounding } from '../format.js';
import type { CodeLayout } from '../layout.js';
import { UNIT } from '../placement.js';
import { type Codec, codecOf } from './codec.js';
import { codeOf, UNDECIDED } from './computed.js';
import { quantizeExact } from './exact.js';
import { checkRandomWord, checkRounding, specialCode } from './rules.js';
import { type RoundingThresholds, roundingThresholds, thresholdIndex } from './thresholds.js';

const unitTables = new WeakMap<NumberFormat, Map<string, RoundingThresholds>>();

/** The thresholds at scale 1 and zero point 0, built once. */
export function unitThresholds(format: NumberFormat, rounding: Rounding): RoundingThresholds {
  let known = unitTables.get(format);
  if (!known) {
    known = new Map();
    unitTables.set(format, known);
  }
  const key = `${rounding.mode} ${rounding.policy} ${rounding.underflow}`;
  let thresholds = known.get(key);
  if (!thresholds) {
    thresholds = roundingThresholds(format, rounding, UNIT);
    known.set(key, thresholds);
  }
  return thresholds;
}

const codecs = new WeakMap<NumberFormat, Map<string, Codec>>();

/** The codec at scale 1 and zero point 0, made once. */
function unitCodec(format: NumberFormat, layout: CodeLayout, rounding: Rounding): Codec {
  let known = codecs.get(format);
  if (!known) {
    known = new Map();
    codecs.set(format, known);
  }
  const key = `${rounding.mode} ${rounding.policy} ${rounding.underflow}`;
  let codec = known.get(key);
  if (!codec) {
    codec = codecOf(format, layout, rounding, UNIT);
    known.set(key, codec);
  }
  return codec;
}

/** See `NumberFormat.encode`: by thresholds up to 8 bits, else computed where the format has a layout, else exactly. */
export function encodeNumber(
  format: NumberFormat,
  value: number,
  rounding: Rounding,
  randomWord: number | undefined,
): number {
  checkRounding(format, rounding);
  if (!Number.isFinite(value)) return specialCode(format, value, rounding.policy);
  if (format.bits > 8 || rounding.mode === 'stochastic') {
    if (format.layout) {
      const word = rounding.mode === 'stochastic' ? checkRandomWord(randomWord) : 0;
      const code = codeOf(unitCodec(format, format.layout, rounding), value, word);
      if (code !== UNDECIDED) return code;
    }
    return quantizeExact(format, value, rounding, UNIT, randomWord);
  }
  const thresholds = unitThresholds(format, rounding);
  return thresholds.codes[thresholdIndex(thresholds, value)]!;
}
