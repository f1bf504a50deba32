/**
 * Integer-only dataflows: codes from the input's quantization to the logits, sums in 32 bits, a named requantization
 * (networks/integer). Their predictions compare the codes of the output.
 */
import type { LayerChoices } from '../../emac/layer/choices.js';
import { classify } from '../argmax.js';
import { integerFacts, integerHardware } from '../integer/facts.js';
import { type IntegerScheme, integerProgram } from '../integer/from-program.js';
import type { IntegerGraph } from '../integer/graph.js';
import { kernelRunner } from '../integer/kernel-run.js';
import { checkRun, type Outcome, type Plan } from '../plan.js';
import type { EncodingTable, Program } from '../program.js';
import type { Dataflow, Room } from './dataflow.js';

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
  const runner = kernelRunner(graph, choices.requantize, kernels);
  const input = runner.values[graph.inputs[0]!] as Float32Array;
  const output = runner.values[graph.outputs[0]!]!;
  const logits = new Float32Array(batch * program.classes);
  const kept = program.edges.map(() => undefined as Float32Array | undefined);
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };
  const decoded = (edge: number, to: Float32Array, at: number): void => {
    const { scale, zeroPoint } = graph.tensors[edge]!;
    runner.values[edge]!.forEach((code, i) => {
      to[at + i] = scale * (code - zeroPoint);
    });
  };
  const plan: IntegerPlan = {
    dataflow: `integer-${scheme}`,
    logits: 'rounded',
    program,
    batch,
    graph,
    run(images, count) {
      checkRun(plan, images, count);
      for (let image = 0; image < count; image++) {
        input.set(images.subarray(image * input.length, (image + 1) * input.length));
        runner.run();
        logits.set(output, image * program.classes);
        kept.forEach((values, edge) => {
          if (values !== undefined) decoded(edge, values, image * program.edges[edge]!.size);
        });
      }
      lastImages = { images, count };
      return classify(logits, count, program.classes, outcome);
    },
    edgeValues(edge, count) {
      // one record is held at a time: the run is done again with this edge kept
      const values = new Float32Array(batch * program.edges[edge]!.size);
      kept[edge] = values;
      if (lastImages !== undefined) plan.run(lastImages.images, lastImages.count);
      kept[edge] = undefined;
      return values.subarray(0, count * program.edges[edge]!.size);
    },
    ...pricesOf(graph, choices.requantize),
  };
  let lastImages: { images: Float32Array; count: number } | undefined;
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

function dataflow(scheme: IntegerScheme, meaning: string): Dataflow {
  return {
    name: `integer-${scheme}`,
    meaning,
    encodings: 'every edge and layer',
    fixed: { accumulator: { kind: 'exact' }, bias: 'accumulator', logits: 'rounded', scaleBits: 31 },
    compile: (program, table, choices, room) => compileInteger(program, table, choices, room, scheme),
  };
}

export const integerTfliteDataflow = dataflow(
  'tflite',
  'int8 integers alone, as TensorFlow Lite: weights affine8s, activations affine8',
);
export const integerJacobDataflow = dataflow('jacob', 'uint8 integers alone, as Jacob et al. 2017: affine8');
