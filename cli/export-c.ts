/** `cheetah export-c`: a network in integers as one C file. */
import type { CommandModule } from 'yargs';
import { AXES } from '../sweep/axes.js';
import { fieldOptions } from './field-options.js';
import type { ExportCArguments } from './perform-export-c.js';
import { DATA_OPTION } from './table-options.js';

/** As networks/integer/requantize.ts has them, but for float32, which needs floats. */
const MODES = ['gemmlowp', 'single', 'exact'] as const;

const SCALES = ['quantizer', 'granularity', 'calibrationImages', 'seed'];

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
      .option('dataflow', {
        choices: ['integer-tflite', 'integer-jacob'] as const,
        default: 'integer-tflite' as const,
        describe: 'the scheme of a saved model: int8 as TensorFlow Lite, or uint8 as Jacob et al.',
      })
      .option('dataset', {
        type: 'string',
        requiresArg: true,
        describe: 'data set that scales of a saved model are set by [default: the one of the training]',
      })
      .options({
        ...DATA_OPTION,
        ...fieldOptions(
          AXES.filter(({ name }) => SCALES.includes(name)),
          'schema',
          {
            quantizer: { default: 'none', otherwise: 'linear:max' },
            granularity: { default: 'none', otherwise: 'channel; with integer-jacob: tensor' },
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
      .epilog('docs/export-c.md describes both files.') as never,
  handler: async (given) => {
    const { performExportC } = await import('./perform-export-c.js');
    await performExportC(given);
  },
};
