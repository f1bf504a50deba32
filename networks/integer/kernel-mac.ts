/** The mac step of an integer graph on the kernels: windows as int16 panels, int32 sums, codes; the same as run.ts, sooner. */
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';
import type { IntegerMac, IntegerTensor } from './graph.js';
import {
  fixedMultiplier,
  type RealMultiplier,
  type RequantizeMode,
  realOf,
  requantizer,
} from './requantize.js';

/** Vectors are read and written past the last value. */
const SLACK = 64;
const up = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Whether the kernels do this step: codes of a byte, and one filter a channel or as many groups as there may be. */
export function suitsKernels(step: IntegerMac, input: IntegerTensor, output: IntegerTensor): boolean {
  const bytes = [input, output].every(({ type }) => type === 'int8' || type === 'uint8');
  return bytes && (step.groups === 1 || isDepthwise(step));
}

function isDepthwise({ groups, outChannels, window }: IntegerMac): boolean {
  return groups > 1 && groups === outChannels && groups === window.inChannels;
}

/** One step with its weights packed. Channels of a depthwise step are padded to eight, so that lanes are whole. */
export class KernelMac {
  readonly #depthwise: boolean;
  readonly #paddedWidth: number;
  readonly #image: Pointer;
  /** int16 values of a pixel in the padded image. */
  readonly #pixel: number;
  readonly #centred: Pointer;
  readonly #rows: Pointer;
  readonly #rowBytes: number;
  readonly #panels: Pointer;
  readonly #weights: Pointer;
  readonly #bias: Pointer;
  readonly #sums: Pointer;
  readonly #stride: number;
  readonly #pixels: number;
  readonly #requantize: (sums: Pointer, out: Pointer) => void;

