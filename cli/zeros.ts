/** `cheetah zeros`: zero operands by layer and format, and what skipping them saves. */
import type { CommandModule } from 'yargs';
import { axisNamed } from '../sweep/axes.js';
import { SPEC_FIELDS } from '../sweep/fields.js';
import { fieldOptions } from './field-options.js';
import type { ZerosArguments } from './perform-zeros.js';
import { DATA_OPTION } from './table-options.js';

const NAMES = ['quantizer', 'granularity', 'dataflow', 'calibrationImages', 'seed'] as const;

export const zerosCommand: CommandModule<object, ZerosArguments> = {
  command: 'zeros <model>',
  describe: 'zero operands by layer and format, and what a processor saves that skips them',
  builder: (parser) =>
    parser
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'the directory of a saved model, or weights that `cheetah networks` lists',
      })
      .option('format', {
        type: 'string',
        default: 'posit8es1,float8e4m3fn,fixed8,affine8,pow2int8',
        requiresArg: true,
        describe: 'formats, separated by commas; weights/activations for a pair',
      })
      .options(DATA_OPTION)
      .options(
        fieldOptions(NAMES.map(axisNamed), 'schema', { seed: { meaning: 'seed of calibration order' } }),
      )
      .options(
        fieldOptions([SPEC_FIELDS.testImages], 'schema', {
          testImages: { default: 'none', otherwise: '100' },
        }),
      )
      .option('simd', {
        type: 'string',
        default: '1,4',
        requiresArg: true,
        describe: 'products a turn of the loop takes, separated by commas: 1 is a scalar core',
      })
      .option('mac-share', {
        type: 'number',
        default: 0.95,
        requiresArg: true,
        describe: 'share of all time that multiply-accumulate loops take without skipping, 0 to 1',
      })
      .option('json', { type: 'boolean', describe: 'print JSON' })
      .option('csv', { type: 'boolean', describe: 'print CSV' })
      .conflicts('json', 'csv')
      .example('$0 zeros resnet8-cifar-10 --data data', 'weights of ours, in five formats')
      .example(
        '$0 zeros models/lenet5 --format affine8s/affine8 --dataflow integer-tflite',
        'int8, whose zero point is no zero',
      )
      .epilog(
        'A model of SparCE (Sen et al. 2019), not a measurement: docs/zero-skipping.md says what it counts.',
      ) as never,
  handler: async (given) => {
    const { performZeros } = await import('./perform-zeros.js');
    await performZeros(given);
  },
};
