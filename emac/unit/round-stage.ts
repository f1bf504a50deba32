/**
 * act, the one rounding, encode. In one clock edge; or in two, where the first applies act, finds the leading one and
 * keeps as many bits from it on as no boundary between codes has, the last of them sticky, and the second rounds.
 */
import { bitLength } from '../../arithmetic/float64.js';
import { dyadic, type Rational } from '../../arithmetic/rational.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { Activation } from '../layer/layer.js';
import { activate, type Extended, encodeExact } from '../layer/reference.js';
import { unsignedBits } from './datapath.js';
import type { Register, RegisterFile } from './registers.js';
import { type ScaledSum, specialIn } from './requantize-stage.js';
import { SPECIAL_BITS, specialBits, specialOf } from './special.js';

export interface RoundSpec {
  readonly output: Encoding;
  readonly activation: Activation;
  /** Where relu6 clamps; undefined for other activations. */
  readonly cap: Rational | undefined;
  readonly edges: 1 | 2;
  /** Bits of the largest |units| that arrive, and the exponent of their last bit. */
  readonly magnitudeBits: number;
  readonly exponent: number;
  readonly specials: 'possible' | 'impossible';
}

export class RoundStage {
  readonly registers: readonly Register[];
  /** Bits kept from the leading one on; a boundary between codes has one less or fewer. */
  readonly #keptBits: number;

  constructor(private readonly spec: RoundSpec) {
    const { format, rounding } = spec.output;
    // stochastic rounding compares 32 bits below the last one, between posits no whole bits: it has them all
    this.#keptBits =
      rounding.mode === 'stochastic' ? spec.magnitudeBits : Math.min(spec.magnitudeBits, format.bits + 2);
    const register = (name: string, bits: number): Register => {
      return { name, stage: 'round', bits, signed: 'unsigned' };
    };
    this.registers = [
      ...(spec.edges === 1
        ? []
        : [
            register('minus', 1),
            register('kept', this.#keptBits),
            register('above', unsignedBits(spec.magnitudeBits - this.#keptBits)),
            ...(spec.cap === undefined ? [] : [register('capped', 1)]),
            ...(spec.specials === 'possible' ? [register('keptSpecial', SPECIAL_BITS)] : []),
            register('normalised', 1),
          ]),
      register('y', format.bits),
      register('ready', 1),
    ];
  }

  /**
   * One clock edge. Gives the code that the output register takes, undefined where none is ready. Throws UserError
   * where the output format has no code for a NaN or infinity.
   */
  clock(file: RegisterFile, arriving: ScaledSum | undefined, randomWord?: number): number | undefined {
    const active = arriving && this.#activate(arriving);
    if (this.spec.edges === 1) return this.#encode(file, active, randomWord);
    const code = this.#encode(file, this.#kept(file), randomWord);
    this.#normalise(file, active);
    return code;
  }

  #activate({ special, units, exponent }: ScaledSum): Extended {
    const value = special === 'finite' ? dyadic(units, exponent) : special;
    return activate(value, this.spec.activation, this.spec.cap);
  }

  #encode(
    file: RegisterFile,
    value: Extended | undefined,
    randomWord: number | undefined,
  ): number | undefined {
    file.set('ready', value === undefined ? 0n : 1n);
    if (value === undefined) return undefined;
    const code = encodeExact(value, this.spec.output, randomWord);
    file.set('y', BigInt(code));
    return code;
  }

  #normalise(file: RegisterFile, active: Extended | undefined): void {
    file.set('normalised', active === undefined ? 0n : 1n);
    if (active === undefined) return;
    const capped = active === this.spec.cap;
    file.set('capped', capped ? 1n : 0n);
    file.set('keptSpecial', specialBits(typeof active === 'string' ? active : specialOf(0n)));
    const units = typeof active === 'string' || capped ? 0n : this.#unitsOf(active);
    const magnitude = units < 0n ? -units : units;
    const above = BigInt(Math.max(bitLength(magnitude) - this.#keptBits, 0));
    const sticky = BigInt.asUintN(Number(above), magnitude) === 0n ? 0n : 1n;
    file.set('minus', units < 0n ? 1n : 0n);
    file.set('kept', (magnitude >> above) | sticky);
    file.set('above', above);
  }

  /** A dyadic number that is a multiple of 2^exponent, in units of it. */
  #unitsOf({ numerator, denominator }: Rational): bigint {
    const { exponent } = this.spec;
    return exponent >= 0
      ? numerator / (denominator << BigInt(exponent))
      : (numerator << BigInt(-exponent)) / denominator;
  }

  #kept(file: RegisterFile): Extended | undefined {
    if (file.get('normalised') === 0n) return undefined;
    if (file.has('capped') && file.get('capped') === 1n) return this.spec.cap!;
    const special = specialIn(file, 'keptSpecial');
    if (special !== 'finite') return special;
    const magnitude = file.get('kept') << file.get('above');
    return dyadic(file.get('minus') === 1n ? -magnitude : magnitude, this.spec.exponent);
  }
}
