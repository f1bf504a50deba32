/**
 * Encoding and decoding typed arrays: by the kernels for formats with a layout; else by thresholds and buckets up to 16
 * bits, value by value beyond.
 */
import { UserError } from '../../errors.js';
import type { CodeArray } from '../code-array.js';
import { decoderRecord } from '../decoding/decoder.js';
import type { NumberFormat, Rounding } from '../format.js';
import type { CodeLayout } from '../layout.js';
import { checkPlacement, type Placement } from '../placement.js';
import { decodeByRecord, decodeByTable, encodeByCodec, encodeByTable } from './bulk-heap.js';
import { type ByteTable, byteTable } from './byte-table.js';
import { codecOf } from './codec.js';
import { codeOfQuotient, UNDECIDED } from './computed.js';
import { quantizeExact } from './exact.js';
import { unitThresholds } from './one-value.js';
import { checkRandomWord, checkRounding, specialCode } from './rules.js';
import { StochasticCoder } from './stochastic.js';
import {
  type RoundingThresholds,
  roundingThresholds,
  thresholdIndex,
  thresholdIndexWithin,
} from './thresholds.js';

/** From the upper 16 bits of a float64 to the thresholds its values lie between. */
interface Buckets {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

const probe = new Float64Array(1);
const probeWords = new Uint32Array(probe.buffer);
probe[0] = -2;
/** Which of the two words of a float64 has the sign: differs with the machine's byte order. */
const SIGN_WORD = probeWords[1] === 0xc0000000 ? 1 : 0;

function makeBuckets(thresholds: RoundingThresholds): Buckets {
  const low = new Uint32Array(0x10000);
  const high = new Uint32Array(0x10000);
  const place = (upper: number, lower: number): number => {
    probeWords[SIGN_WORD] = ((upper << 16) | (lower & 0xffff)) >>> 0;
    probeWords[1 - SIGN_WORD] = lower >>> 0;
    return thresholdIndex(thresholds, probe[0]!);
  };
  for (let upper = 0; upper < 0x10000; upper++) {
    if ((upper & 0x7ff0) === 0x7ff0) continue;
    const nearZero = place(upper, 0);
    const farFromZero = place(upper, 0xffffffff);
    low[upper] = Math.min(nearZero, farFromZero);
    high[upper] = Math.max(nearZero, farFromZero);
  }
  return { low, high };
}

const bucketsOf = new WeakMap<RoundingThresholds, Buckets>();
/** Buckets cost about as much as encoding this many values by plain search. */
const WORTH_BUCKETS = 0x10000;

/** From here on a byte table is made, and from here on values go through the kernels' heap. */
const WORTH_TABLE = 16_384;
const WORTH_HEAP = 64;

const byteTables = new WeakMap<RoundingThresholds, ByteTable | 'too fine'>();

function tableFor(thresholds: RoundingThresholds): ByteTable | undefined {
  let table = byteTables.get(thresholds);
  if (!table) {
    table = byteTable(thresholds) ?? 'too fine';
    byteTables.set(thresholds, table);
  }
  return table === 'too fine' ? undefined : table;
}

function encodeComputed(
  values: Float32Array | Float64Array,
  format: NumberFormat,
  layout: CodeLayout,
  rounding: Rounding,
  placement: Placement,
  out: CodeArray,
  randomWords: ((element: number) => number) | undefined,
  describe: (index: number) => string,
): void {
  const exactly = (index: number) =>
    quantizeExact(format, values[index]!, rounding, placement, randomWords?.(index), describe(index));
  const isStochastic = rounding.mode === 'stochastic';
  const wordOf = isStochastic ? (index: number) => checkRandomWord(randomWords?.(index)) : undefined;
  if (format.bits <= 8 && !wordOf && values instanceof Float32Array && values.length >= WORTH_TABLE) {
    const table = tableFor(thresholdsFor(format, rounding, placement));
    if (table) {
      encodeByTable(values, table, out, exactly);
      return;
    }
  }
  const codec = codecOf(format, layout, rounding, placement);
  if (values.length >= WORTH_HEAP) {
    encodeByCodec(values, codec, out, wordOf, exactly);
    return;
  }
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    const code = Number.isFinite(value) ? codeOfQuotient(codec, value, wordOf?.(index)) : UNDECIDED;
    out[index] = code === UNDECIDED ? exactly(index) : code;
  }
}

