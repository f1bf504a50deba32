/** `cheetah export-c`: a network in integers as one C file. */
import type { CommandModule } from 'yargs';
import type { ExportCArguments } from './perform-export-c.js';

/** As networks/integer/requantize.ts has them, but for float32, which needs floats. */
const MODES = ['gemmlowp', 'single', 'exact'] as const;

export const exportCCommand: CommandModule<object, ExportCArguments> = {
  command: 'export-c <model>',
  describe: 'a network in integers as one C99 file without floating point, and its integers as JSON',
  builder: (parser) =>
    parser
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'a .tflite file of int8 or uint8',
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
      .option('json', { type: 'boolean', describe: 'print what was written as JSON' })
      .example(
        '$0 export-c resnet8.tflite --output resnet8.c',
        'void resnet8_run(const int8_t *input, int8_t *output)',
      )
      .epilog('docs/export-c.md describes both files.'),
  handler: async (given) => {
    const { performExportC } = await import('./perform-export-c.js');
    performExportC(given);
  },
};
