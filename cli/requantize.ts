/** `cheetah requantize`: how often the ways to requantize differ on a real network. */
import type { CommandModule } from 'yargs';
import type { RequantizeArguments } from './perform-requantize.js';
import { DATA_OPTION } from './table-options.js';

export const requantizeCommand: CommandModule<object, RequantizeArguments> = {
  command: 'requantize <model>',
  describe: 'how often gemmlowp, single, float32 and exact requantization differ, layer by layer',
  builder: (parser) =>
    parser
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe:
          'an integer TensorFlow Lite file, the directory of a saved model, or weights that `cheetah networks` lists',
      })
      .option('input', {
        type: 'string',
        requiresArg: true,
        describe: 'records of the inputs of a .tflite file: raw little-endian values, or .npy',
      })
      .options(DATA_OPTION)
      .option('records', {
        type: 'number',
        default: 100,
        requiresArg: true,
        describe: 'the first so many records, or test images of a saved model',
      })
      .option('json', { type: 'boolean', describe: 'print JSON' })
      .example('$0 requantize resnet8.tflite --input images.bin', 'a file, on records of its inputs')
      .example('$0 requantize lenet5-mnist --data data', 'weights of ours, in int8 with a scale a channel')
      .epilog(
        'Each layer is run in all four ways from the same inputs, so that differences do not add up; the last line is the whole network. A saved model runs in the scheme of TensorFlow Lite: weights affine8s with a scale a channel, activations affine8, scales from the largest magnitudes of 1000 training images.',
      ) as never,
  handler: async (given) => {
    const { performRequantize } = await import('./perform-requantize.js');
    await performRequantize(given);
  },
};
