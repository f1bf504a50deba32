/** The integers of Yao et al. as golden vectors tell them (docs/golden-vectors.md): exponents, A, B and shifts of every step. */
import { yaoCode, yaoExponent } from '../../quantizers/yao.js';
import type { GoldenPlan } from '../plan.js';
import type { Program, Step } from '../program.js';
import type { StoredTensor } from '../tensor.js';
import { alignmentOf, heldIn, type YaoLayer } from './layer.js';

interface YaoIntegers {
  readonly program: Program;
  readonly bits: number;
  /** Of every edge: real = code · 2^−exponent. */
  readonly exponents: readonly number[];
  readonly layers: readonly YaoLayer[];
  /** By edge, of the last run: an image after another. */
  readonly codes: readonly Int16Array[];
}

/** Of the first `count` images of the last run. */
export function yaoGolden(integers: YaoIntegers, count: number): GoldenPlan {
  const { program, bits, exponents, layers, codes } = integers;
  return {
    tensors: new Map<string, StoredTensor>([
      ...program.edges.map(({ name, shape, size }, edge) => {
        const data = Int32Array.from(codes[edge]!.subarray(0, count * size));
        return [`edge/${name}`, { shape: [count, ...shape], data }] as const;
      }),
      ...layers.map(({ step, weights }) => {
        return [`weights/${step.name}`, { shape: [step.outChannels, step.k], data: weights }] as const;
      }),
    ]),
    edges: program.edges.map((edge, at) => ({ ...edge, bits, exponent: exponents[at]! })),
    steps: program.steps.map((step) => described(step, integers)),
  };
}

function described(step: Step, { program, bits, exponents, layers }: YaoIntegers): object {
  const { kind, name } = step;
  const nameOf = (edge: number) => program.edges[edge]!.name;
  const output = nameOf(step.output);
  const to = exponents[step.output]!;
  const clamp = (activation: Parameters<typeof heldIn>[2]) => {
    const beyond = 1n << BigInt(bits);
    return { least: heldIn(-beyond, bits, activation, to), most: heldIn(beyond, bits, activation, to) };
  };
  switch (kind) {
    case 'mac': {
      const layer = layers.find((one) => one.step === step)!;
      const { window, groups, outChannels, k } = step;
      const { product, shift, common } = alignmentOf(layer);
      return {
        ...{ kind, name, input: nameOf(step.inputs[0]), output, window, groups, outChannels, k },
        exponents: layer.exponents,
        gain: [...layer.gain],
        bias: [...layer.bias],
        shifts: { product, bias: shift, right: common - to },
        accumulatorBits: layer.accumulatorBits,
        resultBits: layer.resultBits,
        clamp: clamp(step.activation),
      };
    }
    case 'pool': {
      const { pooling, window } = step;
      const pool = {
        kind,
        name,
        pooling,
        input: nameOf(step.inputs[0]),
        output,
        window,
        clamp: clamp('identity'),
      };
      return pooling === 'max'
        ? pool
        : { ...pool, shares: sharesOf(window.kernelHeight * window.kernelWidth, bits) };
    }
    case 'add':
      return { kind, name, inputs: step.inputs.map(nameOf), output, clamp: clamp(step.activation) };
    case 'activation':
      return { kind, name, input: nameOf(step.inputs[0]), output, clamp: clamp(step.activation) };
    case 'concat': {
      const { pixels, channels } = step;
      return {
        kind,
        name,
        inputs: step.inputs.map(nameOf),
        output,
        pixels,
        channels,
        clamp: clamp('identity'),
      };
    }
    case 'pad':
      return { kind, name, input: nameOf(step.inputs[0]), output, frame: step.frame };
    default:
      return step satisfies never;
  }
}

/** 1/n as a code and its exponent, for windows that hold n = 1, 2, … pixels of the image. */
function sharesOf(most: number, bits: number): object[] {
  return Array.from({ length: most }, (_, i) => {
    const exponent = yaoExponent(1 / (i + 1), bits);
    return { code: yaoCode(1 / (i + 1), exponent, bits), exponent };
  });
}
