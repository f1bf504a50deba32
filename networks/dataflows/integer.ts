/**
 * Integer-only dataflows: codes from the input's quantization to the logits, sums in 32 bits, a named requantization
 * (networks/integer). Their predictions compare the codes of the output.
 */
import type { LayerChoices } from '../../emac/layer/choices.js';
import { classify } from '../argmax.js';
import { integerFacts, integerHardware } from '../integer/facts.js';
import { type IntegerScheme, integerProgram } from '../integer/from-program.js';
import { integerGolden } from '../integer/golden.js';
import type { IntegerGraph } from '../integer/graph.js';
import { kernelRunner } from '../integer/kernel-run.js';
import { checkRun, type Outcome, type Plan } from '../plan.js';
import type { EncodingTable, Program } from '../program.js';
import type { Combination, Dataflow, Room } from './dataflow.js';

export interface IntegerPlan extends Plan {
  readonly graph: IntegerGraph;
}

/** Throws UserError, naming edge or layer, for what the scheme cannot hold. */
export function compileInteger(
  program: Program,
  table: EncodingTable,
  choices: LayerChoices,
  { batch, kernels }: Room,
  scheme: IntegerScheme,
): IntegerPlan {
  const graph = integerProgram(program, table, scheme);
  const runner = kernelRunner(graph, choices.requantize, kernels, batch);
  const input = runner.values[graph.inputs[0]!] as Float32Array;
  const output = runner.values[graph.outputs[0]!]!;
  const logits = new Float32Array(batch * program.classes);
  const inputSize = program.edges[program.input]!.size;
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };
  const plan: IntegerPlan = {
    dataflow: `integer-${scheme}`,
    logits: 'rounded',
    program,
    batch,
    graph,
    run(images, count) {
      checkRun(plan, images, count);
      input.set(images.subarray(0, count * inputSize));
      runner.run(count);
      for (let i = 0; i < count * program.classes; i++) logits[i] = output[i]!;
      return classify(logits, count, program.classes, outcome);
    },
    edgeValues(edge, count) {
      const { scale, zeroPoint } = graph.tensors[edge]!;
      const codes = runner.values[edge]!.subarray(0, count * program.edges[edge]!.size);
      return Float32Array.from(codes, (code) => scale * (code - zeroPoint));
    },
    golden: (count) => integerGolden({ program, mode: choices.requantize, ...runner }, count),
    ...pricesOf(graph, choices.requantize),
  };
  return plan;
}

/** What the cost model is told, or why it is told nothing. */
function pricesOf(graph: IntegerGraph, mode: LayerChoices['requantize']) {
  const hardware = integerHardware(mode);
  switch (hardware.kind) {
    case 'multiplier':
      return { macFacts: () => integerFacts(graph) };
    case 'none':
      return { unpriced: hardware.why };
    default:
      return hardware satisfies never;
  }
}

/** The formats of the scheme's weights and activations. */
const FORMATS = {
  tflite: { weights: ['affine8s'], activations: ['affine8', 'affine8s'] },
  jacob: { weights: ['affine8'], activations: ['affine8', 'affine8s'] },
} as const satisfies Record<IntegerScheme, Record<'weights' | 'activations', readonly string[]>>;

function refuses(
  scheme: IntegerScheme,
  { weights, activations, granularity, mode }: Combination,
): string | undefined {
  const name = `integer-${scheme}`;
  const has: Record<'weights' | 'activations', readonly string[]> = FORMATS[scheme];
  const weight = weights.find((format) => !has.weights.includes(format.name));
  if (weight) return `${weight.name} weights in ${name}, which has weights ${has.weights.join(' or ')}`;
  const activation = activations.find((format) => !has.activations.includes(format.name));
  if (activation) return `${activation.name} activations in ${name}, which has activations affine8`;
  if (scheme === 'jacob' && granularity === 'channel')
    return `granularity channel in ${name}, which has one scale a tensor`;
  return mode === 'nearest-even' ? undefined : `mode ${mode} in ${name}, which rounds to nearest`;
}

function dataflow(scheme: IntegerScheme, meaning: string): Dataflow {
  return {
    name: `integer-${scheme}`,
    meaning,
    encodings: 'every edge and layer',
    fixed: { accumulator: { kind: 'exact' }, bias: 'accumulator', logits: 'rounded', scaleBits: 31 },
    refuses: (combination) => refuses(scheme, combination),
    compile: (program, table, choices, room) => compileInteger(program, table, choices, room, scheme),
  };
}

export const integerTfliteDataflow = dataflow(
  'tflite',
  'int8 integers alone, as TensorFlow Lite: weights affine8s, activations affine8',
);
export const integerJacobDataflow = dataflow('jacob', 'uint8 integers alone, as Jacob et al. 2017: affine8');
