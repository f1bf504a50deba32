/** Units of a format, and what they are compared with. */
import { toRational } from '../../../arithmetic/float64.js';
import { add, compare, multiply, type Rational, ZERO } from '../../../arithmetic/rational.js';
import { EmacUnit } from '../../../emac/unit/pipeline.js';
import type { UnitSpec } from '../../../emac/unit/spec.js';
import { NEAREST_EVEN, type NumberFormat } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';

/** Nearest-even by scanning every boundary: shares nothing with the encoders but the format's own facts. */
export function nearestCode(format: NumberFormat, value: Rational): number {
  if (value.numerator === 0n) return format.encode(0);
  const { levels } = format;
  let index = 0;
  while (index < levels.count - 1) {
    const order = compare(value, format.boundary(index));
    if (order < 0 || (order === 0 && format.isEven(levels.code(index)))) break;
    index++;
  }
  const code = levels.code(index);
  if (format.toNumber(code) !== 0) return code;
  const negative = value.numerator < 0n;
  if (format.family === 'posit') return levels.code(negative ? index - 1 : index + 1);
  return negative && format.negativeZero !== undefined ? format.negativeZero : code;
}

export function exactSum(format: [NumberFormat, NumberFormat], w: number[], x: number[]): Rational {
  return w.reduce((sum, code, i) => {
    const product = multiply(toRational(format[0].toNumber(code)), toRational(format[1].toNumber(x[i]!)));
    return add(sum, product);
  }, ZERO);
}

export function unitOf(name: string, spec: Partial<UnitSpec> = {}): EmacUnit {
  const format = getFormat(name);
  return new EmacUnit({
    weights: format,
    activations: format,
    output: format,
    rounding: NEAREST_EVEN,
    maxK: 64,
    ...spec,
  });
}

export function finiteCodes(format: NumberFormat): number[] {
  return Array.from({ length: 2 ** format.bits }, (_, code) => code).filter((code) =>
    Number.isFinite(format.toNumber(code)),
  );
}
