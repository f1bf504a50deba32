/** `cheetah train`: a network trained in float32 and saved, with a checkpoint after every epoch. */
import type { Argv, CommandModule } from 'yargs';
import { axisNamed } from '../sweep/axes.js';
import { SPEC_FIELDS, TRAINING_FIELDS } from '../sweep/fields.js';
import { fieldOptions, type OptionChoices } from './field-options.js';
import type { TrainArguments } from './perform-training.js';
import { DATA_OPTION, TABLE_OPTIONS } from './table-options.js';

/** Options left out stay undefined, so that networks/training/options.ts alone fills in the defaults. */
const LEFT_OUT: Readonly<Record<string, OptionChoices>> = Object.fromEntries(
  Object.keys(TRAINING_FIELDS).map((name) => [name, { default: 'none' }]),
);

export const trainCommand: CommandModule<object, TrainArguments> = {
  command: 'train',
  describe: 'train a network in float32',
  builder: (parser: Argv) =>
    parser
      .option('recipe', {
        type: 'string',
        describe: 'how the committed weights of this name were trained; other options change it',
      })
      .option('network', {
        type: 'string',
        describe:
          'one that `cheetah networks` lists, or a JSON file [default: that of the recipe, or lenet5]',
      })
      .option('dataset', {
        type: 'string',
        describe: 'name of a data set, or a CSV file [default: that of the recipe, or strokes]',
      })
      .options(DATA_OPTION)
      .options(TABLE_OPTIONS)
      .options(fieldOptions(Object.values(TRAINING_FIELDS), 'parser', LEFT_OUT))
      .options(
        fieldOptions([SPEC_FIELDS.testImages, axisNamed('seed')], 'parser', {
          testImages: { default: 'none' },
          seed: { meaning: 'seed of weights, shuffling, dropout and the data set' },
        }),
      )
      .option('out', {
        type: 'string',
        describe:
          'directory for the model, its checkpoint and its curve [default: models/<network>-<dataset>-<seed>]',
      })
      .option('threads', { type: 'number', describe: 'threads that share every batch [default: one a core]' })
      .option('resume', {
        type: 'boolean',
        describe: 'go on from the checkpoint in --out; fail where it is damaged or of another training',
      })
      .option('fresh', { type: 'boolean', describe: 'start over, whatever checkpoint or model is in --out' })
      .option('json', { type: 'boolean', describe: 'print accuracy, options and history as JSON' })
      .conflicts('resume', 'fresh')
      .example(
        '$0 train --network lenet5 --dataset mnist --data data --out models/lenet5',
        'LeNet-5 on MNIST',
      )
      .example(
        '$0 train --recipe resnet8-cifar-10 --data data',
        'the committed weights of this name once more, the same bytes',
      )
      .epilog(
        'Same options, same weights, on any machine and any number of threads. After Ctrl-C the same command goes on where it stopped, after a kill from the last finished epoch, and ends with the weights of an unbroken training.',
      ) as unknown as Argv<TrainArguments>,
  handler: async (given) => {
    const { performTraining } = await import('./perform-training.js');
    await performTraining(given);
  },
};
