/**
 * The batches of one run of a plan, which any number of threads take one after another, and where their predictions
 * go. Both lie in shared memory; a batch is taken once, in ascending order.
 */
/** Images of one batch: enough to fill the GEMMs, small enough for the caches. */
export const BATCH = 64;

export interface Share {
  /** First batch that nobody has taken; beyond the last one nothing is left. [1], shared */
  readonly next: Int32Array;
  /** Class by image; −1 where every logit is NaN. [images], shared */
  readonly classes: Int32Array;
}

/** A run over so many images, no batch taken yet. */
export function newShare(images: number): Share {
  const bytes = Int32Array.BYTES_PER_ELEMENT;
  return {
    next: new Int32Array(new SharedArrayBuffer(bytes)),
    classes: new Int32Array(new SharedArrayBuffer(images * bytes)),
  };
}

function batchesOf({ classes }: Share): number {
  return Math.ceil(classes.length / BATCH);
}

/** The next batch, whose images start at BATCH · batch, for the calling thread alone; undefined where none is left. */
export function takeBatch(share: Share): number | undefined {
  const batch = Atomics.add(share.next, 0, 1);
  return batch < batchesOf(share) ? batch : undefined;
}

/** Batches that nobody has taken yet. */
export function batchesLeft(share: Share): number {
  return Math.max(0, batchesOf(share) - Atomics.load(share.next, 0));
}

/** No batch is given out any more; those on their way are finished. */
export function closeShare(share: Share): void {
  Atomics.store(share.next, 0, batchesOf(share));
}
