/** A dataset: images or rows of a table, their labels, and how they are normalised. Plain data, so it passes to worker threads without a copy. */

export interface Split {
  /** Number of images or rows. */
  readonly count: number;
  /** [count]: class of each image, 0 .. classes − 1. */
  readonly labels: Uint8Array;
  /**
   * [count, ...shape], channels last, over a SharedArrayBuffer. Uint8Array: pixels 0..255 as stored;
   * Float32Array: features already standardised by the dataset's mean and std.
   */
  readonly raw: Uint8Array | Float32Array;
}

export interface Dataset {
  readonly name: string;
  /** Per image: [height, width, channels], [length, channels] or [features]. */
  readonly shape: readonly number[];
  /** Of a sequence that is a picture: [height, width, channels] of the picture, for eyes; nothing computes with it. */
  readonly drawnAs?: readonly [number, number, number];
  /** Names of the classes; a label is an index into it. */
  readonly classes: readonly string[];
  /** Per channel (last axis of the shape). Images: of pixel/255; tables: of the training rows, in their units. */
  readonly mean: readonly number[];
  /** Standard deviation, per channel, never 0; units as for the mean. */
  readonly std: readonly number[];
  readonly train: Split;
  readonly test: Split;
  /** sha256 (hex) of what the splits hold, see datasets/checksum.ts. */
  readonly checksum: string;
  /** Where it came from; undefined for a dataset that `loadDataset` did not load. */
  readonly origin?: DataOrigin | undefined;
}

/** What is needed to load the same dataset again, and to check that it is the same. */
export interface DataOrigin {
  /** The name that `loadDataset` takes; of a table the file without its folders: `mnist`, `noise.csv`. */
  readonly dataset: string;
  /** Of the built-in set and of the split of tables. */
  readonly seed: number;
  /** How a CSV file was read; undefined where all was guessed. */
  readonly table?: Readonly<Record<string, string>> | undefined;
  /** sha256 (hex) of the whole set, whatever part of it is in use. */
  readonly checksum: string;
}

/** A dataset's name in a sweep's rows: the one it is asked for by; of a table its file. */
export function nameOf({ name, origin }: Dataset): string {
  return origin?.dataset ?? name;
}

/** Elements of one image: the product of the shape. */
export function imageSize(dataset: Pick<Dataset, 'shape'>): number {
  return dataset.shape.reduce((product, length) => product * length, 1);
}

/**
 * Images `indices` of a split of the dataset, into `out` [indices.length, ...shape], channels last. Pixels
 * become float32 of (pixel/255 − mean)/std computed in float64 (docs/numerics.md §3); tables are copied.
 * Throws RangeError when an index is outside the split or `out` is too small.
 */
export function normalizedImages(
  dataset: Dataset,
  split: Split,
  indices: Uint32Array,
  out: Float32Array,
): void {
  const size = imageSize(dataset);
  if (out.length < indices.length * size) {
    throw new RangeError(
      `normalizedImages: ${indices.length} images of ${size} need ${indices.length * size} elements; out has ${out.length}`,
    );
  }
  const tables = split.raw instanceof Uint8Array ? pixelTables(dataset) : undefined;
  const channels = dataset.mean.length;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= split.count) {
      throw new RangeError(`normalizedImages: there is no image ${index}; the split has ${split.count}`);
    }
    const from = index * size;
    const to = i * size;
    if (tables === undefined) {
      for (let j = 0; j < size; j++) out[to + j] = split.raw[from + j]!;
    } else {
      for (let channel = 0; channel < channels; channel++) {
        const table = tables[channel]!;
        for (let j = channel; j < size; j += channels) out[to + j] = table[split.raw[from + j]!]!;
      }
    }
  }
}

/** Per channel, the float32 of (pixel/255 − mean)/std for the 256 pixel values. */
function pixelTables(dataset: Dataset): Float32Array[] {
  return dataset.mean.map((mean, channel) =>
    Float32Array.from({ length: 256 }, (_, pixel) => (pixel / 255 - mean) / dataset.std[channel]!),
  );
}

/** Zeroed bytes that worker threads can share. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** Zeroed float32 that worker threads can share. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4));
}

/** How many images of each class a split has. */
export function labelHistogram(split: Split, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (const label of split.labels) counts[label]!++;
  return counts;
}
