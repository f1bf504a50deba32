/**
 * What a multiply-accumulate unit is made of, counted from its formats, K and accumulator: the components that
 * cost sources put prices on. docs/cost.md derives every count.
 */
import { UserError } from '../../errors.js';
import type { NumberFormat } from '../../formats/format.js';
import { accumulatorName } from '../choices.js';
import { type Datapath, datapathOf, unsignedBits } from '../datapath.js';
import { accumulatorBits } from '../widths.js';
import type { MacFacts } from './facts.js';

/**
 * - `constant`: 1, what every unit has (control)
 * - `multiplier-cells`: partial-product bits, p_w · p_x
 * - `decode-bits`: work of reading operands: exponent bits, or n⌈log2 n⌉ for a tapered operand
 * - `align-mux-bits`: two-way multiplexer bits of the shifter that aligns the product to the accumulator
 * - `accumulator-bits`: W
 * - `preload-bits`: multiplexer bits that load the bias instead of the running sum
 * - `saturate-bits`: multiplexer bits that hold a saturating accumulator at its ends
 * - `normalise-mux-bits`: multiplexer bits of the shifter before the rounding
 * - `count-bits`: inputs of the leading-zero counter, or of the comparison that saturates an integer output
 * - `round-adder-bits`: carry chain of the round stage: absolute value and increment
 * - `requantize-cells`: partial-product bits of the multiplication by s
 * - `register-bits`: flip-flops
 * - `float-round`, `posit-round`: 1 where the unit's slowest family is that one
 * - `series`: components one after the other in the slowest stage
 */
export const COMPONENTS = [
  'constant',
  'multiplier-cells',
  'decode-bits',
  'align-mux-bits',
  'accumulator-bits',
  'preload-bits',
  'saturate-bits',
  'normalise-mux-bits',
  'count-bits',
  'round-adder-bits',
  'requantize-cells',
  'register-bits',
  'float-round',
  'posit-round',
  'series',
] as const;
export type Component = (typeof COMPONENTS)[number];

export interface UnitStructure {
  readonly counts: Readonly<Record<Component, number>>;
  /** Width of what is added up: the accumulator, or the window of a floating-point adder. */
  readonly width: number;
  /** Once a dot product (exact, wrap, saturate), or after every product (float32, per-op). */
  readonly rounds: 'once' | 'each';
  /** In what the unit differs from an exact EMAC of one format with s = 1; empty where it does not. */
  readonly departures: readonly string[];
}

export interface StructureOptions {
  /** `bias`: loads the bias with the first product (this project's unit); `clear`: only clears. */
  readonly preload: 'bias' | 'clear';
}

/** Bits of the exact accumulator of these facts: K products and a bias no larger than the largest product. */
export function exactWidth(facts: MacFacts): number {
  return accumulatorBits({ ...operandsOf(facts), k: facts.k + 1 });
}

function operandsOf(facts: MacFacts): { weights: Datapath; activations: Datapath } {
  const path = (format: NumberFormat) => {
    const offset = facts.zeroPoints === 'some' && format.zeroPoints === 'integer';
    return datapathOf(format, { zeroPoint: offset ? 'any' : 0 });
  };
  return { weights: path(facts.weightFormat), activations: path(facts.activationFormat) };
}

/** Counts the components of the unit that computes dot products of these facts. */
export function unitStructure(
  facts: MacFacts,
  options: StructureOptions = { preload: 'bias' },
): UnitStructure {
  const operands = operandsOf(facts);
  const output = datapathOf(facts.outputFormat);
  const { accumulator } = facts;
  const departures = departuresOf(facts);
  switch (accumulator.kind) {
    case 'exact':
      return integerSum(facts, operands, output, exactWidth(facts), options, departures);
    case 'wrap':
    case 'saturate':
      return integerSum(facts, operands, output, accumulator.bits, options, departures);
    case 'float32':
      return floatingSum(facts, operands, output, 24, 32, departures);
    case 'per-op':
      return floatingSum(
        facts,
        operands,
        output,
        output.significandBits,
        facts.outputFormat.bits,
        departures,
      );
    default:
      return accumulator satisfies never;
  }
}

