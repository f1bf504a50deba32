/** Named registers of stated widths; a value that does not fit its register throws. */

/** In the order of the way through a unit. */
export const PIPELINE_STAGES = ['operands', 'multiply', 'accumulate', 'requantize', 'round'] as const;
export type PipelineStage = (typeof PIPELINE_STAGES)[number];

export interface Register {
  readonly name: string;
  readonly stage: PipelineStage;
  readonly bits: number;
  readonly signed: 'unsigned' | "two's complement";
}

export class RegisterFile {
  readonly #values = new Map<string, bigint>();
  readonly #registers = new Map<string, Register>();

  constructor(registers: readonly Register[]) {
    for (const register of registers) {
      this.#registers.set(register.name, register);
      this.#values.set(register.name, 0n);
    }
  }

  has(name: string): boolean {
    return this.#registers.has(name);
  }

  /** The value a register holds; two's complement ones are signed. */
  get(name: string): bigint {
    const value = this.#values.get(name);
    if (value === undefined) throw new RangeError(`the unit has no register '${name}'`);
    return value;
  }

  /** Writes a register; one the unit does not have is not driven. Throws RangeError where the value does not fit. */
  set(name: string, value: bigint): void {
    const register = this.#registers.get(name);
    if (!register) return;
    const fits =
      register.signed === 'unsigned'
        ? BigInt.asUintN(register.bits, value) === value
        : BigInt.asIntN(register.bits, value) === value;
    if (!fits) throw new RangeError(`register '${name}' of ${register.bits} bits cannot hold ${value}`);
    this.#values.set(name, value);
  }

  /** The bits a register holds in hex, as many digits as its width needs. */
  hex(register: Register): string {
    const bits = BigInt.asUintN(register.bits, this.get(register.name));
    return bits.toString(16).padStart(Math.ceil(register.bits / 4), '0');
  }
}
