/** What `cheetah layers` looks at: a network with weights, trained now where none are given, and its data. */
import { type Dataset, nameOf } from '../datasets/dataset.js';
import type { TableChoices } from '../datasets/table.js';
import { holdOut } from '../datasets/validation.js';
import { requireWhole } from '../errors.js';
import type { Network, Parameters } from '../networks/network.js';
import { train } from '../networks/training/train.js';
import { loadSource } from '../sweep/source.js';
import { tell } from './notes.js';
import { terminalProgress } from './progress.js';
import { threadCount } from './thread-count.js';

export interface LayersSource {
  readonly network: string | undefined;
  readonly weights: string | undefined;
  readonly dataset: string | undefined;
  readonly table: TableChoices | undefined;
  readonly dataDirectory: string | undefined;
  readonly calibrationImages: number;
  readonly epochs: number | undefined;
  readonly trainImages: number | undefined;
  /** Only the first so many test images. */
  readonly testImages?: number | undefined;
  readonly seed: number;
}

export interface Weighted {
  readonly dataset: Dataset;
  readonly network: Network;
  readonly parameters: Parameters;
  /** Training images that the parameters were not trained on; undefined where nobody says. */
  readonly validation: Uint32Array | undefined;
  readonly trainedOn: string | undefined;
}

/** Throws UserError for what cannot be had or does not fit, before any training. */
export async function openLayers(request: LayersSource): Promise<Weighted> {
  requireWhole(`--calibration-images ${request.calibrationImages}`, request.calibrationImages, 1);
  requireWhole(`--seed ${request.seed}`, request.seed, 0, 2 ** 32 - 1);
  const { trainImages, testImages, weights } = request;
  const source = await loadSource({
    network: request.network ?? (weights === undefined ? 'lenet5' : undefined),
    weights,
    dataset: request.dataset,
    table: request.table,
    directory: request.dataDirectory,
    load: {
      seed: request.seed,
      tell,
      ...(trainImages === undefined || weights !== undefined ? {} : { train: trainImages }),
      ...(testImages === undefined ? {} : { test: testImages }),
    },
  });
  const { dataset, network, parameters, validation, trainedOn } = source;
  if (parameters !== undefined) return { dataset, network, parameters, validation, trainedOn };
  return {
    dataset,
    network,
    parameters: await trainedNow(request, dataset, network),
    validation: holdOut(dataset.train.count, request.seed).validation,
    trainedOn: nameOf(dataset),
  };
}

async function trainedNow(request: LayersSource, dataset: Dataset, network: Network): Promise<Parameters> {
  const progress = terminalProgress();
  progress.note(
    `no weights given: training ${network.name} on ${dataset.name} (--weights takes a saved model)`,
  );
  let begun = false;
  const options = {
    seed: request.seed,
    ...(request.epochs === undefined ? {} : { epochs: request.epochs }),
  };
  const trained = await train(network, dataset, options, {
    threads: threadCount(undefined),
    onProgress({ epoch, epochs, batch, batches }) {
      if (!begun) progress.begin(`training ${network.name}, batch`, epochs * batches);
      begun = true;
      progress.reach((epoch - 1) * batches + batch);
    },
  });
  progress.end();
  return trained.parameters;
}