function thresholdsFor(format: NumberFormat, rounding: Rounding, placement: Placement): RoundingThresholds {
  const { scale, zeroPoint, range } = placement;
  return scale === 1 && zeroPoint === 0 && range === 'full'
    ? unitThresholds(format, rounding)
    : roundingThresholds(format, rounding, placement);
}

/**
 * Encodes every value into `out`, as docs/numerics.md §3: clamp(zeroPoint + round(value / scale)), the quotient
 * rounded exactly. Stochastic rounding takes `randomWords(index)` for each value. NaN, and ±∞ where the format has no
 * place for it, throw UserError naming `describe(index)`; the other errors are those of `encode`.
 */
export function bulkEncode(
  values: Float32Array | Float64Array,
  format: NumberFormat,
  rounding: Rounding,
  placement: Placement,
  out: CodeArray,
  randomWords?: (element: number) => number,
  describe: (index: number) => string = (index) => `value ${index}`,
): void {
  checkRounding(format, rounding);
  checkPlacement(format, placement);
  if (out.length < values.length) {
    throw new UserError(`bulkEncode: ${values.length} values do not fit into ${out.length} codes`);
  }
  if (out.BYTES_PER_ELEMENT * 8 < format.bits) {
    throw new UserError(`bulkEncode: codes of ${format.name} need ${format.bits} bits an element`);
  }
  if (format.layout) {
    encodeComputed(values, format, format.layout, rounding, placement, out, randomWords, describe);
    return;
  }
  if (rounding.mode === 'stochastic') {
    const coder = new StochasticCoder(format, rounding, placement);
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      const where = Number.isFinite(value) ? undefined : describe(index);
      out[index] = coder.code(value, randomWords?.(index), where);
    }
    return;
  }
  if (format.bits > 16) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      const where = Number.isFinite(value) ? undefined : describe(index);
      out[index] = quantizeExact(format, value, rounding, placement, undefined, where);
    }
    return;
  }
  const thresholds = thresholdsFor(format, rounding, placement);
  const { codes } = thresholds;
  let buckets = bucketsOf.get(thresholds);
  if (!buckets && values.length >= WORTH_BUCKETS) {
    buckets = makeBuckets(thresholds);
    bucketsOf.set(thresholds, buckets);
  }
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) {
      out[index] = specialCode(format, value, rounding.policy, describe(index));
    } else if (buckets) {
      probe[0] = value;
      const upper = probeWords[SIGN_WORD]! >>> 16;
      out[index] = codes[thresholdIndexWithin(thresholds, value, buckets.low[upper]!, buckets.high[upper]!)]!;
    } else {
      out[index] = codes[thresholdIndex(thresholds, value)]!;
    }
  }
}

/**
 * Decodes codes to scale · (value − zeroPoint), the product rounded to float64 once (and to float32 by a
 * Float32Array). NaN/NaR give NaN, Inf codes ±Infinity, −0 stays −0. Throws UserError for codes outside the format.
 */
export function bulkDecode(
  codes: CodeArray,
  format: NumberFormat,
  placement: Placement,
  out: Float32Array | Float64Array,
): void {
  checkPlacement(format, placement);
  if (out.length < codes.length) {
    throw new UserError(`bulkDecode: ${codes.length} codes do not fit into ${out.length} values`);
  }
  const { scale, zeroPoint } = placement;
  const offset = format.zeroPoints === 'integer' ? zeroPoint : 0;
  const real = (code: number): number => {
    const value = format.toNumber(code);
    return scale * (offset === 0 ? value : value - offset);
  };
  const size = 2 ** format.bits;
  const table = () => Float64Array.from({ length: size }, (_, code) => real(code));
  const worthTable = format.bits <= 16 && codes.length >= size;
  if (codes.length >= WORTH_HEAP && allBelow(codes, size)) {
    if (worthTable && codes instanceof Uint8Array) {
      decodeByTable(codes, table(), out);
      return;
    }
    if (format.layout) {
      decodeByRecord(codes, decoderRecord(format, format.layout, placement), out);
      return;
    }
    if (worthTable) {
      const reals = table();
      for (let index = 0; index < codes.length; index++) out[index] = reals[codes[index]!]!;
      return;
    }
  }
  // refuses codes outside the format
  for (let index = 0; index < codes.length; index++) out[index] = real(codes[index]!);
}

/** Whether all codes lie below a power of two. */
function allBelow(codes: CodeArray, power: number): boolean {
  let bits = 0;
  for (let index = 0; index < codes.length; index++) bits |= codes[index]!;
  return bits >>> 0 < power;
}
