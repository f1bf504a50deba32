/**
 * Exact dot products of codes, fast: significand products are added as float64 integers, one sum for each shift,
 * and put together as one BigInt at the end. No sum reaches 2^53 before it is carried over, so nothing is lost.
 */
import { exponentOf, powerOfTwo } from '../../arithmetic/float64.js';
import type { NumberFormat } from '../../formats/format.js';
import { addOperands, multiplyOperands, type Operand, operandOf } from '../layer/lattice.js';
import { datapathOf } from './datapath.js';

/** Significands of up to this many bits are multiplied whole; wider ones (up to 33) in halves of HALF. */
const WHOLE_BITS = 20;
const HALF_BITS = 17;
const HALF = 2 ** HALF_BITS;

/** Splits codes into signed significand · 2^shift lattice units: by table up to 16 bits, one at a time above. */
class SplitReader {
  readonly lsb: number;
  readonly significandBits: number;
  readonly largestShift: number;
  readonly significands: Float64Array;
  readonly shifts: Int32Array;
  /** 1 where the code is NaN, NaR or Inf. */
  readonly specials: Uint8Array;
  readonly #storage: 'table' | 'single';
  readonly #unit: number;

  constructor(private readonly format: NumberFormat) {
    const path = datapathOf(format);
    this.lsb = path.lsb;
    this.significandBits = path.significandBits;
    this.largestShift = path.largestShift;
    this.#unit = powerOfTwo(-path.lsb);
    this.#storage = format.bits <= 16 ? 'table' : 'single';
    const size = this.#storage === 'table' ? 2 ** format.bits : 1;
    this.significands = new Float64Array(size);
    this.shifts = new Int32Array(size);
    this.specials = new Uint8Array(size);
    if (this.#storage === 'table') for (let code = 0; code < size; code++) this.#fill(code, code);
  }

  #fill(slot: number, code: number): void {
    const value = this.format.toNumber(code);
    this.specials[slot] = Number.isFinite(value) ? 0 : 1;
    // exact: powers of two, and every value over its lsb stays below 2^961
    const units = Number.isFinite(value) ? value * this.#unit : 0;
    const top = units === 0 ? 0 : exponentOf(units);
    const shift = this.largestShift === 0 ? 0 : Math.max(top - this.significandBits + 1, 0);
    this.significands[slot] = units * powerOfTwo(-shift);
    this.shifts[slot] = shift;
  }

  /** Index of the code's entry in the arrays. */
  slot(code: number): number {
    if (this.#storage === 'table') return code;
    this.#fill(0, code);
    return 0;
  }

  operand(code: number): Operand {
    return operandOf(this.format.decode(code), this.lsb, 0);
  }
}

/** Adds products of codes of two formats; `take` gives the exact sum and starts the next one at +0. */
export class ExactDot {
  /** Exponent of one unit of the sum: lsb_w + lsb_x. */
  readonly latticeExponent: number;
  readonly #weights: SplitReader;
  readonly #activations: SplitReader;
  /** Sums of significand products by shift. */
  readonly #buckets: Float64Array;
  readonly #multiply: 'whole' | 'halves';
  /** Products that may be added before a bucket could pass 2^53. */
  readonly #carryAfter: number;
  #added = 0;
  #carried = 0n;
  #special: Operand = 0n;

  constructor(weights: NumberFormat, activations: NumberFormat) {
    const w = new SplitReader(weights);
    const x = new SplitReader(activations);
    this.#weights = w;
    this.#activations = x;
    this.latticeExponent = w.lsb + x.lsb;
    this.#multiply = Math.max(w.significandBits, x.significandBits) > WHOLE_BITS ? 'halves' : 'whole';
    // in halves, four partial products of at most 2^34 go to three buckets, two of them to the middle one
    const bits = this.#multiply === 'whole' ? w.significandBits + x.significandBits : 2 * HALF_BITS + 1;
    this.#carryAfter = 2 ** (53 - bits);
    this.#buckets = new Float64Array(w.largestShift + x.largestShift + 1 + 2 * HALF_BITS);
  }

  /** Adds the product of two codes, each within its format's bits. */
  add(weightCode: number, activationCode: number): void {
    const i = this.#weights.slot(weightCode);
    const j = this.#activations.slot(activationCode);
    if (this.#weights.specials[i] === 1 || this.#activations.specials[j] === 1) {
      const product = multiplyOperands(
        this.#weights.operand(weightCode),
        this.#activations.operand(activationCode),
      );
      this.#special = addOperands(this.#special, product);
      return;
    }
    if (this.#added === this.#carryAfter) this.#carry();
    this.#added++;
    const w = this.#weights.significands[i]!;
    const x = this.#activations.significands[j]!;
    const shift = this.#weights.shifts[i]! + this.#activations.shifts[j]!;
    const buckets = this.#buckets;
    if (this.#multiply === 'whole') {
      buckets[shift]! += w * x;
      return;
    }
    const wHigh = Math.trunc(w / HALF);
    const wLow = w - wHigh * HALF;
    const xHigh = Math.trunc(x / HALF);
    const xLow = x - xHigh * HALF;
    buckets[shift]! += wLow * xLow;
    buckets[shift + HALF_BITS]! += wHigh * xLow + wLow * xHigh;
    buckets[shift + 2 * HALF_BITS]! += wHigh * xHigh;
  }

  /** The sum in units of 2^latticeExponent, or what extended-real arithmetic makes of NaN, NaR and Inf operands. */
  take(): Operand {
    this.#carry();
    const sum = typeof this.#special === 'bigint' ? this.#carried : this.#special;
    this.#carried = 0n;
    this.#special = 0n;
    return sum;
  }

  #carry(): void {
    const buckets = this.#buckets;
    // Horner from the highest shift down: one shift and one addition a bucket
    let sum = 0n;
    let last = buckets.length;
    for (let shift = buckets.length - 1; shift >= 0; shift--) {
      const bucket = buckets[shift]!;
      if (bucket === 0) continue;
      sum = (sum << BigInt(last - shift)) + BigInt(bucket);
      last = shift;
      buckets[shift] = 0;
    }
    this.#carried += sum << BigInt(last === buckets.length ? 0 : last);
    this.#added = 0;
  }
}
