/** Computed codes beside the exact rule, and the values of wide formats where they could differ. */
import { nextDown, nextUp, powerOfTwo, toNumber } from '../../../arithmetic/float64.js';
import { Stream } from '../../../arithmetic/philox.js';
import { RANDOM_WORDS } from '../../../formats/conformance/probes.js';
import type { NumberFormat, Rounding } from '../../../formats/format.js';
import type { Placement } from '../../../formats/placement.js';
import { codecOf } from '../../../formats/rounding/codec.js';
import { codeOfQuotient, UNDECIDED } from '../../../formats/rounding/computed.js';
import { quantizeExact } from '../../../formats/rounding/exact.js';

/** What computed codes say against the exact rule, on values · scale; how many they leave to it. */
export function compareWithExact(
  format: NumberFormat,
  rounding: Rounding,
  placement: Placement,
  values: Iterable<number>,
): { wrong: string[]; undecided: number } {
  const codec = codecOf(format, format.layout!, rounding, placement);
  const wrong: string[] = [];
  let undecided = 0;
  for (const value of values) {
    const x = value * placement.scale;
    if (!Number.isFinite(x)) continue;
    for (const randomWord of rounding.mode === 'stochastic' ? RANDOM_WORDS : [0]) {
      const code = codeOfQuotient(codec, x, randomWord);
      if (code === UNDECIDED) {
        undecided++;
        continue;
      }
      const right = quantizeExact(format, x, rounding, placement, randomWord);
      if (code !== right) wrong.push(`${JSON.stringify(rounding)} ${x} ${randomWord}: ${code}, not ${right}`);
    }
  }
  return { wrong, undecided };
}

/** Levels near powers of two, changes of regime, the ends and random ones, and the boundaries above them. */
export function wideValues(format: NumberFormat, random: number): number[] {
  const { levels, facts } = format;
  const stream = new Stream(11, 'dataset');
  const indices = new Set<number>();
  for (let e = -500; e <= 500; e++) {
    const power = powerOfTwo(e);
    if (power < facts.minPositive || power > facts.max) continue;
    for (const sign of [1, -1]) {
      const index = levels.index(format.encode(sign * power));
      for (const near of [index - 1, index, index + 1]) indices.add(near);
    }
  }
  for (const end of [0, 1, 2]) {
    indices.add(end);
    indices.add(levels.count - 1 - end);
  }
  for (let i = 0; i < random; i++) indices.add(stream.below(levels.count));
  const values: number[] = [];
  for (const index of indices) {
    if (index < 0 || index >= levels.count) continue;
    const centres = [format.toNumber(levels.code(index)), toNumber(format.boundary(index))];
    for (const x of centres) values.push(nextDown(x), x, nextUp(x));
  }
  return values;
}
