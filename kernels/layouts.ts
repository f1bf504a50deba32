/**
 * What the kernels and their callers both know: places in records on the heap, flags and limits. Both compilers read
 * this file, so it holds only what AssemblyScript and TypeScript mean alike by the same words: enums and constants of
 * plain literals. Where a record is an array of one type, places are counted in its elements; else, in the heads of
 * codecs and decoders, in bytes.
 */

/** A codec: how codes are computed from float64 values. Integers are int64. Of the pairs the second is for negatives. */
export enum CodecHead {
  /** A CodecSign. */
  SIGN = 0,
  /** 1 where a code takes a random word, else 0. */
  STOCHASTIC = 8,
  /** A CodecDivision. */
  DIVISION = 16,
  SCALE = 24,
  /** Pair: the code goes up where more than this was rounded away. */
  UP = 32,
  /** Pair: it goes down where less than this was. */
  DOWN = 48,
  /** Magnitudes from here on are not 0. */
  KEPT = 64,
  /** Biased exponent of the first entry, and entries less 1. */
  FIRST = 72,
  LAST = 80,
  /** All ones of the code's width. */
  MASK = 88,
  /** Two's complement: zero point and range. Sign and magnitude: largest magnitude in HIGHEST. */
  ZERO_POINT = 96,
  LOWEST = 104,
  HIGHEST = 112,
  /** Sign and magnitude: the code of −0, and the pair of codes beyond the ends. */
  NEGATIVE_ZERO = 120,
  BEYOND = 128,
  /** The code that both ends may overflow to, or −1. */
  NAN_CODE = 144,
  /** Largest value. */
  LARGEST = 152,
  /** Activations clamp to bottom .. cap; the code of reals beyond the cap, or −1. */
  BOTTOM = 160,
  CAP = 168,
  CAP_CODE = 176,
  /** By exponent, (factor, offset) float64. */
  ENTRIES = 192,
}

export const CODEC_ENTRY_BYTES = 16;

/** Two's complement for posits, integers and these with a zero point; sign and magnitude for floats. */
export enum CodecSign {
  COMPLEMENT = 0,
  MAGNITUDE = 1,
}

/** How a codec's scale divides. */
export enum CodecDivision {
  NONE = 0,
  EXACT = 1,
  ROUNDED = 2,
}

/** A decoder: how values are computed from codes. Integers are int64. */
export enum DecoderHead {
  /** A DecoderKind, by which the places from 16 on are those of a PositDecoder, FloatDecoder or IntegerDecoder. */
  KIND = 0,
  SCALE = 8,
  /** Posit: (shift, base) int64 by the length of the regime from −1 on, for bodies that begin with 0, then with 1. */
  ENTRIES = 64,
}

export enum DecoderKind {
  POSIT = 0,
  FLOAT = 1,
  INTEGER = 2,
}

export enum PositDecoder {
  /** All ones of the bits after the sign, half of that + 1, and what leading zeros of 64 bits are run −1. */
  ONES = 16,
  TOP = 24,
  LEADING = 32,
  /** 64 less the code's width. */
  ALIGN = 40,
}

export enum FloatDecoder {
  SIGN_BIT = 16,
  /** Bits to shift to a float64's exponent field, and the power of two to multiply by. */
  SHIFT = 24,
  FACTOR = 32,
  /** Largest magnitude, and those of infinity and the code of NaN, or −1. */
  LARGEST = 40,
  INFINITE = 48,
  NAN_CODE = 56,
}

export enum IntegerDecoder {
  ZERO_POINT = 16,
  /** The value of a last place: the power of two that integers are multiplied by. */
  LSB = 24,
  /** 64 less the code's width; 0 for unsigned integers. */
  ALIGN = 40,
}

/** What a requantizing shift does with halves: up (to +∞), away from zero, to even; or everything goes down. */
export enum ShiftMode {
  HALF_UP = 0,
  HALF_AWAY = 1,
  HALF_EVEN = 2,
  FLOOR = 3,
}

/** What stands in the lanes of a vector of codes. */
export enum LaneType {
  INT8 = 0,
  UINT8 = 1,
  INT16 = 2,
}

/** What a computed code is where only the exact rule knows it. */
export const UNDECIDED_CODE = -1;

