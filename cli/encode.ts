/** `cheetah encode FORMAT [values]`: what values become in a format, as CSV. */
import type { CommandModule } from 'yargs';
import { type RoundingArguments, roundingOf, roundingOptions } from './rounding-options.js';

interface EncodeArguments extends RoundingArguments {
  format: string;
  values: string[];
  json: boolean;
}

export const encodeCommand: CommandModule<object, EncodeArguments> = {
  command: 'encode <format> [values..]',
  describe: 'round values into a format',
  builder: (parser) =>
    roundingOptions(
      parser
        // Numbers such as -1e5 and words such as -inf are values, not options.
        .parserConfiguration({ 'unknown-options-as-args': true, 'populate--': true })
        .usage(
          `$0 encode FORMAT [values]\n\nEncodes values (decimal numbers, nan, inf), arguments or one a line on stdin, read as float64. Writes CSV with the columns input (as given), code (hex), value (exact), error (value - the float64, exact) and event:
  exact      the value is the input
  overflow   a number or infinity became Inf, NaN or NaR by the policy or the format
  saturated  beyond the largest or smallest finite value and held there, by policy saturate or a mode to zero
  underflow  not 0 but became 0, or a posit held it at +-minpos
  tie        exactly on the boundary of two values (or of max and overflow), in a nearest mode
  rounded    between two values, and rounded to one of them
  exact-float64, tie-float64  exact or a tie of the float64 that was read, not of the text, which is none`,
        )
        .positional('format', { type: 'string', demandOption: true, describe: 'such as posit8es1' })
        .positional('values', { type: 'string', array: true, default: [], describe: 'such as -1.5 2e-3' })
        .option('json', { type: 'boolean', default: false, describe: 'write JSON instead of CSV' })
        .example('$0 encode posit8es1 2500 -1.5 nan', 'three values')
        .example('$0 encode float8e4m3fn --policy nan < values.txt', 'one value a line'),
    ),
  handler: async (args) => {
    const { inputItems } = await import('./input-items.js');
    const { encodeItems } = await import('./value-lines.js');
    const { getFormat } = await import('../formats/registry.js');
    const { checkRounding } = await import('../formats/rounding/rules.js');
    const { writePieces } = await import('./write-pieces.js');
    const format = getFormat(args.format);
    const rounding = roundingOf(args);
    checkRounding(format, rounding);
    const { readAs } = await import('./read-value.js');
    const { tell } = await import('./notes.js');
    let first = '';
    let rounded = 0;
    const pieces = encodeItems(inputItems(args, args.values), format, {
      rounding,
      seed: args.seed,
      form: args.json ? 'json' : 'csv',
      onRounded: ({ text, where }, value) => {
        if (rounded === 0) first = `${where}: ${readAs(text, value)}`;
        rounded++;
      },
    });
    await writePieces(pieces);
    if (rounded > 0) tell(rounded === 1 ? first : `${first}; and ${rounded - 1} more like it`);
  },
};
