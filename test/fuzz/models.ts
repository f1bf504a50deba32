/** Networks, saved models and checkpoints: in half of the cases what their digests cover is made to agree again. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../datasets/dataset.js';
import { loadDataset } from '../../datasets/load.js';
import { UserError } from '../../errors.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { CHECKPOINT_FILE, type Checkpoint, writeCheckpoint } from '../../networks/files/checkpoint.js';
import { loadNetwork } from '../../networks/files/description.js';
import { floatTensors, loadModel, modelData, saveModel, weightsHash } from '../../networks/files/model.js';
import { MODEL_FILE, WEIGHTS_FILE } from '../../networks/files/model-files.js';
import { decodeSafetensors, encodeSafetensors } from '../../networks/files/safetensors.js';
import { lower } from '../../networks/lower.js';
import type { Network, Parameters } from '../../networks/network.js';
import { initialParameters } from '../../networks/parameters.js';
import { parseNetwork } from '../../networks/schema.js';
import { networkTotals } from '../../networks/shapes.js';
import type { StoredTensor } from '../../networks/tensor.js';
import { train } from '../../networks/training/train.js';
import { loadSource } from '../../sweep/source.js';
import type { Draws } from './draws.js';
import { mutatedBytes, mutatedText } from './mutate-bytes.js';
import { mutatedValue } from './mutate-value.js';
import { oddNumber } from './oddities.js';
import { type Kind, type Subject, writeJson } from './subject.js';
import { TABLE } from './texts.js';

const TABLE_FILE = 'flowers.csv';

/** Every operator that trains. */
const NETWORK = parseNetwork(
  {
    name: 'small',
    input: [4],
    classes: 3,
    nodes: [
      { name: 'dense1', operator: { type: 'dense', units: 6 }, inputs: ['input'] },
      { name: 'norm1', operator: { type: 'batch-norm' }, inputs: ['dense1'] },
      { name: 'relu1', operator: { type: 'activation', activation: 'relu' }, inputs: ['norm1'] },
      { name: 'drop1', operator: { type: 'dropout', rate: 0.1 }, inputs: ['relu1'] },
      { name: 'dense2', operator: { type: 'dense', units: 3 }, inputs: ['drop1'] },
      { name: 'softmax', operator: { type: 'softmax' }, inputs: ['dense2'] },
    ],
  },
  'the network',
);

const IMAGE_NETWORK = {
  name: 'images',
  input: [8, 8, 2],
  classes: 3,
  nodes: [
    {
      name: 'conv1',
      operator: {
        type: 'conv2d',
        filters: 4,
        kernel: [3, 3],
        groups: 2,
        dilation: [1, 1],
        padding: { top: 1, bottom: 1, left: 2, right: 0 },
      },
      inputs: ['input'],
    },
    { name: 'relu1', operator: { type: 'activation', activation: 'relu6' }, inputs: ['conv1'] },
    {
      name: 'conv2',
      operator: { type: 'conv2d', filters: 4, kernel: [1, 1], bias: 'no-bias' },
      inputs: ['relu1'],
    },
    { name: 'add1', operator: { type: 'add' }, inputs: ['relu1', 'conv2'] },
    {
      name: 'pool1',
      operator: { type: 'pool', pooling: 'average', kernel: [2, 2], stride: [2, 2] },
      inputs: ['add1'],
    },
    { name: 'pad1', operator: { type: 'pad', top: 0, bottom: 1, left: 2, right: 0 }, inputs: ['pool1'] },
    { name: 'concat1', operator: { type: 'concat' }, inputs: ['pad1', 'pad1'] },
    { name: 'mean1', operator: { type: 'global-pool', pooling: 'average' }, inputs: ['concat1'] },
    { name: 'dense1', operator: { type: 'dense', units: 3 }, inputs: ['mean1'] },
  ],
};

/** Compiles and runs once, where that is little work. */
function runOnce(network: Network, parameters: Parameters): void {
  const plan = compileFloat(lower(network, parameters), { batch: 2 });
  const images = new Float32Array(network.input.reduce((product, extent) => product * extent, 1)).fill(0.5);
  if (networkTotals(network).macs < 1e6) plan.run(images, 1);
}

export const NETWORKS: Kind = {
  name: 'network',
  share: 12,
  prepare: (own) => {
    writeFileSync(join(own, TABLE_FILE), TABLE);
    return {
      write(draws, folder) {
        const whole = draws.oncePer(2) ? NETWORK : IMAGE_NETWORK;
        const path = join(folder, 'network.json');
        if (draws.oncePer(4)) {
          const text = JSON.stringify(whole, undefined, 1);
          writeFileSync(path, mutatedText(draws, text, JSON.stringify(IMAGE_NETWORK)));
        } else writeJson(path, mutatedValue(draws, whole));
      },
      async read(folder) {
        const network = await loadNetwork(join(folder, 'network.json'));
        if (networkTotals(network).parameters < 1e6) runOnce(network, initialParameters(network, 0));
      },
      args: (folder) => [
        'train',
        '--network',
        join(folder, 'network.json'),
        '--dataset',
        join(own, TABLE_FILE),
        '--epochs',
        '1',
        '--out',
        join(folder, 'out'),
      ],
    };
  },
};

interface Trained {
  readonly dataset: Dataset;
  readonly table: string;
  readonly model: string;
}

const RECIPE = { epochs: 3, batch: 16, seed: 1, optimizer: 'adam' } as const;

