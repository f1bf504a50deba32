/** `cheetah layers`: what formats do to every tensor of a network, side by side. */
import type { Argv, CommandModule } from 'yargs';
import { axisNamed } from '../sweep/axes.js';
import { SPEC_FIELDS, TRAINING_FIELDS } from '../sweep/fields.js';
import { optionName } from '../sweep/spellings.js';
import { fieldOptions } from './field-options.js';
import type { LayersRequest } from './layers-text.js';
import { DATA_OPTION, TABLE_OPTIONS, type TableArguments, tableChoices } from './table-options.js';

interface LayersArguments extends TableArguments {
  network: string | undefined;
  weights: string | undefined;
  dataset: string | undefined;
  data: string | undefined;
  format: string;
  quantizer: string;
  granularity: string;
  dataflow: string | undefined;
  requantize: string | undefined;
  calibrationImages: number;
  epochs: number | undefined;
  trainImages: number | undefined;
  seed: number;
  sensitivity: boolean | undefined;
  wide: string | undefined;
  margin: number | undefined;
  assignment: string | undefined;
  plot: string | undefined;
  testImages: number | undefined;
  threads: number | undefined;
  plugin: string[] | undefined;
  json: boolean | undefined;
  csv: boolean | undefined;
}

/** These belong to `--sensitivity`. */
const SENSITIVITY_OPTIONS = {
  wide: {
    type: 'string',
    requiresArg: true,
    describe: 'with --sensitivity: the format of the other layers [default: float32e8m23]',
  },
  margin: {
    type: 'number',
    requiresArg: true,
    describe:
      'with --sensitivity: percentage points of validation accuracy an assignment may lose [default: 0.5]',
  },
  assignment: {
    type: 'string',
    requiresArg: true,
    describe: 'with --sensitivity: YAML or JSON file for the assignment, one a format',
  },
  plot: {
    type: 'string',
    requiresArg: true,
    describe: 'with --sensitivity: file for a map of formats and layers, .svg, .png, .pdf or .vl.json',
  },
  threads: {
    type: 'number',
    requiresArg: true,
    describe: 'with --sensitivity: threads that share the runs [default: one a core]',
  },
} as const;

/** These matter only where no weights are given, so that a network is trained first. */
const ONLY_TRAINING = {
  epochs: { default: 'none', meaning: 'times through the training images, where no weights are given' },
  trainImages: {
    default: 'none',
    meaning: 'training images, the first ones in file order, where no weights are given',
  },
} as const;

