/** One code of an encoding as that of another: exact, one rounding (docs/numerics.md §4). */
import { powerOfTwo, toNumber, toRational } from '../../arithmetic/float64.js';
import { dyadic, multiply, type Rational } from '../../arithmetic/rational.js';
import { OutputRounder } from '../../emac/certified/round/output.js';
import { OperandReader } from '../../emac/layer/lattice.js';
import { multiplierOf } from '../../emac/layer/layer.js';
import { encodeExact } from '../../emac/layer/reference.js';
import type { Encoding } from '../../quantizers/encoding.js';

/** encode_y(s · (x − z_x)), s = RNp(scale_x / scale_y); NaN, NaR and Inf as extended-real arithmetic has them. */
export class Reencoder {
  readonly multiplier: Rational;
  readonly #reader: OperandReader;
  readonly #rounder: OutputRounder;
  readonly #s: number;

  /** `what` names the step in errors. */
  constructor(
    what: string,
    from: Encoding,
    private readonly to: Encoding,
    scaleBits: number,
  ) {
    this.multiplier = multiplierOf(what, toRational(from.scales[0]!), to.scales[0]!, scaleBits);
    this.#reader = new OperandReader(from);
    this.#rounder = new OutputRounder(to, 'identity', undefined);
    this.#s = toNumber(this.multiplier);
  }

  /** Whether the other encoding has a code for it: it may have none for NaN or Inf. */
  takes(code: number): boolean {
    const { format } = this.to;
    const operand = this.#reader.operand(code);
    if (typeof operand === 'bigint' || format.nan !== undefined) return true;
    return operand !== 'nan' && format.infinityInput !== 'error';
  }

  /** Throws UserError for a NaN or Inf that the other encoding has no code for. `word`: of stochastic rounding. */
  code(code: number, word: number | undefined): number {
    // −0 is the exact real 0, whose code is that of +0
    const y = this.#s * this.#reader.toNumber(code) + 0;
    const e = Math.abs(y) * powerOfTwo(-51);
    if (Number.isFinite(e)) {
      const low = this.#rounder.code(y - e, word);
      if (e === 0 || low === this.#rounder.code(y + e, word)) return low;
    }
    const operand = this.#reader.operand(code);
    const exact =
      typeof operand === 'bigint' ? multiply(this.multiplier, dyadic(operand, this.#reader.lsb)) : operand;
    return encodeExact(exact, this.to, word);
  }
}
