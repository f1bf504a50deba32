/** Codecs and decoders as the kernels read them: slots of 8 bytes, float64 or int64, on their heap. */
import { bitsOf } from '../arithmetic/float64.js';
import type { Kernels } from '../kernels/loader.js';
import type { Codec } from './codec.js';

/** Where an activation holds reals before they are rounded; the code of reals beyond `cap`, −1 where unknown. */
export interface Clamp {
  readonly bottom: number;
  readonly cap: number;
  readonly capCode: number;
}

const UNCLAMPED: Clamp = { bottom: Number.NEGATIVE_INFINITY, cap: Number.POSITIVE_INFINITY, capCode: -1 };

/** Slots before the table, as kernels/assembly/codec.ts has them. */
const HEAD = 24;
const DIVISIONS = { none: 0n, exact: 1n, rounded: 2n } as const;

/** A codec in the order of kernels/assembly/codec.ts. */
export function codecSlots(codec: Codec, clamp: Clamp = UNCLAMPED): BigInt64Array {
  const { table, up, down, beyond } = codec;
  const count = table.factors.length;
  const slots = [
    ...[codec.sign === 'magnitude' ? 1n : 0n, codec.draws === 'each' ? 1n : 0n],
    ...[DIVISIONS[codec.division], bitsOf(codec.scale)],
    ...[...up, ...down, codec.kept].map(bitsOf),
    ...[table.first + 1023, count - 1, 2 ** codec.bits - 1].map(BigInt),
    ...[codec.zeroPoint, codec.lowest, codec.highest, codec.negativeZero, ...beyond, codec.nan].map(BigInt),
    ...[codec.largest, clamp.bottom, clamp.cap].map(bitsOf),
    BigInt(clamp.capCode),
  ];
  const out = new BigInt64Array(HEAD + 2 * count);
  out.set(slots.map((slot) => BigInt.asIntN(64, slot)));
  const entries = new Float64Array(out.buffer, HEAD * 8);
  for (let i = 0; i < count; i++) entries.set([table.factors[i]!, table.offsets[i]!], 2 * i);
  return out;
}

/** Copies slots to the heap at `pointer`, by default to new room there. Returns the pointer. */
export function placeSlots(
  kernels: Kernels,
  slots: BigInt64Array,
  pointer = kernels.allocate(slots.byteLength),
): number {
  kernels.i64(pointer, slots.length).set(slots);
  return pointer;
}
