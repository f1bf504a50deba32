/** `cheetah layers`: what formats do to every tensor of a network, side by side. */
import type { Argv, CommandModule } from 'yargs';
import { axisNamed } from '../sweep/axes.js';
import { TRAINING_FIELDS } from '../sweep/fields.js';
import { fieldOptions } from './field-options.js';
import { DATA_OPTION, TABLE_OPTIONS, type TableArguments, tableChoices } from './table-options.js';

interface LayersArguments extends TableArguments {
  network: string | undefined;
  weights: string | undefined;
  dataset: string | undefined;
  data: string | undefined;
  format: string;
  quantizer: string;
  granularity: string;
  calibrationImages: number;
  epochs: number | undefined;
  trainImages: number | undefined;
  seed: number;
  json: boolean | undefined;
  csv: boolean | undefined;
}

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
        '$0 layers\n\nA table of every weight tensor and every edge, the images included: signal to quantization noise (SQNR), largest error, saturation, underflow, range and codes used, for several formats side by side. Each tensor is taken alone, on calibration images: its float32 values against what their codes decode to.',
      )
      .option('network', {
        type: 'string',
        requiresArg: true,
        describe: 'name of a network, or a JSON file [default: lenet5, or that of --weights]',
      })
      .option('weights', {
        type: 'string',
        requiresArg: true,
        describe: 'directory of a saved model, or a .safetensors file [default: train now]',
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
          [axisNamed('quantizer'), axisNamed('granularity'), axisNamed('calibrationImages')],
          'parser',
        ),
      )
      .options(fieldOptions([TRAINING_FIELDS.epochs, TRAINING_FIELDS.trainImages], 'parser', ONLY_TRAINING))
      .options(
        fieldOptions([axisNamed('seed')], 'parser', {
          seed: { meaning: 'seed of training and calibration' },
        }),
      )
      .option('json', { type: 'boolean', describe: 'write JSON' })
      .option('csv', { type: 'boolean', describe: 'write CSV' })
      .conflicts('json', 'csv')
      .example('$0 layers --format posit8es1,posit8es2,int8', 'LeNet-5 on the built-in images, trained now')
      .example(
        '$0 layers --weights models/lenet5 --dataset mnist --data data --csv',
        'a saved model, on MNIST',
      ) as unknown as Argv<LayersArguments>,
  handler: async (args) => {
    const { listedNames } = await import('../input/listed-names.js');
    const { describeLayers } = await import('./layers-text.js');
    const text = await describeLayers({
      network: args.network,
      weights: args.weights,
      dataset: args.dataset,
      table: tableChoices(args),
      dataDirectory: args.data,
      formats: listedNames(args.format),
      quantizer: args.quantizer,
      granularity: args.granularity === 'channel' ? 'channel' : 'tensor',
      calibrationImages: args.calibrationImages,
      epochs: args.epochs,
      trainImages: args.trainImages,
      seed: args.seed,
      print: args.json ? 'json' : args.csv ? 'csv' : 'text',
    });
    process.stdout.write(text);
  },
};
