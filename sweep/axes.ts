/**
 * The axes of a sweep, each described once. A spec, its points, their rows, the options of `evaluate`, the page about
 * specs and the JSON Schema have an axis by being made from this list; a new axis is one entry here, and what reads it
 * takes it from the point.
 */
import type { Requantization } from '../emac/layer/choices.js';
import { OVERFLOW_POLICIES, ROUNDING_MODES, UNDERFLOWS } from '../formats/format.js';
import type { Field } from './fields.js';

/** As emac/layer/choices.ts has them; stated here so that help need not load it. */
const REQUANTIZE = ['gemmlowp', 'single', 'float32', 'exact'] as const satisfies readonly Requantization[];

export interface Axis extends Field {
  /**
   * What a value decides. `codes`: what the dataflow computes, so each value is a point of its own. `price`: only what the
   * same computation is said to cost, so each value is a row of the same point.
   */
  readonly decides: 'codes' | 'price';
}

/** In the order of the columns; in a plan the seed changes slowest, then the first of the others, the last fastest. */
export const AXES = [
  {
    name: 'format',
    values: {
      kind: 'names',
      of: 'format',
      allowed: 'names of formats; grids of a family; pairs of weights and activations; assignments by layer',
    },
    meaning: 'formats of the network',
    decides: 'codes',
    was: ['formats'],
  },
  {
    name: 'quantizer',
    values: {
      kind: 'names',
      of: 'quantizer',
      allowed:
        'rounding, linear, linear:max, linear:percentile<P>, linear:mse, linear:kl or linear:yao; the linear ones also with :pow2 at the end',
    },
    meaning: 'how reals become values of a format',
    otherwise: 'linear:mse',
    decides: 'codes',
    was: ['quantizers'],
  },
  {
    name: 'granularity',
    values: { kind: 'words', words: ['tensor', 'channel'] },
    meaning: 'what has a weight scale of its own',
    otherwise: 'tensor',
    decides: 'codes',
  },
  {
    name: 'mode',
    values: { kind: 'words', words: ROUNDING_MODES },
    meaning: 'rounding mode',
    otherwise: 'nearest-even',
    decides: 'codes',
    was: ['modes'],
  },
  {
    name: 'policy',
    values: { kind: 'words', words: OVERFLOW_POLICIES },
    meaning: 'what happens beyond the largest value',
    otherwise: 'saturate',
    decides: 'codes',
    was: ['policies'],
  },
  {
    name: 'underflow',
    values: { kind: 'words', words: UNDERFLOWS },
    meaning: 'what a posit does below minpos',
    otherwise: 'none',
    decides: 'codes',
  },
  {
    name: 'scaleBits',
    values: { kind: 'integers', least: 1, most: 53 },
    meaning: 'significand bits of the requantization multiplier',
    otherwise: 16,
    decides: 'codes',
  },
  {
    name: 'bias',
    values: { kind: 'words', words: ['accumulator', 'format'] },
    meaning: 'what a bias is rounded to',
    otherwise: 'accumulator',
    decides: 'codes',
  },
  {
    name: 'accumulator',
    values: {
      kind: 'names',
      of: 'accumulator',
      allowed: 'exact, float32, per-op, wrap<N> or saturate<N>',
    },
    meaning: 'what sums are accumulated in',
    otherwise: 'exact',
    decides: 'codes',
    was: ['accumulators'],
  },
  {
    name: 'logits',
    values: { kind: 'words', words: ['rounded', 'accumulator'] },
    meaning: 'which logits the prediction compares',
    otherwise: 'accumulator',
    decides: 'codes',
  },
  {
    name: 'requantize',
    values: { kind: 'words', words: REQUANTIZE },
    meaning: 'how integer dataflows give sums the scale of the output',
    otherwise: 'gemmlowp',
    decides: 'codes',
  },
  {
    name: 'dataflow',
    values: {
      kind: 'names',
      of: 'dataflow',
      allowed: 'emac, simulated, integer-tflite, integer-jacob, integer-yao, or a registered one',
    },
    meaning: 'how the network is run',
    otherwise: 'emac',
    decides: 'codes',
  },
  {
    name: 'calibrationImages',
    values: { kind: 'integers', least: 1, most: 1_000_000 },
    meaning: 'training images that set scales and fraction bits',
    otherwise: 1000,
    decides: 'codes',
  },
  {
    name: 'seed',
    values: { kind: 'integers', least: 0, most: 2 ** 32 - 1 },
    meaning: 'seed of training, calibration order and stochastic rounding',
    otherwise: 0,
    decides: 'codes',
    was: ['seeds'],
  },
  {
    name: 'cost',
    values: { kind: 'names', of: 'cost', allowed: 'the name of a cost source, or a file' },
    meaning: 'source of the cost figures',
    otherwise: 'library45',
    decides: 'price',
    wasColumn: ['costSource'],
  },
  {
    name: 'units',
    values: { kind: 'integers', least: 1, most: 1_000_000 },
    meaning: 'multiply-accumulate units, one MAC per unit and cycle',
    otherwise: 1,
    decides: 'price',
  },
  {
    name: 'requantizer',
    values: { kind: 'words', words: ['loop', 'parallel'] },
    meaning: 'what the sum is multiplied by s in; n/a where every s is 1 or a power of two',
    otherwise: 'loop',
    decides: 'price',
  },
  {
    name: 'lanes',
    values: { kind: 'integers', least: 1, most: 1_000_000 },
    meaning: 'units that share a parallel requantizer; n/a for a loop',
    otherwise: 1,
    decides: 'price',
  },
] as const satisfies readonly Axis[];

export type AxisName = (typeof AXES)[number]['name'];

/** Throws for a name that is no axis: a fault of ours. */
export function axisNamed(name: AxisName): Axis {
  return AXES.find((axis) => axis.name === name)!;
}
