/** An integer graph as golden vectors tell it (docs/golden-vectors.md): every integer that its codes are computed with, by name. */
import { scaleText } from '../dataflows/golden.js';
import type { GoldenPlan } from '../plan.js';
import type { Program } from '../program.js';
import type { StoredTensor } from '../tensor.js';
import { describedRequantize, describedSum } from './golden-requantize.js';
import type {
  IntegerActivation,
  IntegerGraph,
  IntegerMac,
  IntegerStep,
  IntegerTensor,
  Values,
} from './graph.js';
import type { RequantizeMode } from './requantize.js';

interface IntegerRun {
  readonly program: Program;
  readonly graph: IntegerGraph;
  readonly mode: RequantizeMode;
  /** By tensor, of the last run: a record after another. */
  readonly values: readonly Values[];
}

/** Of the first `count` images of the last run. */
export function integerGolden({ program, graph, mode, values }: IntegerRun, count: number): GoldenPlan {
  const { tensors, steps } = graph;
  const edges = program.edges.map((_, edge) => tensors[edge]!);
  return {
    tensors: new Map([
      ...edges.map(({ name, shape, size }, edge) => {
        const data = Int32Array.from(values[edge]!.subarray(0, count * size));
        return [`edge/${name}`, { shape: [count, ...shape], data }] as const;
      }),
      ...steps.flatMap((step) =>
        step.kind === 'mac' ? [[`weights/${step.name}`, weightCodes(step)] as const] : [],
      ),
    ]),
    edges: edges.map(({ name, shape, size, type, scale, zeroPoint }) => {
      return { name, shape, size, type, scale: scaleText(scale), zeroPoint };
    }),
    // the first one is the quantization of the images, which the first edge tells all of
    steps: steps.slice(1).map((step) => described(step, { program, tensors, mode })),
  };
}

function weightCodes({ weights, outChannels, k }: IntegerMac): StoredTensor {
  return { shape: [outChannels, k], data: Int32Array.from(weights) };
}

interface Told {
  readonly program: Program;
  readonly tensors: readonly IntegerTensor[];
  readonly mode: RequantizeMode;
}

function described(step: IntegerStep, told: Told): object {
  const { tensors, mode } = told;
  const { kind, name } = step;
  const inputs = step.inputs.map((at) => tensors[at]!);
  const to = tensors[step.output]!;
  const one = { kind, name, input: inputs[0]!.name, output: to.name };
  const several = { kind, name, inputs: inputs.map((edge) => edge.name), output: to.name };
  switch (kind) {
    case 'mac':
      return { ...one, ...describedMac(step, mode) };
    case 'add':
      return { ...several, requantize: describedSum(inputs, to, mode), clamp: step.clamp };
    case 'pool':
      return { ...one, pooling: step.pooling, window: step.window, clamp: step.clamp };
    case 'concat':
      return { ...several, pixels: step.outer, channels: step.inner };
    case 'activation':
      return { ...one, ...describedActivation(step, inputs[0]!, to, mode) };
    case 'pick': {
      // of networks of ours only pads move codes
      const pad = told.program.steps.find((made) => made.kind === 'pad' && made.output === step.output);
      return { ...one, kind: 'pad', frame: pad?.kind === 'pad' ? pad.frame : undefined };
    }
    case 'multiply':
    case 'softmax':
    case 'quantize':
    case 'reshape':
    case 'mean':
      throw new Error(`networks of ours have no step ${kind} in integers`);
    default:
      return step satisfies never;
  }
}

function describedMac(step: IntegerMac, mode: RequantizeMode): object {
  const { window, groups, outChannels, k, weightZeroPoint, bias, multipliers, clamp } = step;
  return {
    ...{ window, groups, outChannels, k, weightZeroPoint },
    weightScales: multipliers.map(({ weight }) => scaleText(weight)),
    bias: [...bias],
    product: multipliers[0]!.product,
    requantize: describedRequantize(mode, multipliers),
    clamp,
  };
}

/** Codes of one scale and zero point stay as they are. */
function describedActivation(
  { clamp }: IntegerActivation,
  from: IntegerTensor,
  to: IntegerTensor,
  mode: RequantizeMode,
): object {
  const isSame = from.scale === to.scale && from.zeroPoint === to.zeroPoint;
  const multiplier = { input: from.scale, weight: 1, output: to.scale, product: 'float64' } as const;
  return { requantize: isSame ? { mode: 'none' } : describedRequantize(mode, [multiplier]), clamp };
}
