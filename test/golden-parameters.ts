/**
 * Integer weights and biases from the float ones of the model, as the independent program (golden-program.ts) recomputes them where no
 * batch-norm is folded in. It imports nothing of the project, on purpose.
 */
import {
  exactNumber,
  type Fraction,
  floorOf,
  frac,
  fractionOf,
  less,
  magnitude,
  plus,
  power,
  times,
} from './golden-fractions.js';
import type { IntegerBench, IntegerMacFile } from './golden-integers.js';
import { binaryOrder, roundHalfAway } from './golden-rounding.js';
import type { YaoBench, YaoMacFile } from './golden-yao.js';

/** Float32 parameters of the model by name. */
export type Floats = (name: string) => ArrayLike<number> | undefined;

const held = (x: bigint, least: bigint, most: bigint): number =>
  Number(x < least ? least : x > most ? most : x);

/** Weights in −127 … 127 or 1 … 255, ties away from 0; biases in int32 at the scale of the products. */
export function expectIntegers(step: IntegerMacFile, floats: Floats, bench: IntegerBench): void {
  const { name, k, outChannels, weightZeroPoint, weightScales } = step;
  const weights = floats(`${name}.weight`);
  if (bench.described.normed.has(name) || weights === undefined) return;
  const scales = weightScales.map(exactNumber);
  const scaleOf = (channel: number): Fraction => scales[scales.length === 1 ? 0 : channel]!;
  const [least, most] = bench.dataflow === 'integer-tflite' ? [-127n, 127n] : [1n, 255n];
  const codes = Array.from(weights, (weight, i) => {
    const [x, scale] = [fractionOf(weight), scaleOf(Math.floor(i / k))];
    return held(roundHalfAway(frac(x.n * scale.d, x.d * scale.n)) + BigInt(weightZeroPoint), least, most);
  });
  bench.expect(`weights of ${name}`, Array.from(bench.weights(name)), codes);
  const input = exactNumber(bench.edge(step.input).scale);
  const biases = floats(`${name}.bias`) ?? new Float32Array(outChannels);
  const sums = Array.from(biases, (bias, channel) => {
    const [x, scale] = [fractionOf(bias), times(input, scaleOf(channel))];
    return held(roundHalfAway(frac(x.n * scale.d, x.d * scale.n)), -(1n << 31n), (1n << 31n) - 1n);
  });
  bench.expect(`bias of ${name}`, step.bias, sums);
}

/** Equation (6). */
export function yaoExponentOf(values: readonly Fraction[], bits: number): number {
  const largest = values.map(magnitude).reduce((a, b) => (less(a, b) ? b : a));
  const p = !less(largest, power(bits - 1)) ? 0 : !less(largest, frac(1n)) ? bits - 1 : 31;
  const rounded = floorOf(plus(times(largest, power(p)), frac(1n, 2n)));
  const length = rounded === 0n ? 0 : binaryOrder(frac(rounded)) + 1;
  return p - length + bits - 1;
}

/** Equation (7). */
export function yaoCodesOf(values: readonly Fraction[], exponent: number, bits: number): number[] {
  const end = 1n << BigInt(bits - 1);
  return values.map((x) => held(roundHalfAway(times(x, power(exponent))), -end, end - 1n));
}

/** W by its own exponent; A of 1 and B where no batch-norm is. */
export function expectYao(step: YaoMacFile, floats: Floats, bench: YaoBench): void {
  const { name, exponents, outChannels } = step;
  const weights = floats(`${name}.weight`);
  if (weights === undefined) return;
  const { bits } = bench.edge(step.output);
  const expect = (
    what: 'weights' | 'gain' | 'bias',
    given: ArrayLike<number>,
    reals: readonly Fraction[],
  ) => {
    const exponent = yaoExponentOf(reals, bits);
    bench.expect(`exponent of ${what} of ${name}`, exponents[what], exponent);
    bench.expect(`${what} of ${name}`, Array.from(given), yaoCodesOf(reals, exponent, bits));
  };
  expect('weights', bench.weights(name), Array.from(weights, fractionOf));
  if (bench.described.normed.has(name)) return;
  expect('gain', step.gain, new Array<Fraction>(outChannels).fill(frac(1n)));
  expect('bias', step.bias, Array.from(floats(`${name}.bias`) ?? new Float32Array(outChannels), fractionOf));
}