  constructor(
    private readonly kernels: Kernels,
    private readonly step: IntegerMac,
    private readonly input: IntegerTensor,
    output: IntegerTensor,
    mode: RequantizeMode,
  ) {
    const { window: w, outChannels, k } = step;
    this.#depthwise = isDepthwise(step);
    const reachY = (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1;
    const reachX = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1;
    const paddedHeight = Math.max(w.padTop + w.inHeight, reachY);
    this.#paddedWidth = Math.max(w.padLeft + w.inWidth, reachX);
    this.#pixel = this.#depthwise ? up(w.inChannels, 8) : w.inChannels;
    this.#pixels = w.outHeight * w.outWidth;
    this.#stride = up(outChannels, 8);
    this.#image = kernels.allocate(paddedHeight * this.#paddedWidth * this.#pixel * 2 + SLACK);
    this.#centred = kernels.allocate(w.inHeight * w.inWidth * w.inChannels * 2 + SLACK);
    this.#rowBytes = up(k, 8) * 2;
    const rows = this.#depthwise ? 0 : up(this.#pixels, 4);
    this.#rows = kernels.allocate(rows * this.#rowBytes + SLACK);
    this.#panels = kernels.allocate(rows * this.#rowBytes + SLACK);
    this.#sums = kernels.allocate(Math.max(rows, this.#pixels) * this.#stride * 4 + SLACK);
    this.#weights = this.#depthwise ? this.#packTaps() : this.#packPanels();
    this.#bias = kernels.allocate(this.#stride * 4 + SLACK);
    kernels.i32(this.#bias, outChannels).set(step.bias);
    this.#requantize = this.#requantizeBy(mode, output);
  }

  /** From codes to codes, of one record. */
  run(from: Pointer, to: Pointer): void {
    const { window: w, outChannels } = this.step;
    const { call } = this.kernels;
    const codes = w.inHeight * w.inWidth * w.inChannels;
    const sign = this.input.type === 'int8' ? 1 : 0;
    call.centreCodes(codes, from, sign, this.input.zeroPoint, this.#centred);
    this.#place();
    // biome-ignore format: image, window, outputs
    const sizes = [
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX, w.outHeight, w.outWidth,
    ] as const;
    if (this.#depthwise) {
      call.depthwiseCentred(
        this.#image,
        this.#sums,
        this.#weights,
        this.#bias,
        this.#paddedWidth,
        this.#pixel,
        ...sizes,
      );
    } else {
      const m = up(this.#pixels, 4);
      const pixel = this.#pixel;
      call.im2colInt16(this.#image, this.#rows, this.#rowBytes, this.#paddedWidth, pixel, 0, pixel, ...sizes);
      call.panelsInt16(m, this.#rowBytes, this.#rows, this.#panels);
      const k = this.#rowBytes / 2;
      call.gemmInt16(m, up(outChannels, 8), k, this.#panels, this.#weights, this.#bias, this.#sums);
    }
    this.#requantize(this.#sums, to);
  }

  /** The centred image into the middle of the padded one, whose border is 0. */
  #place(): void {
    const { window: w } = this.step;
    const [line, padded] = [w.inWidth * w.inChannels * 2, this.#paddedWidth * this.#pixel * 2];
    const corner = this.#image + w.padTop * padded + w.padLeft * this.#pixel * 2;
    if (this.#pixel === w.inChannels) {
      this.kernels.call.copyLines(w.inHeight, line, this.#centred, line, corner, padded);
      return;
    }
    const [from, to] = [w.inChannels * 2, this.#pixel * 2];
    for (let y = 0; y < w.inHeight; y++) {
      this.kernels.call.copyLines(w.inWidth, from, this.#centred + y * line, from, corner + y * padded, to);
    }
  }

  /** [n/8][k/2][8][2], two values of k side by side. */
  #packPanels(): Pointer {
    const { outChannels, k, weights, weightZeroPoint } = this.step;
    const [n, wide] = [up(outChannels, 8), up(k, 8)];
    const pointer = this.kernels.allocate(n * wide * 2 + SLACK);
    const to = this.kernels.i16(pointer, n * wide);
    for (let c = 0; c < outChannels; c++) {
      const panel = (c >> 3) * 8 * wide + (c & 7) * 2;
      for (let p = 0; p < k; p++) to[panel + (p >> 1) * 16 + (p & 1)] = weights[c * k + p]! - weightZeroPoint;
    }
    return pointer;
  }

  /** [tap][channel]. */
  #packTaps(): Pointer {
    const { outChannels, k, weights, weightZeroPoint } = this.step;
    const pointer = this.kernels.allocate(k * this.#pixel * 2 + SLACK);
    const to = this.kernels.i16(pointer, k * this.#pixel);
    for (let c = 0; c < outChannels; c++) {
      for (let tap = 0; tap < k; tap++) to[tap * this.#pixel + c] = weights[c * k + tap]! - weightZeroPoint;
    }
    return pointer;
  }

  #requantizeBy(asked: RequantizeMode, output: IntegerTensor): (sums: Pointer, out: Pointer) => void {
    const { outChannels: n, multipliers, rounding, clamp } = this.step;
    const mode = rounding === 'always-twice' && asked === 'single' ? 'gemmlowp' : asked;
    const { call } = this.kernels;
    const [m, stride, zero] = [this.#pixels, this.#stride, output.zeroPoint];
    const { least, most } = clamp;
    const each = (c: number): RealMultiplier => multipliers[multipliers.length === 1 ? 0 : c]!;
    const list = (of: (c: number) => number): Pointer => {
      const pointer = this.kernels.allocate(n * 4 + SLACK);
      this.kernels.i32(pointer, n).set(Array.from({ length: n }, (_, c) => of(c)));
      return pointer;
    };
    switch (mode) {
      case 'gemmlowp':
      case 'single': {
        const factors = list((c) => fixedMultiplier(realOf(each(c))).multiplier);
        const shifts = list((c) => fixedMultiplier(realOf(each(c))).shift);
        const kernel = mode === 'gemmlowp' ? call.requantizeTwice : call.requantizeOnce;
        return (sums, out) => kernel(m, n, stride, sums, factors, shifts, zero, least, most, out);
      }
      case 'float32': {
        const factors = list(() => 0);
        const values = this.kernels.f32(factors, n);
        for (let c = 0; c < n; c++) {
          const { input, weight, output: scale } = each(c);
          values[c] = Math.fround(Math.fround(input * weight) / scale);
        }
        return (sums, out) => call.requantizeFloat32(m, n, stride, sums, factors, zero, least, most, out);
      }
      case 'exact': {
        const requantize = requantizer('exact', multipliers);
        return (sums, out) => {
          const from = this.kernels.i32(sums, m * stride);
          const to = this.kernels.u8(out, m * n);
          for (let i = 0; i < m; i++) {
            for (let c = 0; c < n; c++) {
              to[i * n + c] = Math.min(Math.max(requantize(from[i * stride + c]!, c) + zero, least), most);
            }
          }
        };
      }
      default:
        return mode satisfies never;
    }
  }
}