/** In a table of codes u16 an entry that nobody has asked for yet (known-codes.ts). */
export const UNKNOWN_ENTRY = 0x8000;

/** Constants of a channel's integer sums, float64: y = FACTOR · c; the others are bounds, already times FACTOR. */
export enum IntegerColumn {
  FACTOR = 0,
  WEIGHT_NORM = 1,
  WEIGHT_RESIDUAL = 2,
  BIAS_RESIDUAL = 3,
  LENGTH = 4,
}

/** Constants of a channel's float64 sums, float64: y = FACTOR · (c + BIAS); WEIGHT_NORM and LEAST are of the bound. */
export enum FloatColumn {
  FACTOR = 0,
  BIAS = 1,
  WEIGHT_NORM = 2,
  LEAST = 3,
  LENGTH = 4,
}

/** Constants of a channel's dot products, float64; SPREAD is what ‖w‖ · ‖x‖ + |b| errs by, times FACTOR. */
export enum DotColumn {
  FACTOR = 0,
  BIAS = 1,
  WEIGHT_NORM = 2,
  SPREAD = 3,
  LENGTH = 4,
}

/** Of a row of operands of which something was left out, float64: RESIDUAL ≥ ‖left out‖, NORM ≥ ‖value‖ + RESIDUAL. */
export enum RowNorms {
  NORM = 0,
  RESIDUAL = 1,
  LENGTH = 2,
}

/** A dot product w · x and the norm of x, float64. */
export enum DotPair {
  SUM = 0,
  NORM = 1,
  LENGTH = 2,
}

/** Buckets of float32 numbers, int32. */
export enum Float32Buckets {
  /** Pointer to the code that all numbers inside each bucket have. */
  CODES = 0,
  /** Bits of a magnitude below its key. */
  SHIFT = 1,
  /** First key, and buckets of a sign. */
  LOWEST = 2,
  SIZE = 3,
  /** Pointer to the BinadeVectors by which codes are computed; 0 where they are looked up. */
  BINADES = 4,
  /** 1 where a number at an end of a bucket has of the codes on both sides the even one, else 0. */
  TIES = 5,
  LENGTH = 6,
}

/**
 * How codes are computed from the sign, exponent and 7 fraction bits of float32 numbers (round-binades.ts), vectors of 16
 * bytes: a magnitude's code is ((fraction · factor + offset) >> 7) + base, by exponent; of negatives its bits in FLIP are
 * flipped, STEP is subtracted, and bits in CLEAR become 0.
 */
export enum BinadeVector {
  /** int16: magnitudes are clamped to these. */
  LEAST = 0,
  MOST = 1,
  /** Bytes: the first exponent. */
  FIRST = 2,
  /** Bytes by exponent from FIRST on, two vectors each. */
  FACTORS = 3,
  OFFSETS = 5,
  BASES = 7,
  /** Bytes. */
  FLIP = 9,
  STEP = 10,
  CLEAR = 11,
  /** Bits of a code. */
  MASK = 12,
  /** The code of 0. */
  ZERO = 13,
  LENGTH = 14,
}

/** By biased exponent what rounds its binade, float64: M, or where that is NaN a threshold, what is below, what above. */
export enum Binade {
  M = 0,
  THRESHOLD = 1,
  BELOW = 2,
  ABOVE = 3,
  LENGTH = 4,
}

/** Squares of what int16 leaves out are counted in units of 2^-14: so many are 1. */
export const RESIDUAL_UNITS = 16384;

/** By code what int16 holds of a value and the square of what it leaves out, in RESIDUAL_UNITS; 32 bits each. */
export enum ResidualEntry {
  VALUE = 0,
  SQUARE = 1,
  LENGTH = 2,
}

/** Bits of an entry of a byte table from which its parts start: where the second code begins, and both codes. */
export enum ByteEntry {
  THRESHOLD = 0,
  FIRST = 16,
  SECOND = 24,
}

/** Buckets of rounding thresholds: sign, exponent and 8 fraction bits of a float64, ordered by value. */
export const THRESHOLD_BUCKETS = 0x100000;

/** Bits of the widest sum that wraps or saturates; its operands and products are at most 2 to this. */
export const WIDEST_SUM_BITS = 62;
