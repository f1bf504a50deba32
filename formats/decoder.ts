/**
 * What the kernels need to compute values of codes: slots of 8 bytes in the order of kernels/assembly/decode.ts, and
 * for posits a table by the length of the regime.
 */
import { bitsOf, powerOfTwo } from '../arithmetic/float64.js';
import type { NumberFormat } from './format.js';
import type { CodeLayout } from './layout.js';
import { checkPlacement, type Placement } from './placement.js';

const HEAD_SLOTS = 8;

/**
 * (shift, base) of run lengths −1 .. bits − 1, for bodies that begin with 0, then with 1: a body of that regime,
 * shifted so that its exponent's lowest bit meets a float64's, is base away from the value's bits.
 */
function regimeEntries(format: NumberFormat, es: number): bigint[] {
  const { bits } = format;
  const entries: bigint[] = [];
  for (let run = -1; run < bits; run++) {
    for (const first of [0, 1]) {
      // the least body of the regime: a run, its end where it has room, zeros
      const end = bits - 2 - run;
      const body = first === 0 ? 2 ** end : 2 ** (bits - 1) - 2 ** (end + 1);
      if (run < 1) {
        // NaR is the body past all ones
        entries.push(0n, bitsOf(Number.NaN) - BigInt(2 ** (bits - 1)));
      } else if (end < 0) {
        entries.push(0n, first === 0 ? 0n : bitsOf(format.facts.max) - BigInt(2 ** (bits - 1) - 1));
      } else {
        const shift = BigInt(52 + es - end);
        entries.push(shift, bitsOf(format.toNumber(body)) - (BigInt(body) << shift));
      }
    }
  }
  return entries;
}

function layoutSlots(format: NumberFormat, layout: CodeLayout, zeroPoint: number): bigint[] {
  const { bits, levels } = format;
  const align = BigInt(64 - bits);
  switch (layout.kind) {
    case 'posit': {
      const ones = (1n << BigInt(bits - 1)) - 1n;
      const top = 1n << BigInt(bits - 2);
      // a body with no leading bit of its kind has 65 − bits zeros before it, one less for NaR
      const leading = align;
      return [ones, top, leading, align, 0n, 0n, ...regimeEntries(format, layout.exponentBits)];
    }
    case 'float': {
      const { fractionBits, leastExponent } = layout;
      const largest = levels.code(levels.count - 1);
      const factor = bitsOf(powerOfTwo(leastExponent + 1022));
      const special = [largest, format.infinity?.positive ?? -1, format.nan ?? -1].map(BigInt);
      return [1n << BigInt(bits - 1), BigInt(52 - fractionBits), factor, ...special];
    }
    case 'integer': {
      const step = bitsOf(powerOfTwo(layout.stepExponent));
      return [BigInt(zeroPoint), step, 0n, layout.signed === 'yes' ? align : 0n];
    }
    default:
      return layout satisfies never;
  }
}

/**
 * The decoder as 8-byte slots, to be copied to the kernels' heap. Throws UserError for a placement the format lacks.
 */
export function decoderSlots(format: NumberFormat, layout: CodeLayout, placement: Placement): BigInt64Array {
  checkPlacement(format, placement);
  const kind = { posit: 0n, float: 1n, integer: 2n }[layout.kind];
  const slots = [kind, bitsOf(placement.scale), ...layoutSlots(format, layout, placement.zeroPoint)];
  const out = new BigInt64Array(Math.max(HEAD_SLOTS, slots.length));
  out.set(slots.map((slot) => BigInt.asIntN(64, slot)));
  return out;
}
