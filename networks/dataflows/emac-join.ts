/** Residual add and stand-alone activations on codes: exact, one rounding (docs/numerics.md §4). */
import { powerOfTwo, toNumber, toRational } from '../../arithmetic/float64.js';
import { randomWord } from '../../arithmetic/philox.js';
import { add, divide, dyadic, multiply, type Rational } from '../../arithmetic/rational.js';
import { OutputRounder } from '../../emac/certified/round/output.js';
import type { LayerChoices } from '../../emac/layer/choices.js';
import { type Operand, OperandReader } from '../../emac/layer/lattice.js';
import { multiplierOf } from '../../emac/layer/layer.js';
import { activate, type Extended, encodeExact } from '../../emac/layer/reference.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { ActivationStep, AddStep } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';
import { exactText } from './golden.js';
import { KnownCodes } from './known-codes.js';

/** encode_y(act(Σ s_i · (x_i − z_i))) over one or two inputs, s_i = RNp(scale_i / scale_y). */
export class EmacJoin {
  /** s of each input. */
  readonly multipliers: readonly Rational[];
  readonly #readers: readonly OperandReader[];
  readonly #numbers: readonly number[];
  readonly #rounder: OutputRounder;
  readonly #cap: Rational | undefined;

  /** The inputs' codes at one place. */
  readonly #operands: Uint32Array;
  /** Undefined where codes are too wide, inputs too many or random words needed for one. */
  readonly #table: KnownCodes | undefined;

  constructor(
    kernels: Kernels,
    readonly step: AddStep | ActivationStep,
    readonly inputs: readonly CodeTensor[],
    readonly output: CodeTensor,
    private readonly choices: LayerChoices,
    private readonly tensor: number,
  ) {
    const { encoding } = output;
    this.multipliers = inputs.map((input) => {
      const scale = toRational(input.encoding.scales[0]!);
      return multiplierOf(`step '${step.name}'`, scale, encoding.scales[0]!, choices.scaleBits);
    });
    this.#numbers = this.multipliers.map(toNumber);
    this.#readers = inputs.map((input) => new OperandReader(input.encoding));
    this.#cap = step.activation === 'relu6' ? capOf(encoding) : undefined;
    this.#rounder = new OutputRounder(encoding, step.activation, this.#cap);
    this.#operands = new Uint32Array(inputs.length);
    this.#table = KnownCodes.of(kernels, inputs, output, (operands) => this.#code(operands, undefined));
  }

  run(count: number, firstImage: number): void {
    if (this.#table) {
      this.#table.run(count);
      return;
    }
    const { inputs, output } = this;
    const operands = this.#operands;
    const to = output.codes(count);
    const { size } = output.edge;
    const stochastic = output.encoding.rounding.mode === 'stochastic';
    for (let i = 0; i < to.length; i++) {
      const word = stochastic
        ? randomWord(this.choices.seed, 'rounding', this.tensor, firstImage + Math.floor(i / size), i % size)
        : undefined;
      for (let t = 0; t < inputs.length; t++) operands[t] = inputs[t]!.codes(count)[i]!;
      to[i] = this.#code(operands, word);
    }
  }

  describe(): object {
    const { name, kind, activation } = this.step;
    return {
      kind,
      name,
      inputs: this.inputs.map(({ edge }) => edge.name),
      output: this.output.edge.name,
      activation,
      cap: this.#cap ? exactText(this.#cap) : 'none',
      multipliers: this.multipliers.map(exactText),
    };
  }

  /** The code of the inputs' codes, one of each. */
  #code(operands: Uint32Array, word: number | undefined): number {
    let y = 0;
    let magnitude = 0;
    for (let t = 0; t < operands.length; t++) {
      const term = this.#numbers[t]! * this.#readers[t]!.toNumber(operands[t]!);
      y += term;
      magnitude += Math.abs(term);
    }
    const e = magnitude * powerOfTwo(-51);
    if (Number.isFinite(e)) {
      const low = this.#rounder.code(y - e, word);
      if (e === 0 || low === this.#rounder.code(y + e, word)) return low;
    }
    const terms = this.#readers.map((reader, t) =>
      scaled(reader.operand(operands[t]!), reader.lsb, this.multipliers[t]!),
    );
    const exact = terms.reduce(addExtended);
    return encodeExact(activate(exact, this.step.activation, this.#cap), this.output.encoding, word);
  }
}

/** 6 / scale_y, where relu6 clamps. */
function capOf(output: Encoding): Rational {
  return divide(dyadic(6n, 0), toRational(output.scales[0]!));
}

function scaled(operand: Operand, lsb: number, s: Rational): Extended {
  return typeof operand === 'bigint' ? multiply(s, dyadic(operand, lsb)) : operand;
}

function addExtended(a: Extended, b: Extended): Extended {
  if (a === 'nan' || b === 'nan') return 'nan';
  if (typeof a !== 'string' && typeof b !== 'string') return add(a, b);
  if (typeof a !== 'string') return b;
  return typeof b !== 'string' || a === b ? a : 'nan';
}