function departuresOf(facts: MacFacts): string[] {
  const { weightFormat, activationFormat, outputFormat, accumulator, multiplier } = facts;
  const names = new Set([weightFormat.name, activationFormat.name, outputFormat.name]);
  return [
    ...(names.size > 1 ? ['mixed formats'] : []),
    ...(accumulator.kind === 'exact' ? [] : [`${accumulatorName(accumulator)} accumulator`]),
    ...(multiplier === 'none' ? [] : [multiplier === 'shift' ? 'shift by s' : 'multiplication by s']),
    ...(facts.zeroPoints === 'some' ? ['zero points'] : []),
  ];
}

interface Operands {
  readonly weights: Datapath;
  readonly activations: Datapath;
}

/** Sums on the product lattice: an integer accumulator of `width` bits, rounded once. */
function integerSum(
  facts: MacFacts,
  { weights, activations }: Operands,
  output: Datapath,
  width: number,
  options: StructureOptions,
  departures: readonly string[],
): UnitStructure {
  const integer = weights.kind === 'integer' && activations.kind === 'integer';
  const product = weights.significandBits + activations.significandBits;
  const shiftBits = integer ? 0 : unsignedBits(weights.largestShift + activations.largestShift);
  const scaled = facts.multiplier === 'multiply' ? width + facts.scaleBits : width;
  const specials = weights.specials === 'some' || activations.specials === 'some' ? 1 : 0;
  // operands, product with sign, shift and flag, accumulator with sticky flag, code, 8 bits of control
  const registers =
    facts.weightFormat.bits +
    facts.activationFormat.bits +
    product +
    (integer ? 0 : shiftBits + 1) +
    width +
    2 * specials +
    facts.outputFormat.bits +
    8;
  const counts = {
    constant: 1,
    'multiplier-cells': weights.significandBits * activations.significandBits,
    'decode-bits': decodeBits(weights) + decodeBits(activations),
    'align-mux-bits': windowMux(product, shiftBits, width),
    'accumulator-bits': width,
    'preload-bits': options.preload === 'bias' ? width : 0,
    'saturate-bits': facts.accumulator.kind === 'saturate' ? width : 0,
    'normalise-mux-bits': normaliser(facts, output, scaled, weights.lsb + activations.lsb),
    'count-bits': scaled,
    'round-adder-bits': (output.kind === 'integer' ? 0 : scaled) + facts.outputFormat.bits,
    'requantize-cells': facts.multiplier === 'multiply' ? width * facts.scaleBits : 0,
    'register-bits': registers,
    ...familyOf([weights, activations, output]),
    series: seriesOf([weights, activations, output], facts),
  };
  return { counts, width, rounds: 'once', departures };
}

/**
 * Sums in floating point, rounded after every product: the datapath of a multiply-add with a window of 3p + 2
 * bits, the textbook width in which product and addend of p significand bits align. Rounding sits inside the loop;
 * one product a cycle supposes that as many dot products are worked on in turn as the loop has stages.
 */
function floatingSum(
  facts: MacFacts,
  { weights, activations }: Operands,
  output: Datapath,
  precision: number,
  sumBits: number,
  departures: readonly string[],
): UnitStructure {
  const paths = [weights, activations, output];
  const integer = paths.every((path) => path.kind === 'integer') && facts.accumulator.kind === 'per-op';
  const width = integer ? 2 * precision : 3 * precision + 2;
  const shiftBits = integer ? 0 : unsignedBits(width - 1);
  const counts = {
    constant: 1,
    'multiplier-cells': weights.significandBits * activations.significandBits,
    'decode-bits': decodeBits(weights) + decodeBits(activations) + (integer ? 0 : decodeBits(output)),
    'align-mux-bits': windowMux(precision, shiftBits, width),
    'accumulator-bits': width,
    'preload-bits': sumBits,
    'saturate-bits': integer ? sumBits : 0,
    'normalise-mux-bits': integer ? 0 : windowMux(precision + 1, unsignedBits(width - 2), width),
    'count-bits': width,
    'round-adder-bits': (integer ? 0 : width) + sumBits,
    'requantize-cells': facts.multiplier === 'multiply' ? precision * facts.scaleBits : 0,
    'register-bits':
      facts.weightFormat.bits +
      facts.activationFormat.bits +
      weights.significandBits +
      activations.significandBits +
      (integer ? 0 : unsignedBits(weights.largestShift + activations.largestShift) + 1) +
      sumBits +
      facts.outputFormat.bits +
      8,
    ...familyOf(paths),
    series: seriesOf(paths, facts) + 1,
  };
  return { counts, width, rounds: 'each', departures };
}

