/** Average pooling on codes: one exact sum and one rounding (docs/numerics.md §4). */
import { powerOfTwo, toNumber, toRational } from '../../arithmetic/float64.js';
import { randomWord } from '../../arithmetic/philox.js';
import { dyadic, multiply, type Rational, rational } from '../../arithmetic/rational.js';
import { OutputRounder } from '../../emac/certified/round/output.js';
import type { LayerChoices } from '../../emac/layer/choices.js';
import { addOperands, type Operand, OperandReader } from '../../emac/layer/lattice.js';
import { multiplierOf } from '../../emac/layer/layer.js';
import { encodeExact } from '../../emac/layer/reference.js';
import type { Kernels } from '../../kernels/loader.js';
import type { PoolStep } from '../program.js';
import { CodeMeans } from './code-means.js';
import type { CodeTensor } from './emac-tensor.js';
import { describePool, exactText } from './golden.js';
import { WindowTaps } from './window-taps.js';

/** encode_y(s · Σ(x − z_x) / n), n the number of in-image elements, s = RNp(scale_x / scale_y). */
export class EmacAveragePool {
  /** s, as golden vectors state it. */
  readonly multiplier: Rational;
  readonly #reader: OperandReader;
  readonly #rounder: OutputRounder;
  readonly #taps: WindowTaps;
  readonly #s: number;
  readonly #means: CodeMeans | undefined;

  constructor(
    kernels: Kernels,
    readonly step: PoolStep,
    readonly input: CodeTensor,
    readonly output: CodeTensor,
    private readonly choices: LayerChoices,
    private readonly tensor: number,
  ) {
    this.multiplier = multiplierOf(
      `pool '${step.name}'`,
      toRational(input.encoding.scales[0]!),
      output.encoding.scales[0]!,
      choices.scaleBits,
    );
    this.#reader = new OperandReader(input.encoding);
    this.#rounder = new OutputRounder(output.encoding, 'identity', undefined);
    this.#taps = new WindowTaps(step.window);
    this.#s = toNumber(this.multiplier);
    this.#means = CodeMeans.of(kernels, step, input, output, this.#rounder, this.#s);
  }

  run(count: number, firstImage: number): void {
    if (this.#means?.run(count)) return;
    const { input, output } = this;
    const from = input.codes(count);
    const to = output.codes(count);
    const stochastic = output.encoding.rounding.mode === 'stochastic';
    for (let image = 0; image < count; image++) {
      const base = image * input.edge.size;
      for (let at = 0; at < output.edge.size; at++) {
        const word = stochastic
          ? randomWord(this.choices.seed, 'rounding', this.tensor, firstImage + image, at)
          : undefined;
        to[image * output.edge.size + at] = this.#average(from, base, this.#taps.of(at), word);
      }
    }
  }

  describe(): object {
    return describePool(this, exactText(this.multiplier));
  }

  #average(codes: ArrayLike<number>, base: number, number: number, word: number | undefined): number {
    const taps = this.#taps.offsets;
    let sum = 0;
    let magnitude = 0;
    for (let t = 0; t < number; t++) {
      const value = this.#reader.toNumber(codes[base + taps[t]!]!);
      sum += value;
      magnitude += Math.abs(value);
    }
    const y = (this.#s * sum) / number;
    // n sums, a product and a quotient, each within u of its own size
    const e = ((this.#s * magnitude) / number) * (number + 4) * powerOfTwo(-52);
    if (Number.isFinite(y) && Number.isFinite(e)) {
      const low = this.#rounder.code(y - e, word);
      if (e > 0 ? low === this.#rounder.code(y + e, word) : true) return low;
    }
    let exact: Operand = 0n;
    for (let t = 0; t < number; t++)
      exact = addOperands(exact, this.#reader.operand(codes[base + taps[t]!]!));
    if (typeof exact !== 'bigint') return encodeExact(exact, this.output.encoding, word);
    const mean = multiply(dyadic(exact, this.#reader.lsb), rational(1n, BigInt(number)));
    return encodeExact(multiply(this.multiplier, mean), this.output.encoding, word);
  }
}
