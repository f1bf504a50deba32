/** Runs a network in the integers of Yao et al. on the kernels, a batch at a time: the codes of run.ts, sooner. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';
import type { Program, Step } from '../program.js';
import { YaoKernelMac } from './kernel-mac.js';
import { heldIn, type YaoLayer, yaoLayer } from './layer.js';
import { addAction, type BatchAction, concatAction, padAction, poolAction } from './moves.js';
import { commonExponents, yaoAction } from './run.js';

/** Vectors are read and written past the last value, and products take rows by fours. */
const SLACK = 64;
const ROWS_BEHIND = 3;

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
  const size = program.edges[program.input]!.size;
  const quantize = quantizer(codes[program.input]!, exponents[program.input]!, bits);
  return {
    layers,
    exponents,
    codes,
    run(images, count) {
      quantize(images, count * size);
      for (const act of actions) act(count);
    },
  };
}

/** Equation (7), as `yaoCode`, of the first `n` values. */
function quantizer(
  to: Int16Array,
  exponent: number,
  bits: number,
): (values: Float32Array, n: number) => void {
  const [scale, most] = [powerOfTwo(exponent), 2 ** (bits - 1) - 1];
  return (values, n) => {
    for (let i = 0; i < n; i++) {
      const scaled = values[i]! * scale;
      const rounded = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5);
      to[i] = Math.min(Math.max(rounded, -most - 1), most);
    }
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
  const { codes, bits, exponents, program } = making;
  const { size } = program.edges[step.output]!;
  switch (step.kind) {
    case 'add':
      return addAction(step, making, codes, size);
    case 'concat':
      return concatAction(step, making, codes);
    case 'pool':
      return poolAction(step, making, codes);
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
