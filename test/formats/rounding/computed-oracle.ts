/** Computed codes beside the exact rule, and the values of wide formats where they could differ. */
import { nextDown, nextUp, powerOfTwo, toNumber } from '../../../arithmetic/float64.js';
import { Stream } from '../../../arithmetic/philox.js';
import { DRAWS } from '../../../formats/conformance/probes.js';
import type { NumberFormat, Rounding } from '../../../formats/format.js';
import type { Placement } from '../../../formats/placement.js';
import { codecOf } from '../../../formats/rounding/codec.js';
import { codeOfQuotient, OPEN } from '../../../formats/rounding/computed.js';
import { encodePlaced } from '../../../formats/rounding/exact.js';

/** What computed codes say against the exact rule, on values · scale; how many they leave to it. */
export function compareWithExact(
  format: NumberFormat,
  rounding: Rounding,
  placement: Placement,
  values: Iterable<number>,
): { wrong: string[]; open: number } {
  const codec = codecOf(format, format.layout!, rounding, placement);
  const wrong: string[] = [];
  let open = 0;
  for (const value of values) {
    const x = value * placement.scale;
    if (!Number.isFinite(x)) continue;
    for (const draw of rounding.mode === 'stochastic' ? DRAWS : [0]) {
      const code = codeOfQuotient(codec, x, draw);
      if (code === OPEN) {
        open++;
        continue;
      }
      const right = encodePlaced(format, x, rounding, placement, draw);
      if (code !== right) wrong.push(`${JSON.stringify(rounding)} ${x} ${draw}: ${code}, not ${right}`);
    }
  }
  return { wrong, open };
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
