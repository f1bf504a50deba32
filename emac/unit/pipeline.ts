/**
 * The multiply-accumulate unit cycle by cycle: operand registers, then three stages,
 *   decode + multiply → product registers | align + accumulate, bias preloaded → accumulator | act, s, round +
 *   encode → output register.
 * One product a cycle (initiation interval 1), dot products back to back without a bubble: the first product of
 * each is added to its bias, which is how the accumulator is cleared. Every register has a width derived from the
 * formats and the largest K; writing a value that does not fit throws, so a run is a proof for its operands that
 * the widths are enough.
 */
import { dyadic, multiply, type Rational, rational } from '../../arithmetic/rational.js';
import type { NumberFormat, Rounding } from '../../formats/format.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { addOperands, multiplyOperands, type Operand, operandOf } from '../layer/lattice.js';
import type { Activation } from '../layer/layer.js';
import { activate, encodeExact } from '../layer/reference.js';
import {
  type Datapath,
  datapathOf,
  signedBits,
  significandPadding,
  splitOperand,
  unsignedBits,
} from './datapath.js';
import { type PipelineStage, type Register, RegisterFile } from './registers.js';
import { accumulatorBits, productRange, requireAccumulator } from './widths.js';

export interface UnitSpec {
  readonly weights: NumberFormat;
  readonly activations: NumberFormat;
  readonly output: NumberFormat;
  /** How the one rounding is made. */
  readonly rounding: Rounding;
  /** Longest dot product the unit is built for; a longer one is refused. */
  readonly maxK: number;
  /** Largest |bias| in units of 2^(lsb_w + lsb_x); 0 by default. */
  readonly maxBias?: bigint;
  /** Zero points of the operands and the output; 0 by default. */
  readonly zeroPoints?: { readonly weights: number; readonly activations: number; readonly output: number };
  /** Codes of an affine output in use; `full` by default. */
  readonly outputRange?: 'full' | 'narrow';
  /** The requantization multiplier s, part of the round stage; 1 by default. */
  readonly multiplier?: Rational;
  readonly activation?: Activation;
  /** 6 / scale_y, where relu6 clamps; needed by relu6 only. */
  readonly cap?: Rational;
  /** A stated accumulator width; by default the exact need. Throws UserError where maxK could overflow it. */
  readonly accumulatorBits?: number;
}

/** What stands at the unit's inputs before a clock edge; a bubble where undefined. */
export interface UnitInput {
  /** Undefined codes: a dot product of length 0 (first and last, nothing to multiply). */
  readonly product: { readonly w: number; readonly x: number } | undefined;
  readonly position: { readonly first: 'first' | 'later'; readonly last: 'last' | 'inner' };
  /** Read from the bias memory when the first product is accumulated; in lattice units. Used with `first`. */
  readonly bias?: bigint;
  /** The 32-bit word of stochastic rounding. Used with `last`. */
  readonly randomWord?: number;
}

/** Sticky class of what the accumulator holds: NaN and NaR absorb, infinities of both signs make NaN. */
const SPECIALS = ['finite', '+infinity', '-infinity', 'nan'] as const;
type Special = (typeof SPECIALS)[number];

function specialOf(operand: Operand): Special {
  return typeof operand === 'bigint' ? 'finite' : operand;
}

/** Clock edges from the edge that takes the last product in to the one that shows the code, both counted. */
export const LATENCY = 4;
/** Clock edges between two products of a dot product, and between two dot products. */
export const INITIATION_INTERVAL = 1;

/** Clock edges from the first product taken in to the code in the output register. K = 0 takes one slot. */
export function cyclesOfDot(k: number): number {
  return Math.max(k, 1) * INITIATION_INTERVAL + LATENCY - 1;
}

