/** Runs a network in the integers of Yao et al. on the kernels, a batch at a time: the codes of run.ts, sooner. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';
import { yaoCode } from '../../quantizers/yao.js';
import { maxPool } from '../integer/batch-pool.js';
import type { Program, Step } from '../program.js';
import { YaoKernelMac } from './kernel-mac.js';
import { heldIn, type YaoLayer, yaoLayer } from './layer.js';
import { addAction, averageAction, type BatchAction, concatAction, padAction } from './moves.js';
import { commonExponents, yaoAction } from './run.js';

/** Vectors are read and written past the last value, and products take rows by fours. */
const SLACK = 64;
const ROWS_BEHIND = 3;
/** 2^±so much is a float32. */
const FLOAT32_EXPONENTS = 126;
/** The largest of codes of R bits has R bits. */
const INT16 = { least: -(2 ** 15), most: 2 ** 15 - 1 };

export interface YaoBatchRunner {
  readonly layers: readonly YaoLayer[];
  /** Of every edge: real = code · 2^−exponent. */
  readonly exponents: readonly number[];
  /** Codes [batch][size] by edge, of the last run. */
  readonly codes: readonly Int16Array[];
  run(images: Float32Array, count: number): void;
}

interface Making {
  readonly program: Program;
  readonly bits: number;
  readonly exponents: readonly number[];
  readonly codes: readonly Int16Array[];
  readonly pointers: readonly Pointer[];
  readonly kernels: Kernels;
  readonly batch: number;
}

/** `given`: the exponent of every edge. Throws UserError where there is too little memory. */
export function yaoKernelRunner(
  program: Program,
  bits: number,
  given: readonly number[],
  { kernels, batch }: { readonly kernels: Kernels; readonly batch: number },
): YaoBatchRunner {
  const exponents = commonExponents(program, given);
  const pointers = program.edges.map(({ size }) =>
    kernels.allocate((batch + ROWS_BEHIND) * size * 2 + SLACK),
  );
  const codes = program.edges.map(({ size }, edge) => kernels.i16(pointers[edge]!, batch * size));
  const layers: YaoLayer[] = [];
  const making = { program, bits, exponents, codes, pointers, kernels, batch };
  const actions = program.steps.map((step) => {
    if (step.kind !== 'mac') return actionOf(step, making);
    const layer = yaoLayer(step, bits, exponents[step.inputs[0]]!, exponents[step.output]!);
    layers.push(layer);
    return macAction(layer, making);
  });
  const quantize = quantizer(making);
  return {
    layers,
    exponents,
    codes,
    run(images, count) {
      quantize(images, count);
      for (const act of actions) act(count);
    },
  };
}

/** Equation (7), as `yaoCode`, of a batch of images. */
function quantizer({
  program,
  exponents,
  bits,
  kernels,
  pointers,
  codes,
  batch,
}: Making): (images: Float32Array, count: number) => void {
  const [exponent, { size }] = [exponents[program.input]!, program.edges[program.input]!];
  const to = codes[program.input]!;
  if (Math.abs(exponent) > FLOAT32_EXPONENTS) {
    return (images, count) => {
      for (let i = 0; i < count * size; i++) to[i] = yaoCode(images[i]!, exponent, bits);
    };
  }
  const values = kernels.allocate(batch * size * 4 + SLACK);
  const view = kernels.f32(values, batch * size);
  const [scale, most] = [powerOfTwo(exponent), 2 ** (bits - 1) - 1];
  return (images, count) => {
    view.set(images.subarray(0, count * size));
    kernels.call.quantizeInt16(count * size, values, scale, -most - 1, most, pointers[program.input]!);
  };
}

function macAction(layer: YaoLayer, making: Making): BatchAction {
  const { step } = layer;
  const { kernels, batch, pointers } = making;
  const mac = YaoKernelMac.of(kernels, layer, batch);
  if (mac === undefined) return oneByOne(step, making);
  const [from, to] = [pointers[step.inputs[0]]!, pointers[step.output]!];
  return (count) => mac.run(from, to, count);
}

/** As the reference does it, image after image. */
function oneByOne(step: Step, { program, bits, exponents, codes }: Making): BatchAction {
  const staged = program.edges.map(
    ({ size }, edge) => new Int32Array(edge === step.output || step.inputs.includes(edge) ? size : 0),
  );
  const act = yaoAction(step, { bits, exponents, codes: staged, layers: [] });
  return (count) => {
    for (let image = 0; image < count; image++) {
      for (const edge of step.inputs) {
        const { size } = program.edges[edge]!;
        staged[edge]!.set(codes[edge]!.subarray(image * size, (image + 1) * size));
      }
      act();
      codes[step.output]!.set(staged[step.output]!, image * program.edges[step.output]!.size);
    }
  };
}

function actionOf(step: Exclude<Step, { kind: 'mac' }>, making: Making): BatchAction {
  const { codes, bits, exponents, program, kernels, pointers } = making;
  const { size } = program.edges[step.output]!;
  switch (step.kind) {
    case 'add':
      if (step.inputs.length !== 2) return oneByOne(step, making);
      return addAction(step, making, { kernels, pointers, size });
    case 'concat':
      return concatAction(step, making, codes);
    case 'pool':
      if (step.pooling === 'average') return averageAction(step, making, codes);
      return maxPool(kernels, step.window, 'int16', INT16, pointers[step.inputs[0]]!, pointers[step.output]!);
    case 'pad':
      return padAction(step, codes);
    case 'activation': {
      const far = BigInt(2 ** bits);
      const exponent = exponents[step.output]!;
      const least = heldIn(-far, bits, step.activation, exponent);
      const most = heldIn(far, bits, step.activation, exponent);
      const [from, to] = [codes[step.inputs[0]]!, codes[step.output]!];
      return (count) => {
        for (let i = 0; i < count * size; i++) to[i] = Math.min(Math.max(from[i]!, least), most);
      };
    }
    default:
      return step satisfies never;
  }
}
