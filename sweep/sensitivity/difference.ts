/** How many images one run has right that another has wrong, as a share with its interval. */
import { compare } from '../statistics/paired-hits.js';
import { tango } from '../statistics/tango.js';

/** Shares of the same images, −1..1. */
export interface Difference {
  /** Accuracy of the first − accuracy of the second. */
  readonly share: number;
  /** Tango's 95 % score interval of it. */
  readonly low: number;
  readonly high: number;
  /** Images the first has right, and the second. */
  readonly firstRight: number;
  readonly secondRight: number;
  readonly images: number;
}

/** `labels` of all images; −1 among the classes predicts nothing and is wrong. */
export function difference(first: Int32Array, second: Int32Array, labels: Uint8Array): Difference {
  const { right, baselineRight, onlyFirst, onlyBaseline } = compare(first, second, labels);
  const images = labels.length;
  return {
    share: (onlyFirst - onlyBaseline) / images,
    ...tango(onlyFirst, onlyBaseline, images),
    firstRight: right,
    secondRight: baselineRight,
    images,
  };
}

/** Whether at most `margin` percentage points are lost; a loss of exactly so many is. */
export function isWithin({ firstRight, secondRight, images }: Difference, margin: number): boolean {
  // one rounding, that of the quotient: 57 of 10,000 images are the same number as the 0.57 that was written
  return (100 * (firstRight - secondRight)) / images <= margin;
}