export class EmacUnit {
  readonly spec: UnitSpec;
  readonly weights: Datapath;
  readonly activations: Datapath;
  /** Exponent of the accumulator's last bit: lsb_w + lsb_x. */
  readonly latticeExponent: number;
  /** Width of the accumulator in bits. */
  readonly accumulatorBits: number;
  readonly registers: readonly Register[];
  readonly #file: RegisterFile;
  readonly #output: Encoding;
  readonly #integer: boolean;
  /** What rides beside the registers: the input ports of bias and random word are read when their stage needs them. */
  #ports: { bias: bigint; randomWord: number | undefined }[] = [];

  constructor(spec: UnitSpec) {
    this.spec = spec;
    const zero = spec.zeroPoints ?? { weights: 0, activations: 0, output: 0 };
    this.weights = datapathOf(spec.weights, { zeroPoint: zero.weights });
    this.activations = datapathOf(spec.activations, { zeroPoint: zero.activations });
    this.latticeExponent = this.weights.lsb + this.activations.lsb;
    const sum = {
      weights: this.weights,
      activations: this.activations,
      k: spec.maxK,
      bias: spec.maxBias ?? 0n,
    };
    if (spec.accumulatorBits !== undefined) requireAccumulator(spec.accumulatorBits, sum);
    this.accumulatorBits = spec.accumulatorBits ?? accumulatorBits(sum);
    this.#integer = this.weights.kind === 'integer' && this.activations.kind === 'integer';
    this.#output = {
      format: spec.output,
      rounding: spec.rounding,
      granularity: { kind: 'tensor' },
      scales: Float64Array.of(1),
      zeroPoint: zero.output,
      range: spec.outputRange ?? 'full',
    };
    this.registers = this.#declare();
    this.#file = new RegisterFile(this.registers);
  }

  #declare(): Register[] {
    const { weights, activations } = this;
    const unsigned = (stage: PipelineStage, name: string, bits: number): Register => {
      return { name, stage, bits, signed: 'unsigned' };
    };
    const control = (stage: PipelineStage): Register[] => {
      const rank = RANK[stage];
      return ['valid', 'first', 'last'].map((name) => unsigned(stage, `${name}${rank}`, 1));
    };
    const specials = weights.hasSpecials || activations.hasSpecials;
    const flags = (stage: PipelineStage, name: string): Register[] =>
      specials ? [unsigned(stage, name, 2)] : [];
    const { min, max } = productRange(weights, activations);
    const product: Register[] = this.#integer
      ? [{ name: 'product', stage: 'multiply', bits: signedBits(min, max), signed: "two's complement" }]
      : [
          unsigned('multiply', 'sign', 1),
          unsigned('multiply', 'product', weights.significandBits + activations.significandBits),
          unsigned('multiply', 'shift', unsignedBits(weights.largestShift + activations.largestShift)),
        ];
    return [
      unsigned('operands', 'w', weights.format.bits),
      unsigned('operands', 'x', activations.format.bits),
      ...control('operands'),
      ...product,
      ...flags('multiply', 'special'),
      ...control('multiply'),
      { name: 'sum', stage: 'accumulate', bits: this.accumulatorBits, signed: "two's complement" },
      ...flags('accumulate', 'sticky'),
      unsigned('accumulate', 'done', 1),
      unsigned('round', 'y', this.spec.output.bits),
      unsigned('round', 'ready', 1),
    ];
  }

  /** The value a register holds; two's complement ones are signed. */
  value(name: string): bigint {
    return this.#file.get(name);
  }

  /** The bits a register holds in hex, as many digits as its width needs. */
  hex(register: Register): string {
    return this.#file.hex(register);
  }

  /**
   * One clock edge. Gives the code that the output register takes at this edge, undefined where none is ready.
   * Throws UserError where the output format has no code for the NaN or infinity of a result.
   */
  clock(input: UnitInput | undefined): number | undefined {
    // the last stage first: every stage reads what the edge before left
    const code = this.#roundStage();
    this.#accumulateStage();
    this.#multiplyStage();
    this.#operandStage(input);
    return code;
  }

  #operandStage(input: UnitInput | undefined): void {
    this.#file.set('w', BigInt(input?.product?.w ?? 0));
    this.#file.set('x', BigInt(input?.product?.x ?? 0));
    this.#file.set('valid0', input?.product ? 1n : 0n);
    this.#file.set('first0', input?.position.first === 'first' ? 1n : 0n);
    this.#file.set('last0', input?.position.last === 'last' ? 1n : 0n);
    this.#ports = [{ bias: input?.bias ?? 0n, randomWord: input?.randomWord }, ...this.#ports].slice(
      0,
      LATENCY,
    );
  }

  #multiplyStage(): void {
    const w = this.#operand(this.weights, this.spec.weights, 'w', this.spec.zeroPoints?.weights ?? 0);
    const x = this.#operand(
      this.activations,
      this.spec.activations,
      'x',
      this.spec.zeroPoints?.activations ?? 0,
    );
    const valid = this.value('valid0') === 1n;
    const special = valid ? specialOf(multiplyOperands(w, x)) : 'finite';
    const finite = valid && typeof w === 'bigint' && typeof x === 'bigint';
    if (this.#integer) {
      this.#file.set('product', finite ? w * x : 0n);
    } else {
      const a = splitOperand(this.weights, finite ? w : 0n);
      const b = splitOperand(this.activations, finite ? x : 0n);
      this.#file.set('sign', a.sign === b.sign ? 0n : 1n);
      this.#file.set('product', a.significand * b.significand);
      this.#file.set('shift', BigInt(a.shift + b.shift));
    }
    this.#file.set('special', BigInt(SPECIALS.indexOf(special)));
    for (const name of ['valid', 'first', 'last']) this.#file.set(`${name}1`, this.value(`${name}0`));
  }

  #operand(path: Datapath, format: NumberFormat, register: string, zeroPoint: number): Operand {
    return operandOf(format.decode(Number(this.value(register))), path.lsb, zeroPoint);
  }

  #accumulateStage(): void {
    const first = this.value('first1') === 1n;
    const valid = this.value('valid1') === 1n;
    this.#file.set('done', this.value('last1'));
    if (!first && !valid) return;
    const kept = first ? this.#ports[1]!.bias : this.value('sum');
    this.#file.set('sum', kept + (valid ? this.#alignedProduct() : 0n));
    if (!this.#file.has('sticky')) return;
    const before = first ? 'finite' : SPECIALS[Number(this.value('sticky'))]!;
    const arriving = valid ? SPECIALS[Number(this.value('special'))]! : 'finite';
    this.#file.set('sticky', BigInt(SPECIALS.indexOf(specialOf(addOperands(real(before), real(arriving))))));
  }

  /** The product in lattice units; the bits that the shift drops are the zeros of a normalised significand. */
  #alignedProduct(): bigint {
    const product = this.value('product');
    if (this.#integer) return product;
    const padding = BigInt(significandPadding(this.weights) + significandPadding(this.activations));
    const shifted = product << this.value('shift');
    if (BigInt.asUintN(Number(padding), shifted) !== 0n) {
      throw new RangeError(`the alignment shift would drop set bits of ${shifted}`);
    }
    return this.value('sign') === 1n ? -(shifted >> padding) : shifted >> padding;
  }

  #roundStage(): number | undefined {
    const done = this.value('done') === 1n;
    this.#file.set('ready', done ? 1n : 0n);
    if (!done) return undefined;
    const sticky = this.#file.has('sticky') ? SPECIALS[Number(this.value('sticky'))]! : 'finite';
    const sum = dyadic(this.value('sum'), this.latticeExponent);
    const scaled = sticky === 'finite' ? multiply(this.spec.multiplier ?? rational(1n), sum) : sticky;
    const value = activate(scaled, this.spec.activation ?? 'identity', this.spec.cap);
    const code = encodeExact(value, this.#output, this.#ports[2]!.randomWord);
    this.#file.set('y', BigInt(code));
    return code;
  }
}

const RANK: Record<PipelineStage, number> = { operands: 0, multiply: 1, accumulate: 2, round: 3 };

/** A class as an operand: which finite number stands for `finite` does not matter to the class of a sum. */
function real(special: Special): Operand {
  return special === 'finite' ? 0n : special;
}
