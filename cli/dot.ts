/** `cheetah dot FORMAT`: exact dot products of codes, one a line on stdin. */
import type { Argv, CommandModule } from 'yargs';
import type { RequantizerKind } from '../emac/unit/requantizer.js';
import { axisNamed } from '../sweep/axes.js';
import { fieldOptions } from './field-options.js';

interface DotArguments {
  format: string;
  'activation-format': string | undefined;
  'output-format': string | undefined;
  mode: string;
  policy: string;
  underflow: string;
  seed: number;
  width: number | undefined;
  multiplier: string;
  'scale-bits': number;
  requantizer: string;
  trace: boolean;
  json: boolean;
}

export const dotCommand: CommandModule<object, DotArguments> = {
  command: 'dot <format>',
  describe: 'dot products by the exact multiply-accumulate unit',
  builder: (parser: Argv) =>
    parser
      .usage(
        '$0 dot FORMAT < codes\n\nReads one dot product a line, hex codes w0 x0 w1 x1 … separated by blanks; writes CSV with the column code. An empty line is the empty dot product, +0.',
      )
      .positional('format', {
        type: 'string',
        demandOption: true,
        describe: 'format of w, and of x and of the result where they have none of their own',
      })
      .option('activation-format', { type: 'string', requiresArg: true, describe: 'format of x' })
      .option('output-format', {
        type: 'string',
        requiresArg: true,
        describe: 'format the exact sum is rounded to',
      })
      .options(
        fieldOptions(
          [
            axisNamed('mode'),
            axisNamed('policy'),
            axisNamed('underflow'),
            axisNamed('seed'),
            axisNamed('scaleBits'),
          ],
          'schema',
          {
            seed: {
              meaning:
                'seed of stochastic rounding; a line has the random word of the image of its number, from 0',
            },
          },
        ),
      )
      .option('width', {
        type: 'number',
        requiresArg: true,
        describe:
          'accumulator bits of the unit; lines with so many products that they could overflow it are refused',
      })
      .option('multiplier', {
        type: 'string',
        requiresArg: true,
        default: '1',
        describe: 's, rounded to --scale-bits bits: the exact sum is multiplied by it before it is rounded',
      })
      .option('requantizer', {
        choices: ['loop', 'parallel'] satisfies RequantizerKind[],
        requiresArg: true,
        default: 'loop',
        describe: 'what multiplies by an s that is no power of two in the traced unit',
      })
      .option('trace', { type: 'boolean', default: false, describe: 'print the pipeline cycle by cycle' })
      .option('json', { type: 'boolean', default: false, describe: 'write JSON instead of CSV' })
      .example("echo '40 40 30 c0' | $0 dot posit8es1", 'w = 0x40, 0x30 and x = 0x40, 0xc0')
      .example("echo '40 40' | $0 dot posit8es1 --trace", 'every register after every clock edge')
      .example(
        "echo '40 40' | $0 dot posit8es1 --multiplier 0.3 --trace",
        'the sum times s, in a loop over its digits',
      ) as unknown as Argv<DotArguments>,
  handler: async (args) => {
    const { dotLines } = await import('./dot-lines.js');
    process.stdout.write(
      await dotLines(process.stdin, {
        weights: args.format,
        activations: args['activation-format'] ?? args.format,
        output: args['output-format'] ?? args.format,
        mode: args.mode,
        policy: args.policy,
        underflow: args.underflow,
        seed: args.seed,
        width: args.width,
        multiplier: args.multiplier,
        scaleBits: args['scale-bits'],
        requantizer: args.requantizer as RequantizerKind,
        print: args.trace ? (args.json ? 'trace-json' : 'trace') : args.json ? 'json' : 'csv',
      }),
    );
  },
};
