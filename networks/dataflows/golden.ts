/** The words and numbers of golden vectors (docs/golden-vectors.md): exact, as text. */
import { decompose } from '../../arithmetic/float64.js';
import type { Rational } from '../../arithmetic/rational.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { PoolStep } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';

function commonFactor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonFactor(b, a % b);
}

/** In lowest terms: `3`, `-5/7` or `13*2^-7`. */
export function exactText({ numerator, denominator }: Rational): string {
  const factor = commonFactor(numerator < 0n ? -numerator : numerator, denominator);
  const [n, d] = [numerator / factor, denominator / factor];
  if (d === 1n) return String(n);
  return (d & (d - 1n)) === 0n ? `${n}*2^-${d.toString(2).length - 1}` : `${n}/${d}`;
}

/** A float64, exactly. */
export function scaleText(scale: number): string {
  const { significand, exponent } = decompose(scale);
  return `${significand}*2^${exponent}`;
}

export function encodingFacts({ format, rounding, granularity, scales, zeroPoint, range }: Encoding): object {
  const { mode, policy, underflow } = rounding;
  return {
    format: format.name,
    bits: format.bits,
    mode,
    policy,
    underflow,
    granularity: granularity.kind,
    scales: [...scales].map(scaleText),
    zeroPoint,
    range,
  };
}

/** A pool on codes; `multiplier`: its s, or none. */
export function describePool(
  pool: { readonly step: PoolStep; readonly input: CodeTensor; readonly output: CodeTensor },
  multiplier: string,
): object {
  const { kind, name, pooling, window } = pool.step;
  return {
    kind,
    name,
    pooling,
    input: pool.input.edge.name,
    output: pool.output.edge.name,
    window,
    multiplier,
  };
}
