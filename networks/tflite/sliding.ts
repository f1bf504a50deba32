/** The windows that an operator's options ask for, and weights in the order that they are stored in. */
import type { TfliteOperator } from './model.js';
import { type CONV, type DEPTHWISE, PADDINGS, POOL } from './schema.js';

type Pair = readonly [number, number];

export interface Sliding {
  /** Vertical, horizontal, as all pairs. */
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: 'same' | 'valid';
}

/** No extent of a window is more. */
const MOST_EXTENT = 4096;

/** Undefined where an extent is below 1 or beyond a limit, or the padding is neither rule. */
export function convSliding(
  { options }: TfliteOperator,
  kernel: Pair,
  slots: typeof CONV | typeof DEPTHWISE,
): Sliding | undefined {
  const number = (slot: number, otherwise: number): number => options?.i32(slot, otherwise) ?? otherwise;
  const padding = PADDINGS[options?.i8(slots.padding) ?? 0];
  return sound({
    kernel,
    stride: [number(slots.strideHeight, 0), number(slots.strideWidth, 0)],
    dilation: [number(slots.dilationHeight, 1), number(slots.dilationWidth, 1)],
    padding,
  });
}

/** Likewise. */
export function poolSliding({ options }: TfliteOperator): Sliding | undefined {
  const number = (slot: number): number => options?.i32(slot) ?? 0;
  const padding = PADDINGS[options?.i8(POOL.padding) ?? 0];
  return sound({
    kernel: [number(POOL.filterHeight), number(POOL.filterWidth)],
    stride: [number(POOL.strideHeight), number(POOL.strideWidth)],
    dilation: [1, 1],
    padding,
  });
}

/** What is asked for, before it is known to be sound. */
type Asked = Omit<Sliding, 'padding'> & { readonly padding: Sliding['padding'] | undefined };

function sound({ padding, ...extents }: Asked): Sliding | undefined {
  const all = [...extents.kernel, ...extents.stride, ...extents.dilation];
  if (padding === undefined || all.some((extent) => extent < 1 || extent > MOST_EXTENT)) return undefined;
  return { ...extents, padding };
}

/** Depthwise weights, stored as [taps, channels], as ours: [channels, taps]. */
export function channelsFirst<Values extends Int8Array | Uint8Array | Float32Array>(
  stored: Values,
  channels: number,
): Values {
  const values = stored.slice() as Values;
  const taps = stored.length / channels;
  for (let c = 0; c < channels; c++) {
    for (let tap = 0; tap < taps; tap++) values[c * taps + tap] = stored[tap * channels + c]!;
  }
  return values;
}
