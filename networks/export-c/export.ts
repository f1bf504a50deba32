/** From an integer graph to the integers of a C program. */
import { toRational } from '../../arithmetic/float64.js';
import { divide, rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import {
  INTEGER_TYPES,
  type IntegerGraph,
  type IntegerMac,
  type IntegerMean,
  type IntegerPick,
  type IntegerSoftmax,
  type IntegerStep,
  type IntegerTensor,
} from '../integer/graph.js';
import { foldedMultiplier } from '../integer/mean.js';
import { joinedCode, quantized } from '../integer/quantize.js';
import { type RequantizeMode, sumMultiplier } from '../integer/requantize.js';
import { referenceRunner } from '../integer/run.js';
import { softmaxInput } from '../integer/softmax.js';
import { codesOnly } from './codes-only.js';
import {
  type CodeType,
  type ExportedMac,
  type ExportedNetwork,
  type ExportedStep,
  type ExportedTensor,
  MOST_AXES,
} from './integers.js';
import { type ExportedMode, exactRescale, fixedRescale, lowest, rescaleOf, roundingOf } from './rescale.js';

/** Bits of sums of products, of differences of codes, and of their products. */
const SUM_BITS = 31;
const CODE_BITS = 9;
/** As far as the scales of two summands may lie apart in binary orders of magnitude, so that factors are below 2^53. */
const MOST_APART = 28;

/**
 * Throws UserError: for `float32`, which needs floats; for tensors of 16 bits; for steps and sums that a run refuses too; for
 * exact products beyond 128 bits.
 */
export function exportedNetwork(graph: IntegerGraph, mode: RequantizeMode): ExportedNetwork {
  if (mode === 'float32') {
    throw new UserError(
      'requantization float32 needs floating point, which export-c leaves out; choose gemmlowp, single or exact',
    );
  }
  const bare = codesOnly(graph);
  // what a run refuses is refused
  referenceRunner(bare, mode);
  return {
    source: graph.name,
    requantize: mode,
    tensors: bare.tensors.map(exportedTensor),
    inputs: bare.inputs,
    outputs: bare.outputs,
    steps: bare.steps.map((step) => exportedStep(step, bare.tensors, mode)),
  };
}

/** Floats that no step reads any more have a place in the list, and no codes. */
function exportedTensor({ name, shape, size, type, scale, zeroPoint }: IntegerTensor): ExportedTensor {
  if (type === 'float32') return { name, shape, size: 0, type: 'int8', scale, zeroPoint };
  if (type !== 'int16') return { name, shape, size, type, scale, zeroPoint };
  throw new UserError(`tensor ${name} is of ${type}; export-c writes int8 and uint8`);
}

function exportedStep(
  step: IntegerStep,
  tensors: readonly IntegerTensor[],
  mode: ExportedMode,
): ExportedStep {
  const { name, inputs, output } = step;
  const [first, to] = [tensors[inputs[0]!]!, tensors[output]!];
  const placed = { name, inputs, output };
  const between = (weight: number, bits: number) => {
    const multiplier = { input: first.scale, weight, output: to.scale, product: 'float64' } as const;
    return rescaleOf(name, roundingOf(mode), [multiplier], bits);
  };
  switch (step.kind) {
    case 'mac':
      return exportedMac(step, mode);
    case 'add':
      return exportedAdd(step, first, tensors[step.inputs[1]]!, to, mode);
    case 'multiply': {
      const rescale = between(tensors[step.inputs[1]]!.scale, 2 * CODE_BITS);
      return { kind: 'multiply', ...placed, rescale, clamp: step.clamp };
    }
    case 'pool':
      return { kind: `${step.pooling}-pool`, ...placed, window: step.window, clamp: step.clamp };
    case 'softmax':
      return { kind: 'softmax', ...placed, classes: first.shape.at(-1)!, ...softmaxIntegers(step, first) };
    case 'quantize':
      if (sameCodes(first, to)) return { kind: 'copy', ...placed };
      return { kind: 'quantize', ...placed, rescale: between(1, CODE_BITS) };
    case 'reshape':
      return { kind: 'copy', ...placed };
    case 'concat': {
      const tables = step.inputs.map((at) => {
        const input = tensors[at]!;
        // old uint8 files join codes in float32: of 256 codes a table holds all there is to compute
        return sameCodes(input, to) ? undefined : codeTable(input, joinedCode(step, input, to, mode));
      });
      return { kind: 'concat', ...placed, outer: step.outer, inner: step.inner, tables };
    }
    case 'activation': {
      const [code, { least, most }] = [quantized(step, first, to, mode), step.clamp];
      const table = codeTable(first, (x) => Math.min(Math.max(code(x), least), most));
      return { kind: 'table', ...placed, table };
    }
    case 'pick':
      return { kind: 'pick', ...placed, axes: requireAxes(step) };
    case 'mean':
      return exportedMean(step, first, to, mode);
    default:
      return step satisfies never;
  }
}

function softmaxIntegers(step: IntegerSoftmax, input: IntegerTensor): ReturnType<typeof softmaxInput> {
  const integers = softmaxInput(step, input);
  if (integers.shift >= 0) return integers;
  throw new UserError(
    `step ${step.name}: softmax of codes of scale ${input.scale} leaves all shares alike; a scale of at least 2^-26 is written`,
  );
}

function sameCodes(a: IntegerTensor, b: IntegerTensor): boolean {
  return a.type === b.type && a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}

function codeTable(input: IntegerTensor, code: (code: number) => number): readonly number[] {
  const [least] = INTEGER_TYPES[input.type as CodeType];
  return Array.from({ length: 256 }, (_, i) => code(least + i));
}

function requireAxes({ name, axes }: IntegerPick): IntegerPick['axes'] {
  if (axes.length <= MOST_AXES) return axes;
  throw new UserError(
    `step ${name} moves codes along ${axes.length} axes; export-c writes up to ${MOST_AXES} beside the batch`,
  );
}

function exportedMean(
  { name, inputs, output, pixels, channels }: IntegerMean,
  from: IntegerTensor,
  to: IntegerTensor,
  mode: ExportedMode,
): ExportedStep {
  const placed = { kind: 'mean', name, inputs, output, pixels, channels } as const;
  const rounding = roundingOf(mode);
  if (rounding === 'exact') {
    const ratio = divide(toRational(from.scale), toRational(to.scale * pixels));
    return { ...placed, rescale: exactRescale(name, [ratio], SUM_BITS) };
  }
  const { multiplier, shift } = foldedMultiplier(sumMultiplier(from.scale / to.scale), pixels);
  return { ...placed, rescale: { rounding, multipliers: [multiplier], shifts: [shift] } };
}

function exportedMac(step: IntegerMac, mode: ExportedMode): ExportedMac {
  const { name, inputs, output, window, groups, outChannels, weights, weightZeroPoint, bias } = step;
  const { kernelHeight, kernelWidth, outHeight, outWidth, inChannels } = window;
  const isDense = groups === 1 && kernelHeight * kernelWidth * outHeight * outWidth === 1;
  const kind = isDense ? 'dense' : groups === inChannels ? 'depthwise' : 'convolution';
  const asked = step.rounding === 'always-twice' && mode === 'single' ? 'gemmlowp' : mode;
  return {
    kind,
    ...{ name, inputs, output, window, groups, outChannels },
    weightType: weightType(name, weights),
    weights: [...weights],
    weightZeroPoint,
    bias: [...bias],
    rescale: rescaleOf(name, roundingOf(asked), step.multipliers, SUM_BITS),
    clamp: step.clamp,
  };
}

function weightType(name: string, weights: IntegerMac['weights']): CodeType {
  if (weights instanceof Int8Array) return 'int8';
  if (weights instanceof Uint8Array) return 'uint8';
  throw new UserError(`step ${name} has weights of 16 bits; export-c writes int8 and uint8`);
}

function exportedAdd(
  { name, inputs, output, clamp }: Extract<IntegerStep, { kind: 'add' }>,
  first: IntegerTensor,
  second: IntegerTensor,
  to: IntegerTensor,
  mode: ExportedMode,
): ExportedStep {
  const placed = { name, inputs, output, clamp };
  const rounding = roundingOf(mode);
  if (rounding !== 'exact') {
    const twice = 2 * Math.max(first.scale, second.scale);
    const one = (real: number) => fixedRescale(rounding, [real]);
    return {
      kind: 'add',
      ...placed,
      first: one(first.scale / twice),
      second: one(second.scale / twice),
      sum: one(twice / (2 ** 20 * to.scale)),
    };
  }
  const [a, b] = [lowest(toRational(first.scale)), lowest(toRational(second.scale))];
  // both in units of the finer of the two: float32 numbers are whole multiples of it
  const unit = a.denominator > b.denominator ? a.denominator : b.denominator;
  const factors = [a, b].map((scale) => Number((scale.numerator * unit) / scale.denominator)) as [
    number,
    number,
  ];
  if (Math.max(...factors) >= 2 ** (24 + MOST_APART)) {
    throw new UserError(
      `step ${name}: scales ${first.scale} and ${second.scale} lie too far apart for an exact sum; choose --requantize gemmlowp or single`,
    );
  }
  const ratio = divide(rational(1n, unit), toRational(to.scale));
  return {
    kind: 'exact-add',
    ...placed,
    factors,
    sum: exactRescale(name, [ratio], 24 + MOST_APART + CODE_BITS + 1),
  };
}
