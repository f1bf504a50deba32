/** A network in the integers of Yao et al., one image at a time; every sum is exact: the slow, obvious way that kernels are compared with. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Window } from '../../emac/layer/window.js';
import { yaoCode, yaoExponent } from '../../quantizers/yao.js';
import type { Frame, Program, Step } from '../program.js';
import { alignmentOf, heldIn, shiftedTo, type YaoLayer, yaoLayer } from './layer.js';

/** Sums below this are exact in float64. */
const EXACT = 2 ** 53;

export interface YaoRunner {
  readonly layers: readonly YaoLayer[];
  /** Codes by edge, of the last image. */
  readonly codes: readonly Int32Array[];
  run(image: Float32Array): void;
}

/** `given`: the exponent of every edge. */
export function yaoRunner(program: Program, bits: number, given: readonly number[]): YaoRunner {
  const exponents = commonExponents(program, given);
  const codes = program.edges.map(({ size }) => new Int32Array(size));
  const layers: YaoLayer[] = [];
  const actions = program.steps.map((step) => yaoAction(step, { bits, exponents, codes, layers }));
  const input = codes[program.input]!;
  return {
    layers,
    codes,
    run(image) {
      for (let i = 0; i < input.length; i++) input[i] = yaoCode(image[i]!, exponents[program.input]!, bits);
      for (const act of actions) act();
    },
  };
}

/** Pools keep their input's exponent; the inputs of a concat all take the smallest of its own and theirs. */
export function commonExponents(program: Program, given: readonly number[]): readonly number[] {
  const exponents = [...given];
  for (const step of program.steps) {
    if (step.kind === 'pool' || step.kind === 'activation' || step.kind === 'pad') {
      exponents[step.output] = exponents[step.inputs[0]]!;
    }
    if (step.kind === 'concat') {
      exponents[step.output] = Math.min(...step.inputs.map((edge) => exponents[edge]!));
    }
  }
  return exponents;
}

export interface Making {
  readonly bits: number;
  readonly exponents: readonly number[];
  /** By edge; those of the step are needed. */
  readonly codes: readonly Int32Array[];
  /** To which a mac step adds its own. */
  readonly layers: YaoLayer[];
}

/** Computes one step of one image from `codes` to `codes`. */
export function yaoAction(step: Step, making: Making): () => void {
  const { bits, exponents, codes, layers } = making;
  const to = codes[step.output]!;
  const from = step.inputs.map((edge) => codes[edge]!);
  const exponent = exponents[step.output]!;
  switch (step.kind) {
    case 'mac': {
      const layer = yaoLayer(step, bits, exponents[step.inputs[0]]!, exponent);
      layers.push(layer);
      return macAction(layer, from[0]!, to);
    }
    case 'add': {
      // the smaller exponent is the common one: the finer input is shifted to it
      const common = Math.min(...step.inputs.map((edge) => exponents[edge]!));
      return () => {
        for (let i = 0; i < to.length; i++) {
          let sum = 0n;
          step.inputs.forEach((edge, j) => {
            sum += shiftedTo(BigInt(from[j]![i]!), exponents[edge]!, common);
          });
          to[i] = heldIn(shiftedTo(sum, common, exponent), bits, step.activation, exponent);
        }
      };
    }
    case 'concat':
      return () => {
        const starts = step.inputs.map(() => 0);
        let at = 0;
        for (let pixel = 0; pixel < step.pixels; pixel++) {
          step.inputs.forEach((edge, j) => {
            for (let c = 0; c < step.channels[j]!; c++) {
              const code = shiftedTo(BigInt(from[j]![starts[j]!++]!), exponents[edge]!, exponent);
              to[at++] = heldIn(code, bits, 'identity', exponent);
            }
          });
        }
      };
    case 'pool':
      return poolAction(step, bits, exponent, from[0]!, to);
    case 'activation':
      return () => {
        for (let i = 0; i < to.length; i++)
          to[i] = heldIn(BigInt(from[0]![i]!), bits, step.activation, exponent);
      };
    case 'pad':
      return padAction(step.frame, from[0]!, to);
    default:
      return step satisfies never;
  }
}

/** Zeros around the image. */
function padAction(frame: Frame, from: Int32Array, to: Int32Array): () => void {
  const { height, width, channels, top, left, right } = frame;
  return () => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) {
          const place = ((top + y) * (left + width + right) + left + x) * channels + c;
          to[place] = from[(y * width + x) * channels + c]!;
        }
      }
    }
  };
}

