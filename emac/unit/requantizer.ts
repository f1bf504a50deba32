/**
 * How a multiply-accumulate unit multiplies its sum by s, and how many cycles that takes. A loop over the digits of
 * the sum takes `digitBits` of it a cycle while the next dot product accumulates: the register that holds the sum
 * shifts and becomes the product register, so that nothing is dropped before the rounding. The structures and the
 * measurements they stand on are in docs/cost.md.
 */
import type { DatapathKind } from './datapath.js';

/** Digits of the sum that a loop can take a cycle. */
export const DIGIT_BITS = [2, 4, 8] as const;
export type DigitBits = (typeof DIGIT_BITS)[number];

/** What a real s is multiplied by; s = 1 and powers of two need neither. */
export type RequantizerKind = 'loop' | 'parallel';

/**
 * - `none`: s = 1
 * - `shift`: s is a power of two, an addition to the exponent in the round stage
 * - `loop`: ⌈W / digitBits⌉ cycles, and one that loads the sum; `roundCycles` of the round stage after it
 * - `parallel`: a W × scaleBits multiplier that `lanes` units take turns at
 */
export type Requantizer =
  | { readonly kind: 'none' }
  | { readonly kind: 'shift' }
  | {
      readonly kind: 'loop';
      readonly digitBits: DigitBits;
      readonly digits: number;
      readonly roundCycles: 1 | 2;
    }
  | { readonly kind: 'parallel'; readonly scaleBits: number; readonly lanes: number };

/** What decides the requantizer of a unit. */
export interface RequantizerNeed {
  /** Whether s is 1, a power of two, or any number of `scaleBits` bits. */
  readonly multiplier: 'none' | 'shift' | 'multiply';
  readonly scaleBits: number;
  /** Bits of the sum, W. */
  readonly width: number;
  /** K of the shortest dot product among the layers that share the unit. */
  readonly shortestK: number;
  readonly output: DatapathKind;
}

export interface RequantizerChoice {
  readonly kind: RequantizerKind;
  /** Units that share a parallel multiplier, 1 or more. */
  readonly lanes: number;
}

/** The least of 2, 4 and 8 bits a cycle whose loop is done when the shortest dot product is; else 8, and it waits. */
export function digitBitsOf(width: number, shortestK: number): DigitBits {
  return DIGIT_BITS.find((bits) => Math.ceil(width / bits) + 1 <= shortestK) ?? 8;
}

/**
 * From this width on the round stage of a posit takes one cycle: measured are two at W = 36 and one at W = 60, where
 * the accumulation is as slow as the round; half way between is an interpolation.
 */
const ONE_CYCLE_POSIT_WIDTH = 48;

/**
 * Cycles of the round stage behind a loop. Its operands are held at 0 while the loop runs, which makes the stage too
 * slow for the clock of fixed-point, affine, float and narrow posit units.
 */
export function roundCyclesOf(output: DatapathKind, width: number): 1 | 2 {
  switch (output) {
    case 'integer':
    case 'gradual':
      return 2;
    case 'tapered':
      return width >= ONE_CYCLE_POSIT_WIDTH ? 1 : 2;
    default:
      return output satisfies never;
  }
}

export function requantizerOf(need: RequantizerNeed, choice: RequantizerChoice): Requantizer {
  const { multiplier, scaleBits, width, shortestK, output } = need;
  if (multiplier !== 'multiply') return { kind: multiplier };
  switch (choice.kind) {
    case 'parallel':
      return { kind: 'parallel', scaleBits, lanes: choice.lanes };
    case 'loop': {
      const digitBits = digitBitsOf(width, shortestK);
      return {
        kind: 'loop',
        digitBits,
        digits: Math.ceil(width / digitBits),
        roundCycles: roundCyclesOf(output, width),
      };
    }
    default:
      return choice.kind satisfies never;
  }
}

/** In one cycle a W × 16 multiplier lengthens the clock period 1.5 to 1.9 times; in two it lengthens nothing. */
const PARALLEL_CYCLES = 2;

/**
 * Cycles for which the requantizer is taken by one dot product of each unit that it serves: ⌈W / digitBits⌉ + 1 of a
 * loop, 2 for each lane of a parallel multiplier, 0 where there is none. Dot products cannot follow faster.
 */
export function busyCycles(requantizer: Requantizer): number {
  switch (requantizer.kind) {
    case 'none':
    case 'shift':
      return 0;
    case 'loop':
      return requantizer.digits + 1;
    case 'parallel':
      return PARALLEL_CYCLES * requantizer.lanes;
    default:
      return requantizer satisfies never;
  }
}

/** Clock edges from the last product taken in to the code, that one not counted: three stages, the requantizer. */
export function fillCycles(requantizer: Requantizer): number {
  const roundCycles = requantizer.kind === 'loop' ? requantizer.roundCycles : 1;
  return 2 + busyCycles(requantizer) + roundCycles;
}

/** Clock edges from the first product of one dot product taken in to its code. K = 0 takes one slot. */
export function cyclesOfDot(k: number, requantizer: Requantizer): number {
  return Math.max(k, 1) + fillCycles(requantizer);
}

/**
 * Cycles of a layer: its outputs dealt to `units`, dot products back to back as fast as products arrive and the
 * requantizer is free, then the fill. 0 for no outputs.
 */
export function cyclesOfLayer(
  { k, outputs }: { readonly k: number; readonly outputs: number },
  units: number,
  requantizer: Requantizer,
): number {
  if (outputs === 0) return 0;
  const interval = Math.max(k, 1, busyCycles(requantizer));
  return Math.ceil(outputs / units) * interval + fillCycles(requantizer);
}
