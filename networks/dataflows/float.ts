/** The float32 dataflow: the baseline every format is compared with. */
import { createKernels, type Kernels } from '../../kernels/loader.js';
import { clampBounds } from '../operators/activation.js';
import { FloatMac } from '../operators/float-mac.js';
import { allocateFloats } from '../operators/operator.js';
import { poolArguments } from '../operators/pool.js';
import type { Outcome, Plan } from '../plan.js';
import type { MacStep, PoolStep, Program, Step } from '../program.js';

/** Runs one step on the first `count` images of its edges. */
export type Action = (count: number) => void;

/** A program's edges and steps on one heap: what the float dataflow runs, and what fake quantization rounds between. */
export interface FloatSteps {
  /** Of each edge's float32 values, [batch][size]. */
  readonly pointers: readonly number[];
  /** One a step, in order. */
  readonly actions: readonly Action[];
}

/**
 * Compiles `program` for up to `batch` images a run. Every product and sum is rounded to float32 in the order
 * of FloatMac (bias first, k ascending), so the logits are the same bits on any machine and for any batch.
 */
export function compileFloat(program: Program, options: { batch: number }): Plan {
  const { batch } = options;
  const kernels = createKernels();
  const { pointers, actions } = compileFloatSteps(kernels, program, batch);
  const inputSize = program.edges[program.input]!.size;
  const images = kernels.f32(pointers[program.input]!, batch * inputSize);
  const logits = kernels.f32(pointers[program.output]!, batch * program.classes);
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };
  return {
    dataflow: 'float',
    program,
    batch,
    run(source, count) {
      checkRun(source, count, batch, inputSize);
      const wanted = count * inputSize;
      images.set(source.length === wanted ? source : source.subarray(0, wanted));
      for (const action of actions) action(count);
      return classify(logits, count, program.classes, outcome);
    },
    edgeValues(edge, count) {
      return kernels.f32(pointers[edge]!, count * program.edges[edge]!.size).slice();
    },
  };
}

/** Lays out the edges and packs the weights. */
export function compileFloatSteps(kernels: Kernels, program: Program, batch: number): FloatSteps {
  const pointers = program.edges.map((edge) => allocateFloats(kernels, batch * edge.size));
  return { pointers, actions: program.steps.map((step) => compileStep(kernels, program, pointers, step)) };
}

/** Throws RangeError unless `source` holds `count` ≤ `batch` images of `size`. */
export function checkRun(source: Float32Array, count: number, batch: number, size: number): void {
  if (count > batch || source.length < count * size) {
    throw new RangeError(
      `run: ${count} images of ${size} values asked of a plan for ${batch}, with ${source.length} values given`,
    );
  }
}

/**
 * The class of the largest logit of each image, lowest index first; a NaN never wins and is counted, all NaN
 * give −1; images whose largest logit is shared are counted as ties.
 */
export function classify(
  logits: Float32Array | Float64Array,
  count: number,
  classes: number,
  outcome: Outcome,
): Outcome {
  outcome.ties = 0;
  outcome.nanLogits = 0;
  for (let image = 0; image < count; image++) {
    let best = -1;
    let value = 0;
    let shared = 0;
    for (let c = 0; c < classes; c++) {
      const logit = logits[image * classes + c]!;
      if (Number.isNaN(logit)) outcome.nanLogits++;
      else if (best < 0 || logit > value) {
        best = c;
        value = logit;
        shared = 1;
      } else if (logit === value) shared++;
    }
    outcome.predictions[image] = best;
    if (shared > 1) outcome.ties++;
  }
  return outcome;
}

function compileStep(kernels: Kernels, program: Program, pointers: readonly number[], step: Step): Action {
  switch (step.kind) {
    case 'mac':
      return compileMac(kernels, program, pointers, step);
    case 'pool':
      return compilePool(kernels, program, pointers, step);
    case 'add': {
      const [a, b, out] = [pointers[step.inputs[0]]!, pointers[step.inputs[1]]!, pointers[step.output]!];
      const size = program.edges[step.output]!.size;
      const [low, high] = clampBounds(step.activation);
      return (count) => {
        kernels.call.addFloat32(count * size, a, b, out);
        if (step.activation !== 'identity') kernels.call.clampFloat32(count * size, out, low, high, out);
      };
    }
    case 'activation': {
      const [low, high] = clampBounds(step.activation);
      const [from, to] = [pointers[step.input]!, pointers[step.output]!];
      const size = program.edges[step.output]!.size;
      return (count) => void kernels.call.clampFloat32(count * size, from, low, high, to);
    }
    default:
      throw new Error(`no float step ${step satisfies never}`);
  }
}

function compileMac(kernels: Kernels, program: Program, pointers: readonly number[], step: MacStep): Action {
  const mac = new FloatMac(kernels, step.window, step.groups, step.outChannels, 'inference');
  const weights = allocateFloats(kernels, step.weights.length);
  kernels.f32(weights, step.weights.length).set(step.weights);
  mac.pack(weights);
  const bias = allocateFloats(kernels, step.outChannels);
  kernels.f32(bias, step.outChannels).set(step.bias);
  const [from, to] = [pointers[step.input]!, pointers[step.output]!];
  const size = program.edges[step.output]!.size;
  const [low, high] = clampBounds(step.activation);
  return (count) => {
    mac.forward(count, from, bias, to);
    if (step.activation !== 'identity') kernels.call.clampFloat32(count * size, to, low, high, to);
  };
}

function compilePool(
  kernels: Kernels,
  program: Program,
  pointers: readonly number[],
  step: PoolStep,
): Action {
  const pool = step.pooling === 'max' ? kernels.call.maxPoolFloat32 : kernels.call.averagePoolFloat32;
  const sizes = poolArguments(step.window);
  const [from, to] = [pointers[step.input]!, pointers[step.output]!];
  const inBytes = program.edges[step.input]!.size * 4;
  const outBytes = program.edges[step.output]!.size * 4;
  return (count) => {
    for (let i = 0; i < count; i++) pool(from + i * inBytes, to + i * outBytes, ...sizes);
  };
}
