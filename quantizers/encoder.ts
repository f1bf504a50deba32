/** From a tensor to codes and back, by its encoding (docs/numerics.md §3). */
import { toRational } from '../arithmetic/float64.js';
import { randomWord } from '../arithmetic/philox.js';
import { divide } from '../arithmetic/rational.js';
import { UserError } from '../errors.js';
import { type CodeArray, codeArray } from '../formats/code-array.js';
import type { Placement } from '../formats/placement.js';
import { bulkDecode, bulkEncode } from '../formats/rounding/bulk.js';
import { referenceEncode } from '../formats/rounding/reference.js';
import { specialCode } from '../formats/rounding/rules.js';
import {
  type RoundingThresholds,
  roundingThresholds,
  thresholdIndex,
} from '../formats/rounding/thresholds.js';
import type { Encoding } from './encoding.js';
import { hasShortSignificand, isPowerOfTwo } from './scale-grid.js';

/** What the random words of stochastic rounding are keyed by, beside image and element (docs/numerics.md §2). */
export interface RandomKey {
  readonly seed: number;
  readonly tensor: number;
}

/** The same of a whole tensor: its words are told apart by element alone. */
export interface TensorRandomKey extends RandomKey {
  readonly image: number;
}

export interface EncodeOptions {
  /** Rows of the tensor, one a channel: needed where the encoding has a scale a channel. */
  readonly channels?: number;
  /** Names the tensor in errors. */
  readonly name: string;
  /** Key and counter of stochastic rounding's random words; needed by that mode only. */
  readonly randomKey?: TensorRandomKey;
}

/**
 * The code of clamp(zeroPoint + round(x / scale)) for every value, the exact quotient rounded. NaN and ±Inf
 * become what the format and its policy make of them; where that is nothing, UserError names tensor and index.
 */
export function encodeTensor(
  values: Float32Array | Float64Array,
  encoding: Encoding,
  options: EncodeOptions,
): CodeArray {
  const { format, rounding } = encoding;
  const codes = codeArray(format, values.length);
  const rows = channelRows(encoding, values.length, options);
  const key = options.randomKey;
  if (rounding.mode === 'stochastic' && key === undefined) {
    throw new UserError(`${options.name}: stochastic rounding needs a seed for its random words; give one`);
  }
  // Thresholds for each channel's own scale would cost more than its values do.
  const listed = rows.count > 1 && format.bits <= 16 && rounding.mode !== 'stochastic';
  const unscaled = listed
    ? roundingThresholds(format, rounding, { ...placementOf(encoding, 0), scale: 1 })
    : undefined;
  for (let row = 0; row < rows.count; row++) {
    const start = row * rows.length;
    const part = values.subarray(start, start + rows.length);
    const out = codes.subarray(start, start + rows.length);
    const describe = (index: number) => `${options.name}[${start + index}]`;
    const randomWords =
      key && ((index: number) => randomWord(key.seed, 'rounding', key.tensor, key.image, start + index));
    const placement = placementOf(encoding, row);
    if (unscaled) encodeQuotients(part, encoding, placement, unscaled, out, describe);
    else bulkEncode(part, format, rounding, placement, out, randomWords, describe);
  }
  return codes;
}

/** scale · (value(code) − zeroPoint), rounded once to float64; NaN, NaR and Inf codes give NaN and ±Inf. */
export function decodeTensor(codes: CodeArray, encoding: Encoding, channels?: number): Float64Array {
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

/**
 * By the thresholds of scale 1 on the float64 quotient. Rounding the quotient cannot carry it over a threshold,
 * only onto one; thresholds have short significands, so quotients that have too are left to the reference.
 */
function encodeQuotients(
  values: Float32Array | Float64Array,
  { format, rounding }: Encoding,
  { scale, zeroPoint, range }: Placement,
  unscaled: RoundingThresholds,
  out: CodeArray,
  describe: (index: number) => string,
): void {
  const exact = isPowerOfTwo(scale);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const quotient = value / scale;
    const size = Math.abs(quotient);
    if (!Number.isFinite(value)) out[i] = specialCode(format, value, rounding.policy, describe(i));
    else if (
      value === 0 ||
      (size > SMALLEST && size < LARGEST && (exact || !hasShortSignificand(quotient)))
    ) {
      out[i] = unscaled.codes[thresholdIndex(unscaled, quotient)]!;
    } else {
      const whole = divide(toRational(value), toRational(scale));
      out[i] = referenceEncode(format, whole, rounding, { zeroPoint, range });
    }
  }
}

/** Quotients between these are normal float64 numbers, so that dividing by a power of two is exact. */
const SMALLEST = 2 ** -1000;
const LARGEST = 2 ** 1000;
