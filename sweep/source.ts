/** What is evaluated: a network, its weights where they are given, and the data set it is to be run on. */
import { basename, dirname, join } from 'node:path';
import type { Dataset } from '../datasets/dataset.js';
import { canonicalName, isTableFile, type LoadOptions, loadDataset } from '../datasets/load.js';
import type { TableChoices } from '../datasets/table.js';
import { TABLE_FOLDERS } from '../datasets/tables.js';
import { UserError } from '../errors.js';
import { isDirectory, isFile } from '../input/bounded-file.js';
import { checkFits } from '../networks/evaluation.js';
import { loadNetwork } from '../networks/files/description.js';
import { floatTensors, loadModel, type ModelData } from '../networks/files/model.js';
import { MODEL_FILE, WEIGHTS_FILE } from '../networks/files/model-files.js';
import { modelDirectory } from '../networks/files/named-weights.js';
import { readSafetensors } from '../networks/files/safetensors.js';
import { isTfliteFile } from '../networks/files/tflite-file.js';
import type { Network, Parameters } from '../networks/network.js';
import { checkParameters } from '../networks/parameters.js';
import { getNetwork } from '../networks/zoo/registry.js';
import { heldOutOf, isTrainedOn } from './held-out.js';

/** What was asked for; see the fields of a sweep's spec. */
export interface SourceRequest {
  /** Of the zoo by name, or a JSON file; that of the saved model where absent. */
  readonly network: string | undefined;
  /** The directory of a saved model, a name of weights of this package, a .safetensors file, or a .tflite file of floats; none where a training is to follow. */
  readonly weights: string | undefined;
  /** That of the saved model where absent. */
  readonly dataset: string | undefined;
  readonly table: TableChoices | undefined;
  /** Where data sets are; CHEETAH_DATA where absent. */
  readonly directory: string | undefined;
  /** Seed, limits, and who is told of guesses. A saved model's own seed comes before the one given here. */
  readonly load: Pick<LoadOptions, 'seed' | 'train' | 'test' | 'tell'>;
}

export interface Source {
  readonly dataset: Dataset;
  readonly network: Network;
  readonly parameters: Parameters | undefined;
  /** Training images that these parameters were not trained on; undefined where nobody says, or they are to be trained. */
  readonly validation: Uint32Array | undefined;
  /** Name of the data set the parameters were trained on; undefined where nobody says, or they are to be trained. */
  readonly trainedOn: string | undefined;
}

/** Of weights that do not say what they were trained on. */
const DEFAULT_DATASET = 'strokes';

/**
 * Loads network, weights and data set. A saved model is run on the data it was trained on, split as it was then, or on
 * another set of equal shape and classes. Throws UserError where they do not fit together, and for the data it was
 * trained on in another state.
 */
export async function loadSource(request: SourceRequest): Promise<Source> {
  const { network: name, weights } = request;
  if (weights !== undefined && !weights.endsWith('.safetensors')) return sourceOfModel(weights, request);
  // the weights of a saved model are that model, whichever of its names they are called by
  const model = weights === undefined ? undefined : modelOf(weights);
  if (model !== undefined) return sourceOfModel(model, request);
  if (name === undefined) {
    throw new UserError(
      'no network given; name one of the zoo, a JSON file, or the directory of a saved model',
    );
  }
  const dataset = await load(request.dataset ?? DEFAULT_DATASET, request, {});
  const network = name.endsWith('.json')
    ? await loadNetwork(name)
    : getNetwork(name, dataset.shape, dataset.classes.length);
  checkFits(network, dataset);
  const unknown = { validation: undefined, trainedOn: undefined };
  if (weights === undefined) return { dataset, network, parameters: undefined, ...unknown };
  if (dataset.origin !== undefined && isTableFile(dataset.origin.dataset)) {
    request.load.tell?.(
      `${weights} does not say what it was trained on: test rows of ${dataset.origin.dataset} may have been trained on`,
    );
  }
  const parameters = floatTensors((await readSafetensors(weights)).tensors, weights);
  checkParameters(network, parameters);
  return { dataset, network, parameters, ...unknown };
}

/** The directory of the saved model that a .safetensors file is the weights of, if it is. */
function modelOf(weights: string): string | undefined {
  const directory = dirname(weights);
  const isModels = basename(weights) === WEIGHTS_FILE && isFile(join(directory, MODEL_FILE));
  return isModels ? directory : undefined;
}

