/**
 * The multiply-accumulate unit cycle by cycle: operand registers, then
 *   decode + multiply → product registers | align + accumulate, bias preloaded → accumulator | times s, where s is no
 *   power of two → product register | act, round, encode → output register.
 * One product a cycle, dot products back to back without a bubble: the first product of each is added to its bias,
 * which is how the accumulator is cleared. Only a requantizer that is still at work makes the end of a dot product
 * wait. Every register has a width derived from the formats, the largest K and s; writing a value that does not fit
 * throws, so a run is a proof for its operands that the widths are enough.
 */
import { rational } from '../../arithmetic/rational.js';
import { type Datapath, datapathOf, unsignedBits } from './datapath.js';
import { type Multiplier, splitMultiplier } from './multiplier.js';
import { type Register, RegisterFile } from './registers.js';
import { digitLoop } from './requantize-loop.js';
import { parallelMultiplier } from './requantize-parallel.js';
import { exponentAdd, type RequantizeStage } from './requantize-stage.js';
import { cyclesOfDot, type Requantizer, requantizerOf } from './requantizer.js';
import { RoundStage } from './round-stage.js';
import type { UnitInput, UnitSpec } from './spec.js';
import { SumStages } from './sum-stages.js';

/** Significand bits of s where the spec states none: the default of layers (docs/numerics.md §4). */
const SCALE_BITS = 16;

export class EmacUnit {
  readonly spec: UnitSpec;
  readonly weights: Datapath;
  readonly activations: Datapath;
  /** Exponent of the accumulator's last bit: lsb_w + lsb_x. */
  readonly latticeExponent: number;
  /** Width of the accumulator in bits. */
  readonly accumulatorBits: number;
  /** s, as the unit holds it. */
  readonly multiplier: Multiplier;
  /** How the sum is multiplied by s. */
  readonly requantizer: Requantizer;
  readonly registers: readonly Register[];
  readonly #sums: SumStages;
  readonly #scale: RequantizeStage;
  readonly #round: RoundStage;
  readonly #file: RegisterFile;
  /** What rides beside the registers: the input ports of bias and random word are read when their stage needs them. */
  #ports: { bias: bigint; randomWord: number | undefined }[] = [];

  /** Throws UserError where an accumulator, a zero point or s is impossible. */
  constructor(spec: UnitSpec) {
    this.spec = spec;
    this.#sums = new SumStages(spec);
    this.weights = this.#sums.weights;
    this.activations = this.#sums.activations;
    this.latticeExponent = this.#sums.latticeExponent;
    this.accumulatorBits = this.#sums.accumulatorBits;
    const scaleBits = spec.scaleBits ?? SCALE_BITS;
    this.multiplier = splitMultiplier(spec.multiplier ?? rational(1n), scaleBits);
    this.requantizer = requantizerOf(
      {
        multiplier: kindOf(this.multiplier),
        scaleBits,
        width: this.accumulatorBits,
        shortestK: spec.shortestK ?? spec.maxK,
        output: datapathOf(spec.output).kind,
      },
      spec.requantizer ?? { kind: 'loop', lanes: 1 },
    );
    this.#scale = requantizeStage(this.requantizer, this.#sums, this.multiplier, scaleBits);
    this.#round = new RoundStage({
      output: {
        format: spec.output,
        rounding: spec.rounding,
        granularity: { kind: 'tensor' },
        scales: Float64Array.of(1),
        zeroPoint: spec.zeroPoints?.output ?? 0,
        range: spec.outputRange ?? 'full',
      },
      activation: spec.activation ?? 'identity',
      cap: spec.cap,
      edges: this.requantizer.kind === 'loop' ? this.requantizer.roundCycles : 1,
      magnitudeBits: this.#scale.magnitudeBits,
      exponent: this.latticeExponent + this.multiplier.exponent,
      specials: this.#sums.specials,
    });
    const { interval } = this.#scale;
    this.registers = [
      ...this.#sums.registers.filter(({ stage }) => stage === 'operands'),
      ...(interval < 2
        ? []
        : [
            {
              name: 'pause',
              stage: 'operands',
              bits: unsignedBits(interval - 1),
              signed: 'unsigned',
            } as const,
          ]),
      ...this.#sums.registers.filter(({ stage }) => stage !== 'operands'),
      ...this.#scale.registers,
      ...this.#round.registers,
    ];
    this.#file = new RegisterFile(this.registers);
  }

  /** Clock edges from the first product taken in to the code in the output register. K = 0 takes one slot. */
  cyclesOfDot(k: number): number {
    return cyclesOfDot(k, this.requantizer);
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
   * Whether the unit takes this at the next clock edge. What ends a dot product must be offered again while
   * `pause`, the edges until the requantizer is free for its sum, is not 0.
   */
  takes(input: UnitInput): boolean {
    return input.position.last === 'inner' || !this.#file.has('pause') || this.value('pause') === 0n;
  }

  /**
   * One clock edge. Gives the code that the output register takes at this edge, undefined where none is ready.
   * Throws UserError where the output format has no code for the NaN or infinity of a result, RangeError for an input
   * that the unit does not take.
   */
  clock(input: UnitInput | undefined): number | undefined {
    if (input && !this.takes(input)) {
      throw new RangeError(
        `the requantizer is busy for ${this.value('pause')} more clock edges; offer the end of the dot product then`,
      );
    }
    // the last stage first: every stage reads what the edge before left
    const latency = this.cyclesOfDot(1);
    const code = this.#round.clock(
      this.#file,
      this.#scale.scaledSum(this.#file),
      this.#ports[latency - 2]?.randomWord,
    );
    this.#scale.clock(this.#file);
    this.#sums.clock(this.#file, input, this.#ports[1]?.bias ?? 0n);
    this.#pace(input);
    const ports = { bias: input?.bias ?? 0n, randomWord: input?.randomWord };
    this.#ports = [ports, ...this.#ports].slice(0, latency - 1);
    return code;
  }

  #pace(input: UnitInput | undefined): void {
    if (!this.#file.has('pause')) return;
    const left = this.value('pause');
    const ends = input?.position.last === 'last';
    this.#file.set('pause', ends ? BigInt(this.#scale.interval - 1) : left === 0n ? 0n : left - 1n);
  }
}

function kindOf({ significand, exponent }: Multiplier): 'none' | 'shift' | 'multiply' {
  if (significand !== 1n) return 'multiply';
  return exponent === 0 ? 'none' : 'shift';
}

function requantizeStage(
  requantizer: Requantizer,
  sums: SumStages,
  s: Multiplier,
  scaleBits: number,
): RequantizeStage {
  const sum = { bits: sums.accumulatorBits, exponent: sums.latticeExponent, specials: sums.specials };
  switch (requantizer.kind) {
    case 'none':
    case 'shift':
      return exponentAdd(sum, s);
    case 'loop':
      return digitLoop(sum, s, scaleBits, requantizer);
    case 'parallel':
      return parallelMultiplier(sum, s, requantizer);
    default:
      return requantizer satisfies never;
  }
}
