/** The words in which units are counted and cost sources state prices. docs/cost.md derives every count. */

/**
 * - `constant`: 1, what every unit has (control)
 * - `multiplier-cells`: partial-product bits, p_w · p_x
 * - `decode-bits`: work of reading operands: exponent bits, or n⌈log2 n⌉ for a tapered operand
 * - `align-mux-bits`: two-way multiplexer bits of the shifter that aligns the product to the accumulator
 * - `accumulator-bits`: W
 * - `code-sum-bits`: bits of the register and adder of Σ x, where zero points of weights are taken off the sum
 * - `preload-bits`: multiplexer bits that load the bias instead of the running sum
 * - `saturate-bits`: multiplexer bits that hold a saturating accumulator at its ends
 * - `normalise-mux-bits`: multiplexer bits of the shifter that normalises the sum before the rounding
 * - `shift-mux-bits`: what s ≠ 1 adds to it: the shifter of an integer output, the W bits of a float's
 * - `count-bits`: inputs of the leading-zero counter, or of the comparison that saturates an integer output
 * - `round-adder-bits`: carry chain of the round stage: absolute value and increment
 * - `isolation-bits`: bits of the register that holds the sum for a requantizer
 * - `requantize-cells`: partial-product bits of a parallel multiplication by s, of each lane that shares it; of z_w · Σ x, and of the
 *   row that adds a bias behind s
 * - `loop2-constant`, `loop2-bits`, `loop8-constant`, `loop8-bits`: 1 and W of a loop of 2 or of 8 bits a cycle; one of 4
 *   is half of each
 * - `requantize-register-bits`: flip-flops of the requantizer, beside the register that holds the sum
 * - `register-bits`: flip-flops of the rest
 * - `float-round`, `posit-round`: 1 where the unit's slowest family is that one
 * - `float-shift`: 1 where the round stage of a float also takes s, a power of two
 * - `series`: components one after the other in the slowest stage
 */
export const COMPONENTS = [
  'constant',
  'multiplier-cells',
  'decode-bits',
  'align-mux-bits',
  'accumulator-bits',
  'code-sum-bits',
  'preload-bits',
  'saturate-bits',
  'normalise-mux-bits',
  'shift-mux-bits',
  'count-bits',
  'round-adder-bits',
  'isolation-bits',
  'requantize-cells',
  'loop2-constant',
  'loop2-bits',
  'loop8-constant',
  'loop8-bits',
  'requantize-register-bits',
  'register-bits',
  'float-round',
  'posit-round',
  'float-shift',
  'series',
] as const;
export type Component = (typeof COMPONENTS)[number];
