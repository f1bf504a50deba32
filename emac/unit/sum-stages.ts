/** The first two stages of a unit and the operand registers before them: decode and multiply; align and accumulate. */
import type { NumberFormat } from '../../formats/format.js';
import { multiplyOperands, type Operand, operandOf } from '../layer/lattice.js';
import {
  type Datapath,
  datapathOf,
  signedBits,
  significandPadding,
  splitOperand,
  unsignedBits,
} from './datapath.js';
import type { PipelineStage, Register, RegisterFile } from './registers.js';
import type { UnitInput, UnitSpec } from './spec.js';
import { addSpecials, SPECIAL_BITS, specialBits, specialFromBits, specialOf } from './special.js';
import { accumulatorBits, productRange, requireAccumulator } from './widths.js';

const CONTROL = ['valid', 'first', 'last'] as const;

export class SumStages {
  readonly weights: Datapath;
  readonly activations: Datapath;
  /** Exponent of the accumulator's last bit: lsb_w + lsb_x. */
  readonly latticeExponent: number;
  /** W, the width of the accumulator in bits. */
  readonly accumulatorBits: number;
  readonly registers: readonly Register[];
  readonly specials: 'possible' | 'impossible';
  readonly #zeroPoints: { readonly weights: number; readonly activations: number };
  readonly #integer: boolean;

  /** Throws UserError where a stated accumulator is too narrow for maxK. */
  constructor(spec: UnitSpec) {
    this.#zeroPoints = spec.zeroPoints ?? { weights: 0, activations: 0 };
    this.weights = datapathOf(spec.weights, { zeroPoint: this.#zeroPoints.weights });
    this.activations = datapathOf(spec.activations, { zeroPoint: this.#zeroPoints.activations });
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
    this.specials = this.weights.hasSpecials || this.activations.hasSpecials ? 'possible' : 'impossible';
    this.registers = this.#declare();
  }

  #declare(): Register[] {
    const { weights, activations } = this;
    const unsigned = (stage: PipelineStage, name: string, bits: number): Register => {
      return { name, stage, bits, signed: 'unsigned' };
    };
    const control = (stage: PipelineStage, rank: number) =>
      CONTROL.map((name) => unsigned(stage, `${name}${rank}`, 1));
    const flags = (stage: PipelineStage, name: string): Register[] =>
      this.specials === 'possible' ? [unsigned(stage, name, SPECIAL_BITS)] : [];
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
      ...control('operands', 0),
      ...product,
      ...flags('multiply', 'special'),
      ...control('multiply', 1),
      { name: 'sum', stage: 'accumulate', bits: this.accumulatorBits, signed: "two's complement" },
      ...flags('accumulate', 'sticky'),
      unsigned('accumulate', 'done', 1),
    ];
  }

  /** One clock edge; `bias` is that of the dot product whose first product is added at this edge. */
  clock(file: RegisterFile, input: UnitInput | undefined, bias: bigint): void {
    // the last stage first: every stage reads what the edge before left
    this.#accumulate(file, bias);
    this.#multiply(file);
    file.set('w', BigInt(input?.product?.w ?? 0));
    file.set('x', BigInt(input?.product?.x ?? 0));
    file.set('valid0', input?.product ? 1n : 0n);
    file.set('first0', input?.position.first === 'first' ? 1n : 0n);
    file.set('last0', input?.position.last === 'last' ? 1n : 0n);
  }

  #multiply(file: RegisterFile): void {
    const operand = (path: Datapath, format: NumberFormat, register: string, zeroPoint: number): Operand =>
      operandOf(format.decode(Number(file.get(register))), path.lsb, zeroPoint);
    const w = operand(this.weights, this.weights.format, 'w', this.#zeroPoints.weights);
    const x = operand(this.activations, this.activations.format, 'x', this.#zeroPoints.activations);
    const valid = file.get('valid0') === 1n;
    const special = valid ? specialOf(multiplyOperands(w, x)) : 'finite';
    const finite = valid && typeof w === 'bigint' && typeof x === 'bigint';
    if (this.#integer) {
      file.set('product', finite ? w * x : 0n);
    } else {
      const a = splitOperand(this.weights, finite ? w : 0n);
      const b = splitOperand(this.activations, finite ? x : 0n);
      file.set('sign', a.sign === b.sign ? 0n : 1n);
      file.set('product', a.significand * b.significand);
      file.set('shift', BigInt(a.shift + b.shift));
    }
    file.set('special', specialBits(special));
    for (const name of CONTROL) file.set(`${name}1`, file.get(`${name}0`));
  }

  #accumulate(file: RegisterFile, bias: bigint): void {
    const first = file.get('first1') === 1n;
    const valid = file.get('valid1') === 1n;
    file.set('done', file.get('last1'));
    if (!first && !valid) return;
    const kept = first ? bias : file.get('sum');
    file.set('sum', kept + (valid ? this.#alignedProduct(file) : 0n));
    if (!file.has('sticky')) return;
    const before = first ? 'finite' : specialFromBits(file.get('sticky'));
    const arriving = valid ? specialFromBits(file.get('special')) : 'finite';
    file.set('sticky', specialBits(addSpecials(before, arriving)));
  }

  /** The product in lattice units; the bits that the shift drops are the zeros of a normalised significand. */
  #alignedProduct(file: RegisterFile): bigint {
    const product = file.get('product');
    if (this.#integer) return product;
    const padding = BigInt(significandPadding(this.weights) + significandPadding(this.activations));
    const shifted = product << file.get('shift');
    if (BigInt.asUintN(Number(padding), shifted) !== 0n) {
      throw new RangeError(`the alignment shift would drop set bits of ${shifted}`);
    }
    return file.get('sign') === 1n ? -(shifted >> padding) : shifted >> padding;
  }
}
