/** From a tensor to codes and back, by its encoding (docs/numerics.md §3). */
import { toRational } from '../arithmetic/float64.js';
import { draw } from '../arithmetic/philox.js';
import { divide } from '../arithmetic/rational.js';
import { UserError } from '../errors.js';
import { bulkDecode, bulkEncode, codeArray } from '../formats/bulk.js';
import type { Placement } from '../formats/ladder.js';
import { referenceEncode } from '../formats/reference.js';
import { specialCode } from '../formats/rounding.js';
import type { Encoding } from './encoding.js';

export type Codes = Uint8Array | Uint16Array | Uint32Array;

export interface EncodeOptions {
  /** Rows of the tensor, one a channel: needed where the encoding has a scale a channel. */
  readonly channels?: number;
  /** Names the tensor in errors. */
  readonly name: string;
  /** Key and counter of stochastic rounding's draws; needed by that mode only. */
  readonly draw?: { readonly seed: number; readonly tensor: number; readonly image: number };
}

/**
 * A list of thresholds has an entry a code; a channel with fewer than a 64th as many values is encoded faster
 * value by value, by the reference.
 */
const VALUES_PER_THRESHOLD = 1 / 64;

/**
 * The code of clamp(zeroPoint + round(x / scale)) for every value, the exact quotient rounded. NaN and ±Inf
 * become what the format and its policy make of them; where that is nothing, UserError names tensor and index.
 */
export function encodeTensor(
  values: Float32Array | Float64Array,
  encoding: Encoding,
  options: EncodeOptions,
): Codes {
  const { format, rounding } = encoding;
  const codes = codeArray(format, values.length);
  const rows = channelRows(encoding, values.length, options);
  const key = options.draw;
  if (rounding.mode === 'stochastic' && key === undefined) {
    throw new UserError(`${options.name}: stochastic rounding needs a seed for its draws; give one`);
  }
  for (let row = 0; row < rows.count; row++) {
    const start = row * rows.length;
    const part = values.subarray(start, start + rows.length);
    const out = codes.subarray(start, start + rows.length);
    const describe = (index: number) => `${options.name}[${start + index}]`;
    const draws =
      key && ((index: number) => draw(key.seed, 'rounding', key.tensor, key.image, start + index));
    const placement = placementOf(encoding, row);
    if (
      rounding.mode !== 'stochastic' &&
      rows.count > 1 &&
      part.length < VALUES_PER_THRESHOLD * 2 ** format.bits
    ) {
      encodeOneByOne(part, encoding, placement, out, describe);
    } else bulkEncode(part, format, rounding, placement, out, draws, describe);
  }
  return codes;
}

/** scale · (value(code) − zeroPoint), rounded once to float64; NaN, NaR and Inf codes give NaN and ±Inf. */
export function decodeTensor(codes: Codes, encoding: Encoding, channels?: number): Float64Array {
  const out = new Float64Array(codes.length);
  const options = channels === undefined ? { name: 'codes' } : { name: 'codes', channels };
  const rows = channelRows(encoding, codes.length, options);
  for (let row = 0; row < rows.count; row++) {
    const start = row * rows.length;
    const end = start + rows.length;
    bulkDecode(
      codes.subarray(start, end),
      encoding.format,
      placementOf(encoding, row),
      out.subarray(start, end),
    );
  }
  return out;
}

/** Scale, zero point and range of one channel (or of the whole tensor, channel 0). */
export function placementOf(encoding: Encoding, channel: number): Placement {
  const { scales, zeroPoint, range } = encoding;
  return { scale: scales[scales.length === 1 ? 0 : channel]!, zeroPoint, range };
}

function channelRows(
  encoding: Encoding,
  length: number,
  options: EncodeOptions,
): { count: number; length: number } {
  switch (encoding.granularity.kind) {
    case 'tensor':
      return { count: 1, length };
    case 'channel': {
      const count = encoding.scales.length;
      if (options.channels !== count || length % count !== 0) {
        throw new UserError(
          `${options.name} has ${length} values in ${options.channels ?? 'no'} channels, its encoding ${count} scales; encode rows of one channel each`,
        );
      }
      return { count, length: length / count };
    }
    case 'group':
      throw new UserError(
        `${options.name}: scales per group are not available yet; use one a tensor or a channel`,
      );
    default:
      return encoding.granularity satisfies never;
  }
}

function encodeOneByOne(
  values: Float32Array | Float64Array,
  { format, rounding }: Encoding,
  placement: Placement,
  out: Codes,
  describe: (index: number) => string,
): void {
  const { scale, zeroPoint, range } = placement;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      const negativeZero = Object.is(value, -0) ? 'yes' : 'no';
      const quotient = divide(toRational(value), toRational(scale));
      out[i] = referenceEncode(format, quotient, rounding, { zeroPoint, range, negativeZero });
    } else out[i] = specialCode(format, value, rounding.policy, describe(i));
  }
}
