/** The images of a split through the float plan, batches shared among threads. */
import type { Dataset } from '../../../datasets/dataset.js';
import { imageBatches, runBatches } from '../../batches.js';
import { compileFloat } from '../../dataflows/float.js';
import { lower } from '../../lower.js';
import type { Network, Parameters } from '../../network.js';

/** Images a run of the float plan takes. */
const BATCH = 128;

/** What is classified: the training split's images at `indices`, or all test images. */
export interface Classified {
  readonly split: 'train' | 'test';
  readonly indices: Uint32Array;
}

/** How many of the images this thread took are right; `counter`, shared, says which batch comes next. */
export function* classifyShare(
  network: Network,
  parameters: Parameters,
  dataset: Dataset,
  { split: which, indices }: Classified,
  counter: Int32Array,
): Generator<void, number> {
  const split = dataset[which];
  const plan = compileFloat(lower(network, parameters), { batch: BATCH });
  const next = (): number | undefined => {
    const batch = Atomics.add(counter, 0, 1);
    return batch * BATCH < indices.length ? batch : undefined;
  };
  let correct = 0;
  const batches = imageBatches(dataset, split, indices, BATCH, next);
  yield* runBatches(plan, batches, ({ count, first }, { predictions }) => {
    for (let i = 0; i < count; i++) {
      if (predictions[i] === split.labels[indices[first + i]!]) correct++;
    }
  });
  return correct;
}
