/** The float32 dataflow: the baseline every format is compared with. */
import { createKernels, type Kernels } from '../../kernels/loader.js';
import { classify } from '../argmax.js';
import { checkRun, type Outcome, type Plan } from '../plan.js';
import { FloatActivation } from '../primitives/activation.js';
import { FloatConcat } from '../primitives/concat.js';
import { allocateFloats } from '../primitives/memory.js';
import { packedWeights } from '../primitives/packed-weights.js';
import { FloatPad } from '../primitives/pad.js';
import { FloatPool } from '../primitives/pool.js';
import type { MacStep, Program, Step } from '../program.js';
import type { Dataflow } from './dataflow.js';

/** Runs one step on the first `count` images of its edges. */
export type Action = (count: number) => void;

/** A program's edges and steps on one heap: what the float dataflow runs, and what fake quantization rounds between. */
export interface FloatSteps {
  /** Of each edge's float32 values, [batch][size]. */
  readonly pointers: readonly number[];
  /** One a step, in order. */
  readonly actions: readonly Action[];
  /** A copy of the values of an edge's first `count` images. */
  values(edge: number, count: number): Float32Array;
}

/**
 * Compiles `program` for up to `batch` images a run. Every product and sum is rounded to float32 in the order
 * of FloatProduct (bias first, k ascending), so the logits are the same bits on any machine and for any batch.
 */
export function compileFloat(
  program: Program,
  options: { readonly batch: number; readonly kernels?: Kernels },
): Plan {
  const { batch, kernels = createKernels() } = options;
  const { pointers, actions, values } = compileFloatSteps(kernels, program, batch);
  const inputSize = program.edges[program.input]!.size;
  const images = kernels.f32(pointers[program.input]!, batch * inputSize);
  const logits = kernels.f32(pointers[program.output]!, batch * program.classes);
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };
  const plan: Plan = {
    dataflow: NAME,
    program,
    batch,
    run(source, count) {
      checkRun(plan, source, count);
      const wanted = count * inputSize;
      images.set(source.length === wanted ? source : source.subarray(0, wanted));
      for (const action of actions) action(count);
      return classify(logits, count, program.classes, outcome);
    },
    edgeValues: values,
  };
  return plan;
}

const NAME = 'float';

/** Sums in float32, no requantization multiplier: these choices do not exist where a program runs in floats. */
export const FLOAT_CHOICES: Dataflow['fixed'] = {
  accumulator: { kind: 'float32' },
  scaleBits: 53,
  bias: 'accumulator',
  logits: 'rounded',
  requantize: 'gemmlowp',
};

export const floatDataflow: Dataflow = {
  name: NAME,
  meaning: 'float32 throughout: the baseline',
  encodings: 'none',
  fixed: FLOAT_CHOICES,
  compile: (program, _table, _choices, room) => compileFloat(program, room),
};

/** Lays out the edges and packs the weights. */
export function compileFloatSteps(kernels: Kernels, program: Program, batch: number): FloatSteps {
  const pointers = program.edges.map((edge) => allocateFloats(kernels, batch * edge.size));
  return {
    pointers,
    actions: program.steps.map((step) => compileStep(kernels, program, pointers, step)),
    values: (edge, count) => kernels.f32(pointers[edge]!, count * program.edges[edge]!.size).slice(),
  };
}

function compileStep(kernels: Kernels, program: Program, pointers: readonly number[], step: Step): Action {
  const inputs = step.inputs.map((edge) => pointers[edge]!);
  const [from, to] = [inputs[0]!, pointers[step.output]!];
  const { size } = program.edges[step.output]!;
  switch (step.kind) {
    case 'mac':
      return compileMac(kernels, step, from, to, size);
    case 'pool': {
      const pool = new FloatPool(kernels, step.pooling, step.window);
      return (count) => pool.forward(count, from, to);
    }
    case 'add': {
      const clamp = new FloatActivation(kernels, step.activation);
      const [, ...others] = inputs;
      return (count) => {
        for (const [i, other] of others.entries()) {
          kernels.call.addFloat32(count * size, i === 0 ? from : to, other, to);
        }
        clamp.forward(count * size, to, to);
      };
    }
    case 'concat': {
      const join = new FloatConcat(kernels, step.pixels, step.channels);
      return (count) => join.forward(count, inputs, to);
    }
    case 'pad': {
      const pad = new FloatPad(kernels, step.frame);
      return (count) => pad.forward(count, from, to);
    }
    case 'activation': {
      const clamp = new FloatActivation(kernels, step.activation);
      return (count) => clamp.forward(count * size, from, to);
    }
    default:
      throw new Error(`no float step ${step satisfies never}`);
  }
}

function compileMac(kernels: Kernels, step: MacStep, from: number, to: number, size: number): Action {
  const packed = packedWeights(kernels, step.window, step.groups, step.outChannels, 'inference');
  const weights = allocateFloats(kernels, step.weights.length);
  kernels.f32(weights, step.weights.length).set(step.weights);
  packed.pack(weights);
  const mac = packed.product();
  const bias = allocateFloats(kernels, step.outChannels);
  kernels.f32(bias, step.outChannels).set(step.bias);
  const clamp = new FloatActivation(kernels, step.activation);
  return (count) => {
    mac.forward(count, from, bias, to);
    clamp.forward(count * size, to, to);
  };
}
