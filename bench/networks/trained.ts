/** The trained networks the benches run: with weights of the package, or trained once and kept in `bench/.cache`. */
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Dataset, imageSize, normalizedImages } from '../../dist/datasets/dataset.js';
import { calibrationIndices } from '../../dist/datasets/load.js';
import { type Calibration, collectHistograms } from '../../dist/networks/calibration.js';
import { compileFloat } from '../../dist/networks/dataflows/float.js';
import { loadModel } from '../../dist/networks/files/model.js';
import { lower } from '../../dist/networks/lower.js';
import type { Network, Parameters } from '../../dist/networks/network.js';
import type { Program } from '../../dist/networks/program.js';
import type { Shape } from '../../dist/networks/tensor.js';
import type { TrainingOptions } from '../../dist/networks/training/options.js';
import { train } from '../../dist/networks/training/train.js';
import { lenet5 } from '../../dist/networks/zoo/lenet5.js';
import { mlp4 } from '../../dist/networks/zoo/mlp.js';
import type { Effort } from '../effort.js';
import type { Progress } from '../progress.js';
import { cifarNet, gemmMlp, smallConv } from './descriptions.js';
import { type ImageSet, imagesOf } from './images.js';
import { zooImages } from './zoo.js';

export type ModelName = 'gemm-mlp' | 'mlp4' | 'lenet5' | 'small-conv' | 'cifar-net';

interface Recipe {
  readonly build: (input: Shape, classes: number) => Network;
  readonly images: ImageSet;
  /** Training images; one pass over them. */
  readonly train: Readonly<Record<Effort, number>>;
  readonly options: Partial<TrainingOptions>;
}

const RECIPES: Readonly<Record<ModelName, Recipe>> = {
  'gemm-mlp': { build: gemmMlp, images: 'fashion-mnist', train: { quick: 6000, full: 60_000 }, options: {} },
  mlp4: { build: mlp4, images: 'fashion-mnist', train: { quick: 4000, full: 60_000 }, options: {} },
  lenet5: { build: lenet5, images: 'mnist', train: { quick: 6000, full: 60_000 }, options: {} },
  'small-conv': { build: smallConv, images: 'mnist', train: { quick: 4000, full: 60_000 }, options: {} },
  // Adam gets somewhere in one short pass, which is all a bench can wait for
  'cifar-net': {
    build: cifarNet,
    images: 'cifar-10',
    train: { quick: 96, full: 3000 },
    options: { optimizer: 'adam', rate: 0.0005, batch: 32 },
  },
};

/** Test images that are kept: as many as a bench looks at. */
const TEST_IMAGES: Readonly<Record<ImageSet, number>> = {
  mnist: 10_000,
  'fashion-mnist': 10_000,
  'cifar-10': 256,
  'mnist-14': 256,
  'breast-cancer': 256,
};

const CALIBRATION_IMAGES = 256;

/** Images of one float run. */
const BATCH = 64;

/** A network trained and calibrated. */
export class Model {
  readonly program: Program;
  #calibration: Calibration | undefined;

  constructor(
    readonly name: string,
    readonly dataset: Dataset,
    readonly network: Network,
    readonly parameters: Parameters,
    /** Where the weights are from: `lenet5, one pass over 20000 images of mnist: 97.8 %`. */
    readonly origin: string,
  ) {
    this.program = lower(network, parameters);
  }

  /** The first `count` test images, over again where there are fewer, normalised. */
  testImages(count: number): Float32Array {
    const { dataset } = this;
    const out = new Float32Array(count * imageSize(dataset));
    const indices = Uint32Array.from({ length: count }, (_, i) => i % dataset.test.count);
    normalizedImages(dataset, dataset.test, indices, out);
    return out;
  }

  /** Histograms of every edge and of all weights. */
  get calibration(): Calibration {
    this.#calibration ??= this.#calibrate();
    return this.#calibration;
  }

  #calibrate(): Calibration {
    const { dataset, program } = this;
    const wanted = Math.min(CALIBRATION_IMAGES, dataset.train.count);
    const indices = calibrationIndices(dataset, wanted, 0);
    const batches = function* () {
      const images = new Float32Array(BATCH * imageSize(dataset));
      for (let from = 0; from < indices.length; from += BATCH) {
        const some = indices.subarray(from, from + BATCH);
        normalizedImages(dataset, dataset.train, some, images);
        yield { images, count: some.length };
      }
    };
    return collectHistograms(compileFloat(program, { batch: BATCH }), batches());
  }
}

const cache = join(dirname(fileURLToPath(import.meta.url)), '..', '.cache');

/** Models, each trained when it is first asked for. */
export class Models {
  readonly #made = new Map<string, Promise<Model>>();

  constructor(
    private readonly effort: Effort,
    readonly data: string | undefined,
    private readonly progress: Progress,
  ) {}

  get(name: ModelName): Promise<Model> {
    return this.#once(name, () => this.#make(name, RECIPES[name]));
  }

  /** A network of the zoo at the largest input it has weights for. */
  zoo(name: string): Promise<Model> {
    return this.committed(name, zooImages(name));
  }

  /** Weights that come with the package, on images of the set they were trained on. */
  committed(network: string, images: ImageSet): Promise<Model> {
    const name = `${network}-${images}`;
    return this.#once(name, async () => {
      const limits = { train: CALIBRATION_IMAGES, test: TEST_IMAGES[images] };
      const dataset = await imagesOf(images, this.data, limits);
      const model = await loadModel(name);
      return new Model(name, dataset, model.network, model.parameters, `${name}, weights of the package`);
    });
  }

  #once(key: string, make: () => Promise<Model>): Promise<Model> {
    let made = this.#made.get(key);
    if (made === undefined) {
      made = make();
      this.#made.set(key, made);
    }
    return made;
  }

  /** Where every network that was asked for has its weights from. */
  async origins(): Promise<string[]> {
    return (await Promise.all(this.#made.values())).map(({ origin }) => origin);
  }

  async #make(name: string, recipe: Recipe): Promise<Model> {
    const images = recipe.train[this.effort];
    const limits = { train: images, test: TEST_IMAGES[recipe.images] };
    const dataset = await imagesOf(recipe.images, this.data, limits);
    const network = recipe.build(dataset.shape, dataset.classes.length);
    const options = { epochs: 1, ...recipe.options };
    const { parameters, test } = await train(network, dataset, options, {
      checkpoint: join(cache, `${name}-${dataset.name}-${dataset.train.count}`),
      start: 'resume',
      threads: availableParallelism(),
      onProgress: ({ batch, batches }) => this.progress.say(`training ${name}`, batch / batches),
    });
    const percent = ((100 * test.correct) / test.count).toFixed(1);
    const origin = `${name}, one pass over ${dataset.train.count} images of ${dataset.name}: ${percent} %`;
    return new Model(name, dataset, network, parameters, origin);
  }
}
