/** Pools of integer codes over whole batches: the places of every window are found once. */
import type { Window } from '../../emac/layer/window.js';

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

/** `result`: the code of a window whose codes' sum (of averages) or largest code (of maxima) it is told, with how many they are. */
export function batchPool(
  window: Window,
  pooling: 'max' | 'average',
  result: (value: number, count: number) => number,
  from: Codes,
  to: Codes,
): (images: number) => void {
  const pixels = windowPlaces(window);
  const channels = window.inChannels;
  const size = window.inHeight * window.inWidth * channels;
  const values = new Float64Array(channels);
  const take = pooling === 'max' ? raise : addTo;
  return (images) => {
    let at = 0;
    for (let image = 0; image < images; image++) {
      const start = image * size;
      for (const places of pixels) {
        values.fill(pooling === 'max' ? Number.NEGATIVE_INFINITY : 0);
        for (let tap = 0; tap < places.length; tap++) take(values, from, start + places[tap]!);
        for (let c = 0; c < channels; c++) to[at++] = result(values[c]!, places.length);
      }
    }
  };
}

function raise(values: Float64Array, from: Codes, at: number): void {
  for (let c = 0; c < values.length; c++) {
    const code = from[at + c]!;
    if (code > values[c]!) values[c] = code;
  }
}

function addTo(values: Float64Array, from: Codes, at: number): void {
  for (let c = 0; c < values.length; c++) values[c]! += from[at + c]!;
}
