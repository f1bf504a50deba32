/** Pools of integer codes over whole batches: the places of every window are found once. */
import type { Window } from '../../emac/layer/window.js';
import { LaneType } from '../../kernels/layouts.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';
import { type Clamp, type IntegerType, valueBytes } from './graph.js';

type Codes = Int8Array | Uint8Array | Int16Array;

/** Of every output pixel the places in the image of its window's pixels, channel 0. */
function windowPlaces(w: Window): Int32Array[] {
  return Array.from({ length: w.outHeight * w.outWidth }, (_, pixel) => {
    const [top, left] = [
      Math.floor(pixel / w.outWidth) * w.strideY - w.padTop,
      (pixel % w.outWidth) * w.strideX - w.padLeft,
    ];
    const places = [];
    for (let ky = 0; ky < w.kernelHeight; ky++) {
      const y = top + ky * w.dilationY;
      if (y < 0 || y >= w.inHeight) continue;
      for (let kx = 0; kx < w.kernelWidth; kx++) {
        const x = left + kx * w.dilationX;
        if (x >= 0 && x < w.inWidth) places.push((y * w.inWidth + x) * w.inChannels);
      }
    }
    return Int32Array.from(places);
  });
}

/** Largest codes by `kernels`, held between `least` and `most`; codes of `type` at `from` and `to`. */
export function maxPool(
  kernels: Kernels,
  window: Window,
  type: IntegerType,
  { least, most }: Clamp,
  from: Pointer,
  to: Pointer,
): (images: number) => void {
  const pixels = windowPlaces(window);
  const bytes = valueBytes(type);
  const all = pixels.flatMap((places) => [...places]);
  const starts = kernels.allocate((pixels.length + 1) * 4);
  const places = kernels.allocate(all.length * 4);
  const startValues = kernels.i32(starts, pixels.length + 1);
  pixels.forEach(({ length }, pixel) => {
    startValues[pixel + 1] = startValues[pixel]! + length;
  });
  kernels.i32(places, all.length).set(all.map((place) => place * bytes));
  const pixelBytes = window.inChannels * bytes;
  const imageBytes = window.inHeight * window.inWidth * pixelBytes;
  const lanes = LANES[type];
  return (images) =>
    // biome-ignore format: one call
    kernels.call.maxPoolLanes(
      images, imageBytes, pixels.length, pixelBytes, starts, places, lanes, least, most, from, to,
    );
}

const LANES = { int8: LaneType.INT8, uint8: LaneType.UINT8, int16: LaneType.INT16 } as const;

/** `average`: the code of a window whose codes' sum it is told, with how many they are. */
export function averagePool(
  window: Window,
  average: (sum: number, count: number) => number,
  from: Codes,
  to: Codes,
): (images: number) => void {
  const pixels = windowPlaces(window);
  const channels = window.inChannels;
  const size = window.inHeight * window.inWidth * channels;
  const sums = new Float64Array(channels);
  return (images) => {
    let at = 0;
    for (let image = 0; image < images; image++) {
      const start = image * size;
      for (const places of pixels) {
        sums.fill(0);
        for (let tap = 0; tap < places.length; tap++) addTo(sums, from, start + places[tap]!);
        for (let c = 0; c < channels; c++) to[at++] = average(sums[c]!, places.length);
      }
    }
  };
}

function addTo(sums: Float64Array, from: Codes, at: number): void {
  for (let c = 0; c < sums.length; c++) sums[c]! += from[at + c]!;
}
