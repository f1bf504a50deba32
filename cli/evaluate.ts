/** `cheetah evaluate`: one network in one format; accuracy and cost, or golden vectors for other programs. */
import type { Argv, CommandModule } from 'yargs';
import { AXES } from '../sweep/axes.js';
import { SPEC_FIELDS } from '../sweep/fields.js';
import type { EvaluateArguments } from './evaluate-one.js';
import { fieldOptions } from './field-options.js';
import { DATA_OPTION, TABLE_OPTIONS } from './table-options.js';

export const evaluateCommand: CommandModule<object, EvaluateArguments> = {
  command: 'evaluate <format>',
  describe: 'one network in one format: accuracy and cost, or golden vectors',
  builder: (parser: Argv) =>
    parser
      .positional('format', {
        type: 'string',
        demandOption: true,
        describe:
          'format of weights and activations; fixed<n> takes the best fraction bits; or the YAML or JSON file of an assignment by layer',
      })
      .options({
        weights: {
          type: 'string',
          demandOption: true,
          describe:
            'directory of a model that `cheetah train` saved, a .safetensors file, or a .tflite file of floats',
        },
        network: {
          type: 'string',
          describe: 'network that a .safetensors file has the weights of: a name, or a JSON file',
        },
        activations: {
          type: 'string',
          describe: 'format of the activations, where it is not that of the weights',
        },
        layer: {
          type: 'string',
          array: true,
          nargs: 1,
          requiresArg: true,
          describe: 'formats of a single layer, NAME=FORMAT or NAME=WEIGHTS/ACTIVATIONS (repeatable)',
        },
        dataset: {
          type: 'string',
          describe:
            'data set to test on, of the same shape and classes as the one of the training, which is the default',
        },
        ...DATA_OPTION,
        ...TABLE_OPTIONS,
        ...fieldOptions([SPEC_FIELDS.testImages], 'schema', {
          testImages: { default: 'none', otherwise: 'all; with --vectors: 4' },
        }),
        ...fieldOptions(
          AXES.filter(({ name }) => name !== 'format'),
          'schema',
          { seed: { meaning: 'seed of calibration order and stochastic rounding' } },
        ),
        threads: { type: 'number', describe: 'threads that share the images [default: one a core]' },
        json: { type: 'boolean', describe: 'print the row, or what was written, as JSON' },
        vectors: {
          type: 'string',
          describe: 'directory for golden vectors: plan.json and the codes of every edge',
        },
      })
      .example(
        '$0 evaluate posit8es1 --weights models/lenet5-strokes-0',
        'accuracy and cost on the built-in strokes',
      )
      .example(
        '$0 evaluate posit8es1 --weights models/lenet5-strokes-0 --vectors golden --test-images 2',
        'golden vectors',
      )
      .example(
        '$0 evaluate posit8es1 --weights models/lenet5-strokes-0 --layer input=/int8 --layer conv1=posit16es1',
        'formats by layer; with --vectors for them too',
      )
      .epilog('docs/golden-vectors.md describes the vectors.') as unknown as Argv<EvaluateArguments>,
  handler: async (given) => {
    const { evaluateOne } = await import('./evaluate-one.js');
    await evaluateOne(given);
  },
};
