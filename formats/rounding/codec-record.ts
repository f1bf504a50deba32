/** Codecs as the kernels read them: records of 8-byte fields, float64 or int64, on their heap. */
import { bitsOf } from '../../arithmetic/float64.js';
import { CODEC_ENTRY_BYTES, CodecDivision, CodecHead, CodecSign } from '../../kernels/layouts.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Codec } from './codec.js';

const FIELD_BYTES = 8;

/** Where an activation clamps reals before they are rounded; the code of reals beyond `cap`, −1 where unknown. */
export interface Clamp {
  readonly bottom: number;
  readonly cap: number;
  readonly capCode: number;
}

const UNCLAMPED: Clamp = { bottom: Number.NEGATIVE_INFINITY, cap: Number.POSITIVE_INFINITY, capCode: -1 };

const DIVISIONS = {
  none: CodecDivision.NONE,
  exact: CodecDivision.EXACT,
  rounded: CodecDivision.ROUNDED,
} as const;

/** A codec as CodecHead lays it out. */
export function codecRecord(codec: Codec, clamp: Clamp = UNCLAMPED): BigInt64Array {
  const { table, up, down, beyond } = codec;
  const count = table.factors.length;
  const out = new BigInt64Array((CodecHead.ENTRIES + count * CODEC_ENTRY_BYTES) / FIELD_BYTES);
  const integer = (at: CodecHead, ...values: readonly number[]) =>
    out.set(values.map(BigInt), at / FIELD_BYTES);
  const real = (at: CodecHead, ...values: readonly number[]) => out.set(values.map(bitsOf), at / FIELD_BYTES);
  integer(CodecHead.SIGN, codec.sign === 'magnitude' ? CodecSign.MAGNITUDE : CodecSign.COMPLEMENT);
  integer(CodecHead.STOCHASTIC, codec.stochastic ? 1 : 0);
  integer(CodecHead.DIVISION, DIVISIONS[codec.division]);
  real(CodecHead.SCALE, codec.scale);
  real(CodecHead.UP, ...up);
  real(CodecHead.DOWN, ...down);
  real(CodecHead.KEPT, codec.kept);
  integer(CodecHead.FIRST, table.first + 1023);
  integer(CodecHead.LAST, count - 1);
  integer(CodecHead.MASK, 2 ** codec.bits - 1);
  integer(CodecHead.ZERO_POINT, codec.zeroPoint);
  integer(CodecHead.LOWEST, codec.lowest);
  integer(CodecHead.HIGHEST, codec.highest);
  integer(CodecHead.NEGATIVE_ZERO, codec.negativeZero);
  integer(CodecHead.BEYOND, ...beyond);
  integer(CodecHead.NAN_CODE, codec.nan);
  real(CodecHead.LARGEST, codec.largest);
  real(CodecHead.BOTTOM, clamp.bottom);
  real(CodecHead.CAP, clamp.cap);
  integer(CodecHead.CAP_CODE, clamp.capCode);
  const entries = new Float64Array(out.buffer, CodecHead.ENTRIES);
  for (let i = 0; i < count; i++) entries.set([table.factors[i]!, table.offsets[i]!], 2 * i);
  return out;
}

/** Copies the record of a codec or decoder to the heap, to `pointer` or by default to new room; returns the pointer. */
export function placeRecord(
  kernels: Kernels,
  record: BigInt64Array,
  pointer = kernels.allocate(record.byteLength),
): number {
  kernels.i64(pointer, record.length).set(record);
  return pointer;
}
