/** What a unit has for the multiplication by s, counted: components of its own, none of which a unit with s = 1 has. */
import type { Datapath } from '../unit/datapath.js';
import {
  type DigitBits,
  type Requantizer,
  type RequantizerChoice,
  requantizerOf,
} from '../unit/requantizer.js';
import type { Component } from './components.js';
import type { MacFacts } from './facts.js';
import { scaleShiftMux } from './shifters.js';

export type RequantizerCounts = Readonly<
  Record<
    Extract<
      Component,
      `loop${string}` | `requantize-${string}` | 'shift-mux-bits' | 'isolation-bits' | 'float-shift'
    >,
    number
  >
>;

export interface RequantizerOptions {
  /** What a real s is multiplied by; a loop by default. */
  readonly requantizer?: RequantizerChoice;
  /** K of the shortest dot product of the layers that share the unit; by default there is one length. */
  readonly shortestK?: number;
}

/** Flip-flops of a loop beside the register it shifts: 22 to 28 in the units that were built. */
const LOOP_FLIP_FLOPS = 25;
/** Flip-flops of a parallel multiplier beside its W bits. */
const PARALLEL_FLIP_FLOPS = 17;

/** Shares of the loops that were measured: one of 4 bits a cycle lies half way between 2 and 8, an interpolation. */
const LOOPS: Readonly<Record<DigitBits, { readonly two: number; readonly eight: number }>> = {
  2: { two: 1, eight: 0 },
  4: { two: 0.5, eight: 0.5 },
  8: { two: 0, eight: 1 },
};

/** The requantizer of a unit whose sum has `width` bits. */
export function requantizerFor(
  facts: MacFacts,
  { requantizer, shortestK }: RequantizerOptions,
  output: Datapath,
  width: number,
): Requantizer {
  const { multiplier, scaleBits, k } = facts;
  return requantizerOf(
    { multiplier, scaleBits, width, shortestK: shortestK ?? k, output: output.kind },
    requantizer ?? { kind: 'loop', lanes: 1 },
  );
}

export function requantizerCounts(
  requantizer: Requantizer,
  output: Datapath,
  width: number,
): RequantizerCounts {
  const { kind } = requantizer;
  const { two, eight } = kind === 'loop' ? LOOPS[requantizer.digitBits] : { two: 0, eight: 0 };
  const lanes = kind === 'parallel' ? requantizer.lanes : 1;
  const flipFlops = { none: 0, shift: 0, loop: LOOP_FLIP_FLOPS, parallel: width + PARALLEL_FLIP_FLOPS }[kind];
  return {
    'shift-mux-bits': kind === 'none' ? 0 : scaleShiftMux(output, width),
    'isolation-bits': kind === 'loop' || kind === 'parallel' ? width : 0,
    'requantize-cells': kind === 'parallel' ? (width * requantizer.scaleBits) / lanes : 0,
    'loop2-constant': two,
    'loop2-bits': two * width,
    'loop8-constant': eight,
    'loop8-bits': eight * width,
    'requantize-register-bits': flipFlops / lanes,
    'float-shift': kind === 'shift' && output.kind === 'gradual' ? 1 : 0,
  };
}
