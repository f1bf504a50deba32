/** Pooling on codes: max by value, average as one exact sum and one rounding (docs/numerics.md §4). */
import { powerOfTwo, toNumber, toRational } from '../../arithmetic/float64.js';
import { draw as drawWord } from '../../arithmetic/philox.js';
import { dyadic, multiply, type Rational, rational } from '../../arithmetic/rational.js';
import { OutputRounder } from '../../emac/certified/rounder.js';
import type { LayerChoices } from '../../emac/choices.js';
import { addOperands, type Operand, OperandReader } from '../../emac/lattice.js';
import { multiplierOf } from '../../emac/layer.js';
import { encodeExact } from '../../emac/reference.js';
import type { Kernels } from '../../kernels/loader.js';
import type { PoolStep, Window } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';

/** Calls `visit` with the input offsets of the in-image taps of every window, output by output. */
function eachWindow(w: Window, taps: Int32Array, visit: (output: number, count: number) => void): void {
  for (let oy = 0; oy < w.outHeight; oy++) {
    for (let ox = 0; ox < w.outWidth; ox++) {
      for (let c = 0; c < w.inChannels; c++) {
        let count = 0;
        for (let ky = 0; ky < w.kernelHeight; ky++) {
          const y = oy * w.strideY - w.padTop + ky * w.dilationY;
          if (y < 0 || y >= w.inHeight) continue;
          for (let kx = 0; kx < w.kernelWidth; kx++) {
            const x = ox * w.strideX - w.padLeft + kx * w.dilationX;
            if (x >= 0 && x < w.inWidth) taps[count++] = (y * w.inWidth + x) * w.inChannels + c;
          }
        }
        visit((oy * w.outWidth + ox) * w.inChannels + c, count);
      }
    }
  }
}

/** The first NaN of a window, else the first code of the largest value. */
export class EmacMaxPool {
  readonly #taps: Int32Array;
  /** Order of every code of up to 16 bits: −Inf below all, NaN above all, ±0 alike. */
  readonly #ranks: Int32Array | undefined;
  /** The same on the heap, u16, for codes of 8 bits. */
  readonly #heapRanks: number;

  constructor(
    private readonly kernels: Kernels,
    readonly step: PoolStep,
    readonly input: CodeTensor,
    readonly output: CodeTensor,
  ) {
    const { format } = input.encoding;
    const count = 2 ** format.bits;
    this.#taps = new Int32Array(step.window.kernelHeight * step.window.kernelWidth);
    this.#ranks =
      format.bits <= 16 ? Int32Array.from({ length: count }, (_, code) => this.#rankOf(code)) : undefined;
    this.#heapRanks = format.bits <= 8 ? kernels.allocate(512) : 0;
    if (this.#heapRanks !== 0) kernels.u16(this.#heapRanks, count).set(this.#ranks!);
  }

  #rankOf(code: number): number {
    const { format } = this.input.encoding;
    const exact = format.decode(code);
    const { count } = format.levels;
    if (exact.kind === 'nan') return count + 2;
    if (exact.kind === 'infinity') return exact.sign > 0 ? count + 1 : 0;
    return format.levels.index(code) + 1;
  }

  run(count: number): void {
    const { step, input, output } = this;
    if (this.#heapRanks !== 0) {
      const { window: w } = step;
      this.kernels.call.maxPoolBytes!(
        ...([
          count,
          input.pointer,
          output.pointer,
          this.#heapRanks,
          w.inHeight,
          w.inWidth,
          w.inChannels,
        ] as const),
        ...([w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft] as const),
        ...([w.dilationY, w.dilationX, w.outHeight, w.outWidth] as const),
      );
      return;
    }
    const from = input.codes(count);
    const to = output.codes(count);
    const taps = this.#taps;
    const ranks = this.#ranks;
    for (let image = 0; image < count; image++) {
      const base = image * input.edge.size;
      const start = image * output.edge.size;
      eachWindow(step.window, taps, (index, number) => {
        let best = from[base + taps[0]!]!;
        let rank = ranks ? ranks[best]! : this.#rankOf(best);
        for (let t = 1; t < number; t++) {
          const code = from[base + taps[t]!]!;
          const other = ranks ? ranks[code]! : this.#rankOf(code);
          if (other > rank) {
            best = code;
            rank = other;
          }
        }
        to[start + index] = best;
      });
    }
  }
}

/** encode_y(s · Σ(x − z_x) / n), n the number of in-image elements, s = RNp(scale_x / scale_y). */
export class EmacAveragePool {
  /** s, by which the plan's vectors and cost are told. */
  readonly multiplier: Rational;
  readonly #reader: OperandReader;
  readonly #rounder: OutputRounder;
  readonly #taps: Int32Array;
  readonly #s: number;

  constructor(
    readonly step: PoolStep,
    readonly input: CodeTensor,
    readonly output: CodeTensor,
    private readonly choices: LayerChoices,
    private readonly tensor: number,
  ) {
    this.multiplier = multiplierOf(
      toRational(input.encoding.scales[0]!),
      output.encoding.scales[0]!,
      choices.scaleBits,
    );
    this.#reader = new OperandReader(input.encoding);
    this.#rounder = new OutputRounder(output.encoding, 'identity', undefined);
    this.#taps = new Int32Array(step.window.kernelHeight * step.window.kernelWidth);
    this.#s = toNumber(this.multiplier);
  }

  run(count: number, firstImage: number): void {
    const { step, input, output } = this;
    const from = input.codes(count);
    const to = output.codes(count);
    const stochastic = output.encoding.rounding.mode === 'stochastic';
    for (let image = 0; image < count; image++) {
      const base = image * input.edge.size;
      eachWindow(step.window, this.#taps, (index, number) => {
        const draw = stochastic
          ? drawWord(this.choices.seed, 'rounding', this.tensor, firstImage + image, index)
          : undefined;
        to[image * output.edge.size + index] = this.#average(from, base, number, draw);
      });
    }
  }

  #average(codes: ArrayLike<number>, base: number, number: number, draw: number | undefined): number {
    const taps = this.#taps;
    let sum = 0;
    let magnitude = 0;
    for (let t = 0; t < number; t++) {
      const value = this.#reader.toNumber(codes[base + taps[t]!]!);
      sum += value;
      magnitude += Math.abs(value);
    }
    const y = (this.#s * sum) / number;
    // n sums, a product and a quotient, each within u of its own size
    const e = this.#s * magnitude * (number + 4) * powerOfTwo(-52);
    if (Number.isFinite(y) && Number.isFinite(e)) {
      const low = this.#rounder.code(y - e, draw);
      if (e > 0 ? low === this.#rounder.code(y + e, draw) : true) return low;
    }
    let exact: Operand = 0n;
    for (let t = 0; t < number; t++)
      exact = addOperands(exact, this.#reader.operand(codes[base + taps[t]!]!));
    if (typeof exact !== 'bigint') return encodeExact(exact, this.output.encoding, draw);
    const mean = multiply(dyadic(exact, this.#reader.lsb), rational(1n, BigInt(number)));
    return encodeExact(multiply(this.multiplier, mean), this.output.encoding, draw);
  }
}
