/** `cheetah layers`: what formats do to every tensor of a network, side by side. */
import type { CommandModule } from 'yargs';
import { TABLE_OPTIONS, type TableArguments, tableChoices } from './table-options.js';

interface LayersArguments extends TableArguments {
  network: string | undefined;
  weights: string | undefined;
  dataset: string | undefined;
  data: string | undefined;
  formats: string;
  quantizer: string;
  granularity: string;
  images: number;
  epochs: number | undefined;
  train: number | undefined;
  seed: number;
  json: boolean | undefined;
  csv: boolean | undefined;
}

export const layersCommand: CommandModule<object, LayersArguments> = {
  command: 'layers',
  describe: 'what formats do to each layer',
  builder: (parser) =>
    parser
      .usage(
        '$0 layers [options]\n\nA table of every weight tensor and every edge, the images included: signal to quantization noise (SQNR),\nlargest error, saturation, underflow, range and codes used, for several formats side by side. Each tensor is\ntaken alone, on calibration images: its float32 values against what their codes decode to.',
      )
      .option('network', {
        type: 'string',
        requiresArg: true,
        describe: 'of the zoo by name, or a JSON file [default: lenet5, or that of --weights]',
      })
      .option('weights', {
        type: 'string',
        requiresArg: true,
        describe: 'directory of a saved model, or a .safetensors file [default: train now]',
      })
      .option('dataset', {
        type: 'string',
        requiresArg: true,
        describe: 'name or CSV file [default: strokes, or that of --weights]',
      })
      .option('data', {
        type: 'string',
        requiresArg: true,
        describe: 'directory of data sets (or set CHEETAH_DATA)',
      })
      .options(TABLE_OPTIONS)
      .option('formats', {
        type: 'string',
        default: 'posit8es1,float8e4m3fn,int8',
        requiresArg: true,
        describe: 'formats, separated by commas; weights/activations for a pair',
      })
      .option('quantizer', {
        type: 'string',
        default: 'linear',
        requiresArg: true,
        describe: 'rounding, linear, linear:max, linear:percentile99.9, linear:kl, … :pow2',
      })
      .option('granularity', {
        choices: ['tensor', 'channel'],
        default: 'tensor',
        describe: 'scales of weights',
      })
      .option('images', {
        type: 'number',
        default: 1000,
        requiresArg: true,
        describe: 'calibration images (of the training split)',
      })
      .option('epochs', {
        type: 'number',
        requiresArg: true,
        describe: 'of the training, where there is one',
      })
      .option('train', {
        type: 'number',
        requiresArg: true,
        describe: 'train on the first so many images only',
      })
      .option('seed', {
        type: 'number',
        default: 0,
        requiresArg: true,
        describe: 'of training and calibration',
      })
      .option('json', { type: 'boolean', describe: 'write JSON' })
      .option('csv', { type: 'boolean', describe: 'write CSV' })
      .conflicts('json', 'csv')
      .example('$0 layers --formats posit8es1,posit8es2,int8', 'LeNet-5 on the built-in images, trained now')
      .example(
        '$0 layers --weights models/lenet5 --dataset mnist --data data --csv',
        'a saved model, on MNIST',
      ),
  handler: async (args) => {
    const { listedNames } = await import('./listed-names.js');
    const { describeLayers } = await import('./layers-text.js');
    const text = await describeLayers({
      network: args.network,
      weights: args.weights,
      dataset: args.dataset,
      table: tableChoices(args),
      dataDirectory: args.data,
      formats: listedNames(args.formats),
      quantizer: args.quantizer,
      granularity: args.granularity === 'channel' ? 'channel' : 'tensor',
      images: args.images,
      epochs: args.epochs,
      train: args.train,
      seed: args.seed,
      print: args.json ? 'json' : args.csv ? 'csv' : 'text',
    });
    process.stdout.write(text);
  },
};
