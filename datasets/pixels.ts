/** Ranges that pixels may come in: networks that others trained want them as their own training had them. */
import { UserError } from '../errors.js';
import type { Dataset } from './dataset.js';

/** What (pixel/255 − mean)/std is then: 0 to 255, 0 to 1, −1 to 1. */
const RANGES = {
  raw: { mean: 0, std: 1 / 255 },
  unit: { mean: 0, std: 1 },
  signed: { mean: 0.5, std: 0.5 },
} as const;
export type PixelRange = keyof typeof RANGES;

const isRange = (text: string): text is PixelRange => Object.hasOwn(RANGES, text);

/** `cifar-10:raw` is the set cifar-10, its pixels 0 to 255. Undefined for a name that says no range. */
export function rangedName(name: string): { readonly set: string; readonly range: PixelRange } | undefined {
  const colon = name.lastIndexOf(':');
  const range = name.slice(colon + 1);
  return colon > 0 && isRange(range) ? { set: name.slice(0, colon), range } : undefined;
}

/** The same images, for a network in that range. Throws UserError for what is no set of images. */
export function inRange(dataset: Dataset, range: PixelRange): Dataset {
  if (!(dataset.train.raw instanceof Uint8Array)) {
    throw new UserError(
      `dataset ${dataset.name}:${range}: it has features and no pixels; leave :${range} out`,
    );
  }
  const { mean, std } = RANGES[range];
  const [means, stds] = [dataset.mean.map(() => mean), dataset.std.map(() => std)];
  return { ...dataset, name: `${dataset.name}:${range}`, mean: means, std: stds };
}