export const layersCommand: CommandModule<object, LayersArguments> = {
  command: 'layers',
  describe: 'what formats do to each layer',
  builder: (parser: Argv) =>
    parser
      .usage(
        '$0 layers\n\nA table of every weight tensor and every edge, the images included: signal to quantization noise (SQNR), largest error, saturation, underflow, range and codes used, for several formats side by side. Each tensor is taken alone, on calibration images: its float32 values against what their codes decode to. With --dataflow the network also runs, and errors add up.\n\nWith --sensitivity the network is run: each layer narrow alone, then wide alone. Layers are ranked by the accuracy lost on the validation images, and widened in that order until little enough is lost.',
      )
      .option('network', {
        type: 'string',
        requiresArg: true,
        describe: 'name of a network, or a JSON file [default: lenet5, or that of --weights]',
      })
      .option('weights', {
        type: 'string',
        requiresArg: true,
        describe:
          'directory of a saved model, weights that `cheetah networks` lists, a .safetensors or a .tflite file [default: train now]',
      })
      .option('dataset', {
        type: 'string',
        requiresArg: true,
        describe: 'name of a data set, or a CSV file [default: strokes, or that of --weights]',
      })
      .options(DATA_OPTION)
      .options(TABLE_OPTIONS)
      .option('format', {
        type: 'string',
        default: 'posit8es1,float8e4m3fn,int8',
        requiresArg: true,
        describe: 'formats, separated by commas; weights/activations for a pair',
      })
      .options(
        fieldOptions(
          [
            axisNamed('quantizer'),
            axisNamed('granularity'),
            axisNamed('calibrationImages'),
            axisNamed('dataflow'),
            axisNamed('requantize'),
          ],
          'parser',
          {
            dataflow: {
              default: 'none',
              meaning: 'also run the network so, and tell what each edge then holds',
              otherwise: 'nothing is run',
            },
            requantize: { default: 'none', otherwise: 'gemmlowp' },
          },
        ),
      )
      .options(fieldOptions([TRAINING_FIELDS.epochs, TRAINING_FIELDS.trainImages], 'parser', ONLY_TRAINING))
      .options(
        fieldOptions([axisNamed('seed')], 'parser', {
          seed: { meaning: 'seed of training and calibration' },
        }),
      )
      .option('sensitivity', {
        type: 'boolean',
        describe: 'run the network with one layer narrow, and one wide: which layer hurts',
      })
      .options(SENSITIVITY_OPTIONS)
      .options(
        fieldOptions([SPEC_FIELDS.testImages], 'parser', {
          testImages: {
            default: 'none',
            meaning: 'with --sensitivity: the first so many test images',
            otherwise: 'all',
          },
        }),
      )
      .option('json', { type: 'boolean', describe: 'write JSON' })
      .option('csv', { type: 'boolean', describe: 'write CSV' })
      .conflicts('json', 'csv')
      .example('$0 layers --format posit8es1,posit8es2,int8', 'LeNet-5 on the built-in images, trained now')
      .example(
        '$0 layers --weights models/lenet5 --dataset mnist --data data --csv',
        'a saved model, on MNIST',
      )
      .example(
        '$0 layers --format affine8 --dataflow integer-jacob',
        'also what the integers hold on every edge',
      )
      .example(
        '$0 layers --sensitivity --format posit5es1 --assignment layers.yaml --plot layers.svg',
        'which layer hurts, and what to widen',
      ) as unknown as Argv<LayersArguments>,
  handler: async (args) => {
    const { listedNames } = await import('../input/listed-names.js');
    const request: LayersRequest = {
      network: args.network,
      weights: args.weights,
      dataset: args.dataset,
      table: tableChoices(args),
      dataDirectory: args.data,
      formats: listedNames(args.format),
      quantizer: args.quantizer,
      granularity: args.granularity === 'channel' ? 'channel' : 'tensor',
      dataflow: args.dataflow,
      requantize: args.requantize,
      calibrationImages: args.calibrationImages,
      epochs: args.epochs,
      trainImages: args.trainImages,
      testImages: args.testImages,
      seed: args.seed,
      print: args.json ? 'json' : args.csv ? 'csv' : 'text',
    };
    process.stdout.write(
      args.sensitivity ? await sensitivityOf(request, args) : await tableOf(request, args),
    );
  },
};

async function sensitivityOf(request: LayersRequest, args: LayersArguments): Promise<string> {
  const { UserError } = await import('../errors.js');
  if (args.dataflow !== undefined && args.dataflow !== 'emac') {
    throw new UserError(
      `--dataflow ${args.dataflow} does not go with --sensitivity, which runs layers in two formats: give --dataflow emac, or leave --sensitivity out`,
    );
  }
  const { describeSensitivity } = await import('./layers-sensitivity.js');
  const { threadCount } = await import('./thread-count.js');
  const { wide, margin, assignment, plot, plugin = [] } = args;
  const threads = threadCount(args.threads);
  return describeSensitivity(request, { wide, margin, assignment, plot, threads, plugins: plugin });
}

async function tableOf(request: LayersRequest, args: LayersArguments): Promise<string> {
  const { describeLayers } = await import('./layers-text.js');
  const { UserError } = await import('../errors.js');
  for (const name of [...Object.keys(SENSITIVITY_OPTIONS), 'testImages'] as (keyof LayersArguments)[]) {
    if (args[name] === undefined) continue;
    throw new UserError(`--${optionName(name)} belongs to --sensitivity; give both, or neither`);
  }
  if (args.requantize !== undefined && args.dataflow === undefined) {
    throw new UserError(
      '--requantize belongs to --dataflow integer-tflite or integer-jacob; give both, or neither',
    );
  }
  return describeLayers(request);
}
