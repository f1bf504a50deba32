/** The float32 network on the same images: the row every other is compared with. */
import type { Dataset } from '../datasets/dataset.js';
import { firstIndices } from '../networks/batches.js';
import { packageVersion } from '../platform/version.js';
import { changesOf } from './class-changes.js';
import type { RowValues } from './columns.js';
import type { SeedContext } from './context.js';
import { floatFacts, priceRows } from './cost.js';
import { accuracyColumns, validationColumns } from './entry.js';
import type { Entry } from './journal.js';
import type { PriceAxes } from './point.js';
import { labelsAt } from './predict.js';
import { cellsOf } from './rows.js';
import { macsOf, parametersOf } from './sizes.js';

/** Rows of the baseline, one for each cost source and number of units. */
export function baselineEntry(seed: SeedContext, dataset: Dataset, pricing: PriceAxes): Entry {
  const { baseline, program } = seed;
  const parameters = parametersOf(program);
  const values: RowValues = {
    network: program.network,
    dataset: dataset.name,
    testImages: baseline.length,
    format: 'float32',
    family: 'float',
    weights: 'float32',
    activations: 'float32',
    layers: 'none',
    bits: 32,
    mode: 'nearest-even',
    accumulator: 'float32',
    logits: 'rounded',
    dataflow: 'float',
    seed: seed.seed,
    weightsHash: seed.weightsHash,
    trainedOn: seed.trainedOn,
    datasetHash: dataset.checksum.slice(0, 16),
    ...accuracyColumns(baseline, baseline, labelsAt(dataset.test, firstIndices(baseline.length))),
    ...validationColumns(seed, seed.validation?.baselineRight),
    parameters,
    parameterBits: parameters * 32,
    macs: macsOf(program),
    version: packageVersion(),
  };
  const rows = priceRows(pricing, floatFacts(program)).map((cost) => cellsOf({ ...values, ...cost }));
  const changes = changesOf(baseline, new Int32Array(baseline.length));
  return { rows, changes, host: { milliseconds: 0, tiers: {} } };
}