async function trained(own: string): Promise<Trained> {
  const table = join(own, TABLE_FILE);
  writeFileSync(table, TABLE);
  const dataset = await loadDataset(table, undefined, { seed: RECIPE.seed });
  const model = join(own, 'model');
  const { parameters } = await train(NETWORK, dataset, RECIPE, { checkpoint: model });
  await saveModel(model, { network: NETWORK, parameters, data: modelData(dataset), notes: { epochs: 3 } });
  return { dataset, table, model };
}

/** A changed container: its header as JSON, a value of a tensor, or any byte. */
function mutatedContainer(draws: Draws, bytes: Uint8Array): Uint8Array {
  switch (draws.below(3)) {
    case 0:
      return mutatedBytes(draws, bytes);
    case 1: {
      const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
      const header: unknown = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
      const changed = draws.oncePer(3)
        ? mutatedText(draws, JSON.stringify(header), '{"a":1}')
        : JSON.stringify(mutatedValue(draws, header));
      const text = Buffer.from(changed);
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(text.length));
      return Uint8Array.from(Buffer.concat([size, text, bytes.subarray(8 + length)]));
    }
    default:
      return encodeSafetensors(mutatedTensors(draws, decodeSafetensors(bytes, 'weights').tensors));
  }
}

function mutatedTensors(draws: Draws, tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const changed = new Map(tensors);
  const name = draws.of([...changed.keys()]);
  const { shape, data } = changed.get(name)!;
  switch (draws.below(4)) {
    case 0:
      changed.delete(name);
      break;
    case 1:
      changed.set(draws.of(['__proto__', `${name}2`, '', 'a\nb']), { shape, data });
      break;
    case 2:
      changed.set(name, { shape: [...shape].reverse(), data });
      break;
    default: {
      const values = Float32Array.from(data);
      values[draws.below(values.length)] = draws.oncePer(3) ? Number.NaN : oddNumber(draws);
      changed.set(name, { shape, data: values });
    }
  }
  return changed;
}

export const MODELS: Kind = {
  name: 'model',
  share: 12,
  async prepare(own): Promise<Subject> {
    const { table, model } = await trained(own);
    const weights = Uint8Array.from(readFileSync(join(model, WEIGHTS_FILE)));
    const description = JSON.parse(readFileSync(join(model, MODEL_FILE), 'utf8')) as Record<string, unknown>;
    return {
      write(draws, folder) {
        copyFileSync(table, join(folder, TABLE_FILE));
        const changesWeights = draws.oncePer(2);
        const bytes = changesWeights ? mutatedContainer(draws, weights) : weights;
        writeFileSync(join(folder, WEIGHTS_FILE), bytes);
        let changed = changesWeights ? description : mutatedValue(draws, description);
        if (draws.oncePer(2) && changed !== null && typeof changed === 'object' && !Array.isArray(changed)) {
          const { digest: _, ...rest } = changed as Record<string, unknown>;
          changed = changesWeights
            ? { ...rest, weightsHash: hashOfContainer(bytes) ?? rest.weightsHash }
            : rest;
        }
        const path = join(folder, MODEL_FILE);
        if (draws.oncePer(8))
          writeFileSync(path, mutatedText(draws, JSON.stringify(changed, undefined, 1), '{}'));
        else writeJson(path, changed);
      },
      async read(folder) {
        const { network, parameters } = await loadModel(folder);
        runOnce(network, parameters);
        const request = { network: undefined, weights: folder, dataset: undefined, table: undefined };
        await loadSource({ ...request, directory: undefined, load: {} });
      },
      args: (folder) => [
        'evaluate',
        'posit6es1',
        '--weights',
        folder,
        '--test-images',
        '5',
        '--threads',
        '1',
      ],
    };
  },
};

/** Undefined where the container is not read. */
function hashOfContainer(bytes: Uint8Array): string | undefined {
  try {
    return weightsHash(floatTensors(decodeSafetensors(bytes, 'weights').tensors, 'weights'));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

export const CHECKPOINTS: Kind = {
  name: 'checkpoint',
  share: 12,
  async prepare(own): Promise<Subject> {
    const { dataset, table, model } = await trained(own);
    const bytes = Uint8Array.from(readFileSync(join(model, CHECKPOINT_FILE)));
    const { tensors, metadata } = decodeSafetensors(bytes, 'checkpoint');
    const identity: unknown = JSON.parse(metadata.get('training')!);
    const { epochs: history } = JSON.parse(metadata.get('history')!) as { epochs: unknown };
    return {
      write(draws, folder) {
        if (draws.oncePer(2)) {
          writeFileSync(join(folder, CHECKPOINT_FILE), mutatedContainer(draws, bytes));
          return;
        }
        // what is written by the writer has a digest that agrees
        const what = draws.below(3);
        const all = what === 0 ? mutatedTensors(draws, tensors) : tensors;
        writeCheckpoint(folder, (what === 1 ? mutatedValue(draws, identity) : identity) as never, {
          parameters: all as Checkpoint['parameters'],
          state: new Map(),
          history: (what === 2 ? mutatedValue(draws, history) : history) as Checkpoint['history'],
          partial: undefined,
        });
      },
      async read(folder) {
        await train(NETWORK, dataset, RECIPE, { checkpoint: folder, start: 'resume' });
      },
      args: (folder) => {
        writeJson(join(folder, 'network.json'), NETWORK);
        return [
          'train',
          '--network',
          join(folder, 'network.json'),
          '--dataset',
          table,
          '--seed',
          '1',
          '--epochs',
          '3',
          '--batch',
          '16',
          '--optimizer',
          'adam',
          '--out',
          folder,
          '--resume',
        ];
      },
    };
  },
};
