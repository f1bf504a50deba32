/** `cheetah export-c`: a network in integers as one C file. */
import type { CommandModule } from 'yargs';
import type { SoftmaxChoice } from '../networks/integer/softmax-left-out.js';
import { AXES } from '../sweep/axes.js';
import { fieldOptions } from './field-options.js';
import type { ExportCArguments, ExportedDataflow } from './perform-export-c.js';
import { DATA_OPTION } from './table-options.js';

/** As networks/integer/requantize.ts has them, but for float32, which needs floats. */
const MODES = ['gemmlowp', 'single', 'exact'] as const;

const SOFTMAX = ['computed', 'left-out'] as const satisfies readonly SoftmaxChoice[];

const DATAFLOWS = ['integer-tflite', 'integer-jacob', 'emac'] as const satisfies readonly ExportedDataflow[];

/** What decides codes, of any of the dataflows. */
const CODES = [
  'format',
  'quantizer',
  'granularity',
  'mode',
  'underflow',
  'scaleBits',
  'bias',
  'logits',
  'calibrationImages',
  'seed',
];

export const exportCCommand: CommandModule<object, ExportCArguments> = {
  command: 'export-c <model>',
  describe: 'a network in integers as one C99 file without floating point, and its integers as JSON',
  builder: (parser) =>
    parser
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe:
          'an integer TensorFlow Lite file, the directory of a saved model, or weights that `cheetah networks` lists',
      })
      .option('output', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the C file; the JSON of its integers is written beside it',
      })
      .option('requantize', {
        choices: MODES,
        default: 'gemmlowp' as const,
        describe: 'how integer sums get the scale of the output',
      })
      .option('softmax', {
        choices: SOFTMAX,
        describe:
          'of a file, the softmax at its end; left-out: outputs are what it reads, of which the largest is the class too [default: computed]',
      })
      .option('dataflow', {
        choices: DATAFLOWS,
        default: 'integer-tflite' as const,
        describe:
          'the scheme of a saved model: int8 as TensorFlow Lite, uint8 as Jacob et al., or codes of --format with exact sums',
      })
      .option('dataset', {
        type: 'string',
        requiresArg: true,
        describe: 'data set that scales of a saved model are set by [default: the one of the training]',
      })
      .options({
        ...DATA_OPTION,
        ...fieldOptions(
          AXES.filter(({ name }) => CODES.includes(name)),
          'schema',
          {
            format: { default: 'none', meaning: 'formats of --dataflow emac, of up to 8 bits' },
            quantizer: { default: 'none', otherwise: 'linear:max; with emac: linear:mse' },
            granularity: { default: 'none', otherwise: 'tensor; with integer-tflite: channel' },
            mode: { default: 'none', meaning: 'of emac: rounding mode' },
            underflow: { default: 'none', meaning: 'of emac: what a posit does below minpos' },
            scaleBits: { default: 'none', meaning: 'of emac: significand bits of the multiplier of sums' },
            bias: { default: 'none', meaning: 'of emac: what a bias is rounded to' },
            logits: { default: 'none', meaning: 'of emac: which logits the prediction compares' },
            seed: { meaning: 'seed of calibration order' },
          },
        ),
      })
      .option('json', { type: 'boolean', describe: 'print what was written as JSON' })
      .example(
        '$0 export-c resnet8.tflite --output resnet8.c',
        'void resnet8_run(const int8_t *input, int8_t *output)',
      )
      .example('$0 export-c models/lenet5-strokes-0 --output lenet5.c', 'weights of ours, in int8')
      .example(
        '$0 export-c weights/lenet5-mnist --dataflow emac --format posit8es1 --output lenet5.c',
        'posits with exact sums, by tables and comparisons',
      )
      .epilog('docs/export-c.md describes both files.') as never,
  handler: async (given) => {
    const { performExportC } = await import('./perform-export-c.js');
    await performExportC(given);
  },
};
