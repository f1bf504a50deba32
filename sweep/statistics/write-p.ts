/** p values as text. */

/** Below this a p is only said to be smaller: its last bits, or all of them, are lost in float64. */
const SMALLEST = 1e-300;

/**
 * A p in 0 .. 1 with three significant digits, as `0.0123`, `1.2e-7` or `1`; below 1e-300, also where float64 has nothing
 * left but 0, `< 1e-300`: no p of a finite test is 0.
 */
export function writeP(p: number): string {
  return p < SMALLEST ? `< ${SMALLEST}` : String(Number(p.toPrecision(3)));
}
