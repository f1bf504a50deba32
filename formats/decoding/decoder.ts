/**
 * What the kernels need to compute values of codes: fields of 8 bytes as DecoderHead lays them out, and for posits a
 * table by the length of the regime.
 */

import { bitsOf, powerOfTwo } from '../../arithmetic/float64.js';
import {
  DecoderHead,
  DecoderKind,
  FloatDecoder,
  IntegerDecoder,
  PositDecoder,
} from '../../kernels/layouts.js';
import type { NumberFormat } from '../format.js';
import type { CodeLayout } from '../layout.js';
import { checkPlacement, type Placement } from '../placement.js';

const FIELD_BYTES = 8;

const KINDS = {
  posit: DecoderKind.POSIT,
  float: DecoderKind.FLOAT,
  integer: DecoderKind.INTEGER,
} as const;

/** Places in the head and what stands there. */
type Placed = readonly (readonly [place: number, field: bigint])[];

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

function layoutFields(format: NumberFormat, layout: CodeLayout, zeroPoint: number): Placed {
  const { bits, levels } = format;
  const align = BigInt(64 - bits);
  switch (layout.kind) {
    case 'posit':
      return [
        [PositDecoder.ONES, (1n << BigInt(bits - 1)) - 1n],
        [PositDecoder.TOP, 1n << BigInt(bits - 2)],
        // a body with no leading bit of its kind has 65 − bits zeros before it, one less for NaR
        [PositDecoder.LEADING, align],
        [PositDecoder.ALIGN, align],
      ];
    case 'float': {
      const { fractionBits, leastExponent } = layout;
      return [
        [FloatDecoder.SIGN_BIT, 1n << BigInt(bits - 1)],
        [FloatDecoder.SHIFT, BigInt(52 - fractionBits)],
        [FloatDecoder.FACTOR, bitsOf(powerOfTwo(leastExponent + 1022))],
        [FloatDecoder.LARGEST, BigInt(levels.code(levels.count - 1))],
        [FloatDecoder.INFINITE, BigInt(format.infinity?.positive ?? -1)],
        [FloatDecoder.NAN_CODE, BigInt(format.nan ?? -1)],
      ];
    }
    case 'integer':
      return [
        [IntegerDecoder.ZERO_POINT, BigInt(zeroPoint)],
        [IntegerDecoder.LSB, bitsOf(powerOfTwo(layout.lsbExponent))],
        [IntegerDecoder.ALIGN, layout.signed ? align : 0n],
      ];
    default:
      return layout satisfies never;
  }
}

/**
 * The decoder as a record, to be copied to the kernels' heap. Throws UserError for a placement the format lacks.
 */
export function decoderRecord(format: NumberFormat, layout: CodeLayout, placement: Placement): BigInt64Array {
  checkPlacement(format, placement);
  const entries = layout.kind === 'posit' ? regimeEntries(format, layout.exponentBits) : [];
  const head: Placed = [
    [DecoderHead.KIND, BigInt(KINDS[layout.kind])],
    [DecoderHead.SCALE, bitsOf(placement.scale)],
    ...layoutFields(format, layout, placement.zeroPoint),
  ];
  const out = new BigInt64Array(DecoderHead.ENTRIES / FIELD_BYTES + entries.length);
  for (const [place, field] of head) out[place / FIELD_BYTES] = field;
  out.set(entries, DecoderHead.ENTRIES / FIELD_BYTES);
  return out;
}