async function sourceOfModel(weights: string, request: SourceRequest): Promise<Source> {
  if (!isTfliteFile(weights) && !isDirectory(modelDirectory(weights))) {
    throw new UserError(
      `weights ${weights}: ${isFile(weights) ? 'that is a file of another kind' : 'there is no such directory'}; give what \`cheetah train --out\` saved, a .safetensors file, or a .tflite file of floats`,
    );
  }
  const { network, parameters, data } = await loadModel(weights);
  if (request.network !== undefined && request.network !== network.name) {
    throw new UserError(
      `weights ${weights} are of network ${network.name}, not of ${request.network}; leave the network out or give its own weights`,
    );
  }
  if (data === undefined) {
    const dataset = await load(request.dataset ?? DEFAULT_DATASET, request, {});
    checkFits(network, dataset);
    return { dataset, network, parameters, validation: undefined, trainedOn: undefined };
  }
  const dataset =
    request.dataset === undefined
      ? await trainedDataset(weights, data, request)
      : await namedDataset(request.dataset, weights, data, request);
  checkFits(network, dataset);
  return { dataset, network, parameters, validation: heldOutOf(data, dataset), trainedOn: data.dataset };
}

function load(
  name: string,
  request: SourceRequest,
  model: Pick<LoadOptions, 'seed' | 'table'>,
): Promise<Dataset> {
  return loadDataset(name, directoryOf(request), { ...request.load, table: request.table, ...model });
}

function directoryOf({ directory }: SourceRequest): string | undefined {
  return directory ?? (process.env.CHEETAH_DATA || undefined);
}

/** The data a model was trained on, found by its name, or of a table by the name of its file. */
async function trainedDataset(weights: string, data: ModelData, request: SourceRequest): Promise<Dataset> {
  const how = { seed: data.seed, table: request.table ?? data.table };
  if (!isTableFile(data.dataset)) {
    const dataset = await load(data.dataset, request, how);
    if (isTrainedOn(dataset, data)) return dataset;
    throw anotherState(data.dataset, data.dataset, weights);
  }
  const directory = directoryOf(request);
  const folders = ['.', weights, join(weights, '..')];
  if (directory !== undefined) folders.push(...TABLE_FOLDERS.map((folder) => join(directory, folder)));
  const plain = data.dataset.replace(/\.gz$/i, '');
  const places = folders.flatMap((folder) => [plain, `${plain}.gz`].map((name) => join(folder, name)));
  const found = [...new Set(places)].filter(isFile);
  for (const path of found) {
    const dataset = await load(path, request, how);
    if (isTrainedOn(dataset, data)) return dataset;
  }
  if (found.length > 0) throw anotherState(found[0]!, data.dataset, weights);
  throw new UserError(
    `the model in ${weights} was trained on the table ${data.dataset}, which is not in the working folder, beside the model or in --data; put it there or name it with --dataset`,
  );
}

/** A data set that was named: that of the training must be in the same state, another must have the same classes. */
async function namedDataset(
  name: string,
  weights: string,
  data: ModelData,
  request: SourceRequest,
): Promise<Dataset> {
  const isSame = tableName(canonicalName(name)) === tableName(data.dataset);
  const table = request.table ?? (isSame ? data.table : undefined);
  const how = { seed: data.seed, table };
  const dataset = await load(name, request, how);
  // a table is known by its content: under another name its rows are split as they were in training all the same
  if (isTrainedOn(dataset, data)) return dataset;
  if (isSame) throw anotherState(name, data.dataset, weights);
  if (dataset.classes.join('\n') !== data.classes.join('\n')) {
    throw new UserError(
      `dataset ${name} has the classes ${some(dataset.classes)}, but the model in ${weights} was trained on ${data.dataset} with ${some(data.classes)}; give a set with the same classes`,
    );
  }
  return dataset;
}

/** A table packed or not, in capitals or not, is the same table. */
function tableName(name: string): string {
  return isTableFile(name) ? name.replace(/\.gz$/i, '').toLowerCase() : name;
}

function anotherState(path: string, dataset: string, weights: string): UserError {
  return new UserError(
    `${path} is not the ${dataset} that the model in ${weights} was trained on (its checksum or how it is read differs), so its test rows may have been trained on; give the same data, or train again`,
  );
}

function some(classes: readonly string[]): string {
  const shown = classes.slice(0, 4).map((name) => name.slice(0, 20));
  return `${shown.join(', ')}${classes.length > 4 ? ', …' : ''}`;
}
