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
import { isDepthwise, WindowSums } from './window-sums.js';

/** Vectors are read and written past the last value, and products take rows by fours. */
const SLACK = 64;
const ROWS_BEHIND = 3;
/** As far as four sums at a time are shifted to the right. */
const LEAST_SHIFT = -30;

/** Whether the kernels do this step: codes of a byte, and one filter a channel or as many groups as there may be. */
export function suitsKernels(step: IntegerMac, input: IntegerTensor, output: IntegerTensor): boolean {
  const bytes = [input, output].every(({ type }) => type === 'int8' || type === 'uint8');
  return bytes && (step.groups === 1 || isDepthwise(step));
}

/** One step with its weights packed, for as many records at a time as fill the product. */
export class KernelMac {
  readonly #centred: Pointer;
  readonly #sums: WindowSums;
  readonly #requantize: (m: number, out: Pointer) => void;

  constructor(
    private readonly kernels: Kernels,
    private readonly step: IntegerMac,
    private readonly input: IntegerTensor,
    output: IntegerTensor,
    mode: RequantizeMode,
    batch: number,
  ) {
    const { weights, weightZeroPoint } = step;
    const centred = Int16Array.from(weights, (code) => code - weightZeroPoint);
    this.#sums = new WindowSums(kernels, step, [centred], step.bias, batch);
    this.#centred = kernels.allocate((this.#sums.images + ROWS_BEHIND) * input.size * 2 + SLACK);
    this.#requantize = this.#requantizeBy(mode, output);
  }

  /** From codes to codes, of `count` records one after another. */
  run(from: Pointer, to: Pointer, count: number): void {
    const { input, step } = this;
    const { images, pixels } = this.#sums;
    const sign = input.type === 'int8' ? 1 : 0;
    for (let record = 0; record < count; record += images) {
      const some = Math.min(images, count - record);
      const codes = from + record * input.size;
      this.kernels.call.centreCodes(some * input.size, codes, sign, input.zeroPoint, this.#centred);
      this.#sums.run(this.#centred, some);
      this.#requantize(some * pixels, to + record * pixels * step.outChannels);
    }
  }

  #requantizeBy(asked: RequantizeMode, output: IntegerTensor): (m: number, out: Pointer) => void {
    const { outChannels: n, multipliers, rounding, clamp } = this.step;
    const mode = rounding === 'always-twice' && asked === 'single' ? 'gemmlowp' : asked;
    const { call } = this.kernels;
    const { sums, stride } = this.#sums;
    const zero = output.zeroPoint;
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
        const fixed = Array.from({ length: n }, (_, c) => fixedMultiplier(realOf(each(c))));
        const factors = list((c) => fixed[c]!.multiplier);
        if (mode === 'gemmlowp' && fixed.every(({ shift }) => shift <= 0 && shift >= LEAST_SHIFT)) {
          const rights = list((c) => 2 ** (fixed[c]!.shift - LEAST_SHIFT));
          return (m, out) =>
            call.requantizeTwiceRight(m, n, stride, sums, factors, rights, zero, least, most, out);
        }
        const shifts = list((c) => fixed[c]!.shift);
        const kernel = mode === 'gemmlowp' ? call.requantizeTwice : call.requantizeOnce;
        return (m, out) => kernel(m, n, stride, sums, factors, shifts, zero, least, most, out);
      }
      case 'float32': {
        const factors = list(() => 0);
        const values = this.kernels.f32(factors, n);
        for (let c = 0; c < n; c++) {
          const { input, weight, output: scale } = each(c);
          values[c] = Math.fround(Math.fround(input * weight) / scale);
        }
        return (m, out) => call.requantizeFloat32(m, n, stride, sums, factors, zero, least, most, out);
      }
      case 'exact': {
        const requantize = requantizer('exact', multipliers);
        return (m, out) => {
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
