/** `cheetah train`: a network trained in float32 and saved, with a checkpoint after every epoch. */
import type { Argv, CommandModule } from 'yargs';
import type { TrainArguments } from './perform-training.js';
import { TABLE_OPTIONS } from './table-options.js';

export const trainCommand: CommandModule<object, TrainArguments> = {
  command: 'train',
  describe: 'train a network in float32',
  builder: (parser: Argv) =>
    parser
      .option('network', { type: 'string', default: 'lenet5', describe: 'lenet5, mlp4, or a JSON file' })
      .option('dataset', {
        type: 'string',
        default: 'strokes',
        describe: 'name of a data set, or a CSV file',
      })
      .option('data', { type: 'string', describe: 'directory of data sets (or set CHEETAH_DATA)' })
      .options(TABLE_OPTIONS)
      .option('epochs', { type: 'number', describe: 'times through the training images [default: 5]' })
      .option('batch', { type: 'number', describe: 'images a step [default: 64]' })
      .option('optimizer', { choices: ['sgd', 'adam'] as const, describe: '[default: sgd]' })
      .option('rate', { type: 'number', describe: 'first learning rate [default: by the optimizer]' })
      .option('momentum', { type: 'number', describe: 'of sgd [default: 0.9]' })
      .option('decay', { type: 'number', describe: 'weight decay [default: 0.0005]' })
      .option('schedule', {
        choices: ['constant', 'step', 'cosine'] as const,
        describe: 'how the rate falls [default: cosine]',
      })
      .option('seed', { type: 'number', default: 0, describe: 'of weights, shuffling, dropout and dataset' })
      .option('train-images', { type: 'number', describe: 'use only the first so many [default: all]' })
      .option('test-images', { type: 'number', describe: 'use only the first so many [default: all]' })
      .option('out', { type: 'string', describe: 'directory [default: models/<network>-<dataset>-<seed>]' })
      .option('resume', {
        type: 'boolean',
        describe: 'go on from the checkpoint in --out; refuse one that is damaged or of another training',
      })
      .option('fresh', { type: 'boolean', describe: 'start over where a checkpoint could be gone on from' })
      .option('json', { type: 'boolean', describe: 'print accuracy, options and history as JSON' })
      .conflicts('resume', 'fresh')
      .example(
        '$0 train --network lenet5 --dataset mnist --data data --out models/lenet5',
        'LeNet-5 on MNIST',
      )
      .epilog(
        'Same options, same weights, on any machine. After Ctrl-C or a kill, the same command goes on from the last finished epoch and ends with the weights of an unbroken training.',
      ) as Argv<TrainArguments>,
  handler: async (given) => {
    const { performTraining } = await import('./perform-training.js');
    await performTraining(given);
  },
};
