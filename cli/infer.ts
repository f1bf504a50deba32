/** `cheetah infer`: a model of any origin on records in a file, outputs and every tensor between as files. */
import type { CommandModule } from 'yargs';
import type { SoftmaxChoice } from '../networks/integer/softmax-left-out.js';
import type { InferArguments } from './perform-infer.js';

/** As networks/integer/requantize.ts has them; stated here so that help need not load it. */
const MODES = ['gemmlowp', 'single', 'float32', 'exact'] as const;
const SOFTMAX = ['computed', 'left-out'] as const satisfies readonly SoftmaxChoice[];

export const inferCommand: CommandModule<object, InferArguments> = {
  command: 'infer <model>',
  describe:
    'run a model (TensorFlow Lite, or ours) on records, and write its outputs and every tensor between',
  builder: (parser) =>
    parser
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'a .tflite file, the directory of a saved model, or weights that `cheetah networks` lists',
      })
      .option('input', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'records of the inputs: raw little-endian values one after another, or .npy',
      })
      .option('output', {
        type: 'string',
        requiresArg: true,
        describe: 'file for the outputs, raw or .npy by its ending [default: <model>.outputs.bin]',
      })
      .option('requantize', {
        choices: MODES,
        default: 'gemmlowp' as const,
        describe: 'how integer sums get the scale of the output',
      })
      .option('softmax', {
        choices: SOFTMAX,
        default: 'computed' as const,
        describe:
          'the softmax at the end; left-out: outputs are what it reads, of which the largest is the class too',
      })
      .option('edges', {
        type: 'string',
        requiresArg: true,
        describe: 'folder for the outputs of every step, a file each, and edges.json that lists them',
      })
      .option('records', {
        type: 'number',
        requiresArg: true,
        describe: 'only the first so many [default: all]',
      })
      .option('json', { type: 'boolean', describe: 'print what was run and written as JSON' })
      .example(
        '$0 infer resnet8.tflite --input images.bin --output logits.bin',
        'int8 images in, int8 outputs out',
      )
      .example(
        '$0 infer resnet8.tflite --input images.npy --edges edges --records 3',
        'every tensor of three records',
      )
      .epilog(
        'Integer models give the bytes of TensorFlow Lite’s reference kernels: gemmlowp those of its default build, single those of TFLITE_SINGLE_ROUNDING. float32 is how XNNPACK’s delegates requantize, exact the nearest even integer of the exact product.',
      ),
  handler: async (given) => {
    const { performInfer } = await import('./perform-infer.js');
    await performInfer(given);
  },
};
