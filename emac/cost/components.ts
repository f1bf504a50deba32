/** The words in which units are counted and cost sources state prices. docs/cost.md derives every count. */

/**
 * - `constant`: 1, what every unit has (control)
 * - `multiplier-cells`: partial-product bits, p_w · p_x
 * - `decode-bits`: work of reading operands: exponent bits, or n⌈log2 n⌉ for a tapered operand
 * - `align-mux-bits`: two-way multiplexer bits of the shifter that aligns the product to the accumulator
 * - `accumulator-bits`: W
 * - `preload-bits`: multiplexer bits that load the bias instead of the running sum
 * - `saturate-bits`: multiplexer bits that hold a saturating accumulator at its ends
 * - `normalise-mux-bits`: multiplexer bits of the shifter before the rounding
 * - `count-bits`: inputs of the leading-zero counter, or of the comparison that saturates an integer output
 * - `round-adder-bits`: carry chain of the round stage: absolute value and increment
 * - `requantize-cells`: partial-product bits of the multiplication by s
 * - `register-bits`: flip-flops
 * - `float-round`, `posit-round`: 1 where the unit's slowest family is that one
 * - `series`: components one after the other in the slowest stage
 */
export const COMPONENTS = [
  'constant',
  'multiplier-cells',
  'decode-bits',
  'align-mux-bits',
  'accumulator-bits',
  'preload-bits',
  'saturate-bits',
  'normalise-mux-bits',
  'count-bits',
  'round-adder-bits',
  'requantize-cells',
  'register-bits',
  'float-round',
  'posit-round',
  'series',
] as const;
export type Component = (typeof COMPONENTS)[number];
