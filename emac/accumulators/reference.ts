/**
 * The accumulators that are not exact (docs/numerics.md §4): bias first, then k ascending, each step rounded,
 * wrapped or saturated as the accumulator's kind says. All work in units of scale_w · scale_x.
 */

import { toNumber, toRational } from '../../arithmetic/float64.js';
import { compare, dyadic } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { CodeArray } from '../../formats/code-array.js';
import type { Rounding } from '../../formats/format.js';
import { addOperands, multiplyOperands, type Operand, type OperandReader } from '../layer/lattice.js';
import type { MacLayer } from '../layer/layer.js';
import { type Extended, exactSum } from '../layer/reference.js';
import { oddProduct, oddSum, toOdd } from './odd.js';

/** What an accumulator left, and how often it overflowed on the way. */
export interface Accumulated {
  readonly value: Extended;
  readonly overflows: number;
}

export type Readers = { readonly weights: OperandReader; readonly activations: OperandReader };

/**
 * The accumulated value of one output, before s, act and the rounding, in units of scale_w · scale_x.
 * `float32` overflows to ±Inf and follows IEEE arithmetic; `per-op` needs one format for w and x without zero
 * points (see `checkAccumulator`); `wrap` and `saturate` count each add whose exact sum left N bits. NaN, NaR and
 * Inf operands give extended-real results under all of them.
 */
export function accumulate(
  layer: MacLayer,
  readers: Readers,
  activations: CodeArray,
  offset: number,
  channel: number,
): Accumulated {
  const { accumulator } = layer.choices;
  if (accumulator.kind === 'exact' || hasSpecials(layer, readers, activations, offset, channel)) {
    return { value: inUnits(exactSum(layer, readers, activations, offset, channel), layer), overflows: 0 };
  }
  switch (accumulator.kind) {
    case 'float32':
      return { value: fromNumber(float32Sum(layer, readers, activations, offset, channel)), overflows: 0 };
    case 'per-op':
      return { value: fromNumber(perOpSum(layer, readers, activations, offset, channel)), overflows: 0 };
    case 'wrap':
    case 'saturate':
      return integerSum(layer, readers, activations, offset, channel, accumulator);
    default:
      return accumulator satisfies never;
  }
}

/** Throws UserError where the layer's formats cannot have its accumulator. */
export function checkAccumulator(layer: MacLayer): void {
  const { weights, activations, output, choices, name } = layer;
  if (choices.accumulator.kind !== 'per-op') return;
  const one =
    weights.format.name === activations.format.name && activations.format.name === output.format.name;
  if (!one || weights.zeroPoint !== 0 || activations.zeroPoint !== 0 || output.zeroPoint !== 0) {
    throw new UserError(
      `layer '${name}': accumulator per-op needs one format without zero points for weights, activations and outputs, got ${weights.format.name}, ${activations.format.name} and ${output.format.name}; use exact or float32`,
    );
  }
}

function hasSpecials(
  layer: MacLayer,
  readers: Readers,
  activations: CodeArray,
  offset: number,
  channel: number,
): boolean {
  if (layer.weights.format.facts.reserved + layer.activations.format.facts.reserved === 0) return false;
  for (let i = 0; i < layer.k; i++) {
    if (typeof product(layer, readers, activations, offset, channel, i) !== 'bigint') return true;
  }
  return false;
}

function product(
  layer: MacLayer,
  readers: Readers,
  activations: CodeArray,
  offset: number,
  channel: number,
  i: number,
): Operand {
  const w = readers.weights.operand(layer.weightCodes[channel * layer.k + i]!);
  return multiplyOperands(w, readers.activations.operand(activations[offset + i]!));
}

function inUnits(sum: Operand, layer: MacLayer): Extended {
  return typeof sum === 'bigint' ? dyadic(sum, layer.latticeExponent) : sum;
}

function fromNumber(value: number): Extended {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? '+infinity' : '-infinity';
  return toRational(value);
}

/** The bias as a float64: exact where it fits, else rounded to odd; beyond float64's range its largest number. */
export function biasNumber(layer: MacLayer, channel: number): number {
  const exact = dyadic(layer.bias[channel]!, layer.latticeExponent);
  const nearest = toNumber(exact);
  if (!Number.isFinite(nearest)) return Math.sign(nearest) * Number.MAX_VALUE;
  return toOdd(nearest, compare(exact, toRational(nearest)));
}

function float32Sum(
  layer: MacLayer,
  readers: Readers,
  activations: CodeArray,
  offset: number,
  channel: number,
): number {
  let sum = Math.fround(biasNumber(layer, channel));
  const row = channel * layer.k;
  for (let i = 0; i < layer.k; i++) {
    const w = readers.weights.toNumber(layer.weightCodes[row + i]!);
    const x = readers.activations.toNumber(activations[offset + i]!);
    // float32 + float32 in float64, then fround, is the float32 sum: 53 ≥ 2 · 24 + 2
    sum = Math.fround(sum + Math.fround(oddProduct(w, x)));
  }
  return sum;
}

function perOpSum(
  layer: MacLayer,
  readers: Readers,
  activations: CodeArray,
  offset: number,
  channel: number,
): number {
  const { format, rounding: chosen } = layer.activations;
  const rounding: Rounding = { mode: 'nearest-even', policy: 'saturate', underflow: chosen.underflow };
  const rounded = (value: number) => format.toNumber(format.encode(value, rounding));
  let sum = rounded(biasNumber(layer, channel));
  const row = channel * layer.k;
  for (let i = 0; i < layer.k; i++) {
    const w = readers.weights.toNumber(layer.weightCodes[row + i]!);
    const x = readers.activations.toNumber(activations[offset + i]!);
    sum = rounded(oddSum(sum, rounded(oddProduct(w, x))));
  }
  return sum;
}

function integerSum(
  layer: MacLayer,
  readers: Readers,
  activations: CodeArray,
  offset: number,
  channel: number,
  accumulator: { readonly kind: 'wrap' | 'saturate'; readonly bits: number },
): Accumulated {
  const top = 1n << BigInt(accumulator.bits - 1);
  let overflows = 0;
  const fit = (exact: bigint): bigint => {
    if (exact >= -top && exact < top) return exact;
    overflows++;
    if (accumulator.kind === 'saturate') return exact < 0n ? -top : top - 1n;
    return BigInt.asIntN(accumulator.bits, exact);
  };
  let sum: Operand = fit(layer.bias[channel]!);
  for (let i = 0; i < layer.k; i++) {
    const next = addOperands(sum, product(layer, readers, activations, offset, channel, i));
    sum = typeof next === 'bigint' ? fit(next) : next;
  }
  return { value: inUnits(sum, layer), overflows };
}