/** Places of the taps of a window that lie in the image, and which taps they are. */
function tapsOf(w: Window, pixel: number): { readonly tap: number; readonly place: number }[] {
  const [oy, ox] = [Math.floor(pixel / w.outWidth), pixel % w.outWidth];
  const taps = [];
  for (let ky = 0; ky < w.kernelHeight; ky++) {
    for (let kx = 0; kx < w.kernelWidth; kx++) {
      const y = oy * w.strideY - w.padTop + ky * w.dilationY;
      const x = ox * w.strideX - w.padLeft + kx * w.dilationX;
      if (y < 0 || y >= w.inHeight || x < 0 || x >= w.inWidth) continue;
      taps.push({ tap: ky * w.kernelWidth + kx, place: (y * w.inWidth + x) * w.inChannels });
    }
  }
  return taps;
}

function macAction(layer: YaoLayer, from: Int32Array, to: Int32Array): () => void {
  const { step, bits, weights, gain, bias } = layer;
  const { window, groups, outChannels, k, activation } = step;
  const [groupIn, groupOut] = [window.inChannels / groups, outChannels / groups];
  const pixels = Array.from({ length: window.outHeight * window.outWidth }, (_, pixel) =>
    tapsOf(window, pixel),
  );
  const finish = finisher(layer);
  return () => {
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const taps = pixels[pixel]!;
      for (let c = 0; c < outChannels; c++) {
        const start = Math.floor(c / groupOut) * groupIn;
        let sum = 0;
        for (let t = 0; t < taps.length; t++) {
          const { tap, place } = taps[t]!;
          const [w, x] = [c * k + tap * groupIn, place + start];
          for (let i = 0; i < groupIn; i++) sum += weights[w + i]! * from[x + i]!;
        }
        to[pixel * outChannels + c] = finish(sum, gain[c]!, bias[c]!);
      }
    }
  };

  function finisher(of: YaoLayer): (sum: number, a: number, b: number) => number {
    const { product, shift, common } = alignmentOf(of);
    const right = common - of.to;
    const isSmall = of.resultBits <= 52 && right >= 1 && right <= 50;
    const [scale, lift] = [powerOfTwo(Math.min(product, 60)), powerOfTwo(Math.min(shift, 60))];
    const [half, unit] = [powerOfTwo(Math.max(right - 1, 0)), powerOfTwo(Math.max(right, 0))];
    const [top, bottom] = [
      heldIn(BigInt(EXACT), bits, activation, of.to),
      heldIn(-BigInt(EXACT), bits, activation, of.to),
    ];
    return (sum, a, b) => {
      if (isSmall) {
        const code = Math.floor((sum * a * scale + b * lift + half) / unit);
        return Math.min(Math.max(code, bottom), top);
      }
      const t = ((BigInt(sum) * BigInt(a)) << BigInt(product)) + (BigInt(b) << BigInt(shift));
      return heldIn(shiftedTo(t, common, of.to), bits, activation, of.to);
    };
  }
}

/** Of averages the factor 1/n is an A of equation (5), in R bits with an exponent of its own; our reading. */
function poolAction(
  step: Extract<Step, { kind: 'pool' }>,
  bits: number,
  exponent: number,
  from: Int32Array,
  to: Int32Array,
): () => void {
  const { window, pooling } = step;
  const channels = window.inChannels;
  const pixels = Array.from({ length: window.outHeight * window.outWidth }, (_, pixel) =>
    tapsOf(window, pixel),
  );
  return () => {
    pixels.forEach((taps, pixel) => {
      const share = 1 / taps.length;
      const own = yaoExponent(share, bits);
      const factor = BigInt(yaoCode(share, own, bits));
      for (let c = 0; c < channels; c++) {
        let [sum, largest] = [0, Number.NEGATIVE_INFINITY];
        for (const { place } of taps) {
          sum += from[place + c]!;
          largest = Math.max(largest, from[place + c]!);
        }
        const mean = (): bigint => shiftedTo(BigInt(sum) * factor, exponent + own, exponent);
        to[pixel * channels + c] = pooling === 'max' ? largest : heldIn(mean(), bits, 'identity', exponent);
      }
    });
  };
}
