/**
 * The simulated dataflow, fake quantization as training frameworks do it: weights and every edge are encoded and
 * decoded, what lies between runs in float32. It rounds more than once a layer (float32 products, sums and
 * decoded values), so it is near the emac dataflow and not equal to it.
 */
import { WEIGHT_KEYS } from '../../emac/layer/layer.js';
import { createKernels, type Kernels } from '../../kernels/loader.js';
import { decodeTensor, encodeTensor } from '../../quantizers/encoder.js';
import { classify } from '../argmax.js';
import { movesCodes } from '../calibration.js';
import { checkRun, type Outcome, type Plan } from '../plan.js';
import type { EncodingTable, MacStep, Program, Step } from '../program.js';
import type { Dataflow } from './dataflow.js';
import { EdgeRounder } from './edge-rounder.js';
import { encodingOf } from './encoding-of.js';
import { compileFloatSteps, FLOAT_CHOICES } from './float.js';

/**
 * Compiles a program for batches of up to `batch` images; `seed` keys the random words of stochastic rounding. Biases
 * stay float32. A decoded value is scale · (value − zero point) rounded to float64, then to float32. An edge
 * whose step only moves codes of the same encoding is not rounded again. Throws UserError where an edge or a
 * layer has no encoding. `kernels`: as for `compileEmac`.
 */
export function compileSimulated(
  program: Program,
  table: EncodingTable,
  options: { readonly batch: number; readonly seed: number; readonly kernels?: Kernels },
): Plan {
  const { batch, seed, kernels = createKernels() } = options;
  const quantized: Program = {
    ...program,
    steps: program.steps.map((step) => (step.kind === 'mac' ? withRoundedWeights(step, table, seed) : step)),
  };
  const { pointers, actions, values } = compileFloatSteps(kernels, quantized, batch);
  const edgeEncoding = (edge: number) => encodingOf(table.edges, program.edges[edge]!.name, 'edge');
  const rounderOf = (edge: number) => {
    const { name, size } = program.edges[edge]!;
    return new EdgeRounder(kernels, name, edgeEncoding(edge), { seed, tensor: edge }, size, batch);
  };
  const isRounded = (step: Step) =>
    !movesCodes(step) || edgeEncoding(step.inputs[0]) !== edgeEncoding(step.output);
  const input = rounderOf(program.input);
  const rounders = program.steps.map((step) => (isRounded(step) ? rounderOf(step.output) : undefined));

  const inputSize = program.edges[program.input]!.size;
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };
  const plan: Plan = {
    dataflow: NAME,
    program,
    batch,
    run(images, count, firstImage = 0) {
      checkRun(plan, images, count);
      const at = pointers[program.input]!;
      kernels.f32(at, count * inputSize).set(images.subarray(0, count * inputSize));
      input.round(at, count, firstImage);
      for (const [index, step] of program.steps.entries()) {
        actions[index]!(count);
        rounders[index]?.round(pointers[step.output]!, count, firstImage);
      }
      const logits = kernels.f32(pointers[program.output]!, count * program.classes);
      return classify(logits, count, program.classes, outcome);
    },
    edgeValues: values,
  };
  return plan;
}

const NAME = 'simulated';

export const simulatedDataflow: Dataflow = {
  name: NAME,
  meaning: 'fake quantization: edges and weights encoded and decoded, float32 sums between',
  encodings: 'every edge and layer',
  fixed: FLOAT_CHOICES,
  compile: (program, table, { seed }, room) => compileSimulated(program, table, { ...room, seed }),
};

/** The layer with its weights encoded and decoded, group by group with the random words of the emac dataflow. */
function withRoundedWeights(step: MacStep, table: EncodingTable, seed: number): MacStep {
  const encoding = encodingOf(table.weights, step.name, 'weights of layer');
  const weights = new Float32Array(step.weights.length);
  const channels = step.outChannels / step.groups;
  for (let group = 0; group < step.groups; group++) {
    const from = group * channels * step.k;
    const rows = [group * channels, (group + 1) * channels] as const;
    const scales = encoding.scales.length === 1 ? encoding.scales : encoding.scales.slice(...rows);
    const own = { ...encoding, scales };
    const codes = encodeTensor(step.weights.subarray(from, from + channels * step.k), own, {
      channels,
      name: `weights of layer '${step.name}'`,
      randomKey: { seed, tensor: WEIGHT_KEYS + step.output, image: group },
    });
    weights.set(decodeTensor(codes, own, channels), from);
  }
  return { ...step, weights };
}
