/**
 * What a multiply-accumulate unit is made of, counted from its formats, K and accumulator: the components that
 * cost sources put prices on. docs/cost.md derives every count.
 */
import type { NumberFormat } from '../../formats/format.js';
import { accumulatorName } from '../layer/choices.js';
import { type Datapath, datapathOf, unsignedBits } from '../unit/datapath.js';
import type { Requantizer } from '../unit/requantizer.js';
import { accumulatorBits } from '../unit/widths.js';
import { COMPONENTS, type Component } from './components.js';
import { type MacFacts, ZERO_POINTS } from './facts.js';
import { type RequantizerOptions, requantizerCounts, requantizerFor } from './requantizer-counts.js';
import { decodeBits, normaliserMux, windowMux } from './shifters.js';
import { operandOf, zeroPointCounts } from './zero-point-counts.js';

/** `wrap<N>` is an exact unit of a stated width, no departure. */
export type Departure =
  | 'mixed formats'
  | `${string} accumulator`
  | 'shift by s'
  | 'multiplication by s'
  | 'saturation'
  | 'zero points';

export interface UnitStructure {
  readonly counts: Readonly<Record<Component, number>>;
  /** Width of the addition: the accumulator's, or the window of a floating-point adder. */
  readonly width: number;
  /** Bits of the register that holds the running sum. */
  readonly accumulatorBits: number;
  /** Once a dot product (exact, wrap, saturate), or after every product (float32, per-op). */
  readonly rounds: 'once' | 'each';
  readonly requantizer: Requantizer;
  /** In what the unit differs from an exact EMAC of one format; empty where it does not. */
  readonly departures: readonly Departure[];
}

export interface StructureOptions extends RequantizerOptions {
  /** `bias`, the default: loads the bias with the first product (this project's unit); `clear`: only clears. */
  readonly preload?: 'bias' | 'clear';
}

/**
 * Bits of the exact accumulator of these facts: K products and the largest bias, which counts as one more product
 * where the facts do not state it.
 */
function exactWidth(facts: MacFacts): number {
  const { k, largestBias } = facts;
  const operands = operandsOf(facts);
  return largestBias === undefined
    ? accumulatorBits({ ...operands, k: k + 1 })
    : accumulatorBits({ ...operands, k, bias: largestBias });
}

function operandsOf(facts: MacFacts): { weights: Datapath; activations: Datapath } {
  const path = (format: NumberFormat) => operandOf(format, facts.zeroPoints);
  return { weights: path(facts.weightFormat), activations: path(facts.activationFormat) };
}

/** Counts the components of the unit that computes dot products of these facts. */
export function unitStructure(facts: MacFacts, options: StructureOptions = {}): UnitStructure {
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
      return floatingSum(facts, operands, output, { precision: 24, sumBits: 32 }, options, departures);
    case 'per-op':
      return floatingSum(
        facts,
        operands,
        output,
        { precision: output.significandBits, sumBits: facts.outputFormat.bits },
        options,
        departures,
      );
    default:
      return accumulator satisfies never;
  }
}