/** Σ over the levels j of a shifter of min(width, bits + 2^(j+1) − 1): how wide the word is after each. */
function windowMux(bits: number, levels: number, width: number): number {
  let total = 0;
  for (let level = 0; level < levels; level++) total += Math.min(width, bits + 2 ** (level + 1) - 1);
  return total;
}

/** Σ over the levels s of T + 2^s − 1: a normaliser that keeps T bits and folds the rest into a sticky bit. */
function normaliser(facts: MacFacts, output: Datapath, width: number, latticeExponent: number): number {
  const levels = (bits: number, kept: number) => {
    let total = 0;
    for (let level = 0; level < unsignedBits(bits - 1); level++) total += kept + 2 ** level - 1;
    return total;
  };
  switch (output.kind) {
    case 'integer':
      // s = 1 aligns by wiring; any other s needs a shifter down to the n bits of the code and one to round
      return facts.multiplier === 'none' ? 0 : levels(width, facts.outputFormat.bits + 1);
    case 'tapered':
      return levels(width - 1, output.significandBits + 1);
    case 'gradual': {
      // below the smallest normal nothing is normalised
      const smallestNormal = output.lsb + output.significandBits - 1 - latticeExponent;
      const fixedTail = facts.multiplier === 'none' ? Math.max(smallestNormal, 0) : 0;
      return levels(Math.max(width - 1 - fixedTail, 1), output.significandBits + 1);
    }
    default:
      return output.kind satisfies never;
  }
}

function decodeBits(path: Datapath): number {
  switch (path.kind) {
    case 'integer':
      return 0;
    case 'gradual':
      return path.format.bits - path.significandBits;
    case 'tapered':
      return path.format.bits * unsignedBits(path.format.bits - 1);
    default:
      return path.kind satisfies never;
  }
}

function familyOf(paths: readonly Datapath[]): { 'float-round': number; 'posit-round': number } {
  const tapered = paths.some(({ kind }) => kind === 'tapered');
  const gradual = paths.some(({ kind }) => kind === 'gradual');
  return { 'posit-round': tapered ? 1 : 0, 'float-round': gradual && !tapered ? 1 : 0 };
}

/**
 * Components in series in the slowest stage: decode (count, shift) and multiply; align and add; negate, count,
 * normalise, re-shift the regime, increment. s is multiplied in cycles of its own.
 */
function seriesOf([weights, activations, output]: readonly Datapath[], facts: MacFacts): number {
  const decode = [weights!, activations!].some(({ kind }) => kind === 'tapered') ? 2 : 0;
  const align = [weights!, activations!].every(({ kind }) => kind === 'integer') ? 0 : 1;
  const round = { integer: facts.multiplier === 'none' ? 1 : 2, gradual: 4, tapered: 5 }[output!.kind];
  return Math.max(decode + 1, align + 1, round);
}

/** The facts of the widest layer a shared unit must hold. Throws UserError where there is none. */
export function widest(facts: readonly MacFacts[]): MacFacts {
  const first = facts[0];
  if (!first)
    throw new UserError('there is no multiply-accumulate layer to price; give a network that has one');
  const strongest = (['multiply', 'shift', 'none'] as const).find((kind) =>
    facts.some(({ multiplier }) => multiplier === kind),
  )!;
  return {
    ...first,
    k: Math.max(...facts.map(({ k }) => k)),
    multiplier: strongest,
    scaleBits: Math.max(...facts.map(({ scaleBits }) => scaleBits)),
    zeroPoints: facts.some(({ zeroPoints }) => zeroPoints === 'some') ? 'some' : 'none',
  };
}