function departuresOf({ weightFormat, activationFormat, outputFormat, ...facts }: MacFacts): Departure[] {
  const names = new Set([weightFormat.name, activationFormat.name, outputFormat.name]);
  const { accumulator } = facts;
  const floating = accumulator.kind === 'float32' || accumulator.kind === 'per-op';
  return [
    ...(names.size > 1 ? (['mixed formats'] as const) : []),
    ...(floating ? ([`${accumulatorName(accumulator)} accumulator`] as `${string} accumulator`[]) : []),
    ...(facts.multiplier === 'shift' ? (['shift by s'] as const) : []),
    ...(facts.multiplier === 'multiply' ? (['multiplication by s'] as const) : []),
    ...(accumulator.kind === 'saturate' ? (['saturation'] as const) : []),
    ...(facts.zeroPoints !== 'none' ? (['zero points'] as const) : []),
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
  departures: readonly Departure[],
): UnitStructure {
  const integer = weights.kind === 'integer' && activations.kind === 'integer';
  const product = weights.significandBits + activations.significandBits;
  const shiftBits = integer ? 0 : unsignedBits(weights.largestShift + activations.largestShift);
  const requantizer = requantizerFor(facts, options, output, width);
  const specials = weights.hasSpecials || activations.hasSpecials ? 1 : 0;
  const { sumBits, cells } = zeroPointCounts(facts);
  const { biasAdderBits = 0 } = facts;
  const scaling = requantizerCounts(requantizer, output, width);
  // operands, product with sign, shift and flag, accumulator with sticky flag, code, 8 bits of control
  const registers =
    facts.weightFormat.bits +
    facts.activationFormat.bits +
    product +
    (integer ? 0 : shiftBits + 1) +
    width +
    sumBits +
    2 * specials +
    facts.outputFormat.bits +
    8;
  const counts = {
    constant: 1,
    'multiplier-cells': weights.significandBits * activations.significandBits,
    'decode-bits': decodeBits(weights) + decodeBits(activations),
    'align-mux-bits': windowMux(product, shiftBits, width),
    'accumulator-bits': width,
    'code-sum-bits': sumBits,
    'preload-bits': options.preload === 'clear' || biasAdderBits > 0 ? 0 : width,
    'saturate-bits': facts.accumulator.kind === 'saturate' ? width : 0,
    'normalise-mux-bits': normaliserMux(output, width),
    'count-bits': width,
    'round-adder-bits': (output.kind === 'integer' ? 0 : width) + facts.outputFormat.bits,
    ...scaling,
    // once a dot product, as s: z_w · Σ x, and a row of cells that adds the bias
    'requantize-cells': scaling['requantize-cells'] + cells + biasAdderBits,
    'register-bits': registers,
    ...familyOf([weights, activations, output]),
    series: seriesOf([weights, activations, output], facts),
  };
  return { counts, width, accumulatorBits: width, rounds: 'once', requantizer, departures };
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
  { precision, sumBits }: { readonly precision: number; readonly sumBits: number },
  options: StructureOptions,
  departures: readonly Departure[],
): UnitStructure {
  const requantizer = requantizerFor(facts, options, output, precision);
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
    'code-sum-bits': 0,
    'preload-bits': sumBits,
    'saturate-bits': integer ? sumBits : 0,
    'normalise-mux-bits': integer ? 0 : windowMux(precision + 1, unsignedBits(width - 2), width),
    'count-bits': width,
    'round-adder-bits': (integer ? 0 : width) + sumBits,
    ...requantizerCounts(requantizer, output, precision),
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
  return { counts, width, accumulatorBits: sumBits, rounds: 'each', requantizer, departures };
}

function familyOf(paths: readonly Datapath[]): { 'float-round': number; 'posit-round': number } {
  const tapered = paths.some(({ kind }) => kind === 'tapered');
  const gradual = paths.some(({ kind }) => kind === 'gradual');
  return { 'posit-round': tapered ? 1 : 0, 'float-round': gradual && !tapered ? 1 : 0 };
}

/**
 * Components in series in the slowest stage: decode (count, shift) and multiply; align and add; negate, count,
 * normalise, re-shift the regime, increment. A loop and a parallel multiplier have cycles of their own.
 */
function seriesOf([weights, activations, output]: readonly Datapath[], facts: MacFacts): number {
  const decode = [weights!, activations!].some(({ kind }) => kind === 'tapered') ? 2 : 0;
  const align = [weights!, activations!].every(({ kind }) => kind === 'integer') ? 0 : 1;
  const round = { integer: facts.multiplier === 'none' ? 1 : 2, gradual: 4, tapered: 5 }[output!.kind];
  return Math.max(decode + 1, align + 1, round);
}

/** The facts of the one unit that serves all these layers, at least one, of equal formats and accumulator. */
export function sharedUnit(facts: readonly [MacFacts, ...MacFacts[]]): MacFacts & { shortestK: number } {
  const strongest = (['multiply', 'shift', 'none'] as const).find((kind) =>
    facts.some(({ multiplier }) => multiplier === kind),
  )!;
  return {
    ...facts[0],
    k: Math.max(...facts.map(({ k }) => k)),
    shortestK: Math.min(...facts.map(({ k }) => k)),
    multiplier: strongest,
    scaleBits: Math.max(...facts.map(({ scaleBits }) => scaleBits)),
    zeroPoints: ZERO_POINTS.findLast((kind) => facts.some(({ zeroPoints }) => zeroPoints === kind))!,
    ...largestBiasOf(facts),
    ...biasAdderOf(facts),
  };
}

/** Stated only where every layer states it. */
function largestBiasOf(facts: readonly MacFacts[]): { readonly largestBias?: bigint } {
  let largest = 0n;
  for (const { largestBias } of facts) {
    if (largestBias === undefined) return {};
    if (largestBias > largest) largest = largestBias;
  }
  return { largestBias: largest };
}

/** The widest of those that layers have. */
function biasAdderOf(facts: readonly MacFacts[]): Pick<MacFacts, 'biasAdderBits'> {
  const biasAdderBits = Math.max(...facts.map((layer) => layer.biasAdderBits ?? 0));
  return biasAdderBits === 0 ? {} : { biasAdderBits };
}

/**
 * A text that two units have in common when they are the same structure: what they are made of and how they requantize,
 * whatever their formats are called. Their prices then err together.
 */
export function structureKey({ counts, rounds, requantizer }: UnitStructure): string {
  const parts = COMPONENTS.filter((name) => counts[name] > 0).map((name) => `${name}=${counts[name]}`);
  const loop = requantizer.kind === 'loop' ? `${requantizer.digitBits}:${requantizer.roundCycles}` : '';
  return [`rounds ${rounds}`, `requantizer ${requantizer.kind}${loop}`, ...parts].join(' ');
}
