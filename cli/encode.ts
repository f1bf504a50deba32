/** `cheetah encode FORMAT [values]`: what values become in a format, as CSV. */
import type { CommandModule } from 'yargs';
import { type RoundingArguments, roundingOf, roundingOptions } from './rounding-options.js';

interface EncodeArguments extends RoundingArguments {
  format: string;
  values: string[];
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
          `$0 encode FORMAT [values]\n\nEncodes values (decimal numbers, nan, inf), arguments or one a line on stdin, read as float64. Writes CSV with
the columns input (as given), code (hex), value (exact), error (value - input, exact) and event:
  exact      the value is the input
  overflow   a number or infinity became Inf, NaN or NaR by the policy or the format
  saturated  beyond the largest or smallest finite value and held there, by policy saturate or a mode to zero
  underflow  not 0 but became 0, or a posit held it at +-minpos
  tie        exactly on the boundary of two values (or of max and overflow), in a nearest mode
  rounded    between two values, and rounded to one of them`,
        )
        .positional('format', { type: 'string', demandOption: true, describe: 'such as posit8es1' })
        .positional('values', { type: 'string', array: true, default: [], describe: 'such as -1.5 2e-3' })
        .example('$0 encode posit8es1 2500 -1.5 nan', 'three values')
        .example('$0 encode float8e4m3fn --policy nan < values.txt', 'one value a line'),
    ),
  handler: async (args) => {
    const { inputItems } = await import('./input-items.js');
    const { encodeItems } = await import('./value-lines.js');
    const { getFormat } = await import('../formats/registry.js');
    const { checkRounding } = await import('../formats/rounding.js');
    const { writePieces } = await import('./write-pieces.js');
    const format = getFormat(args.format);
    const rounding = roundingOf(args);
    checkRounding(format, rounding);
    await writePieces(encodeItems(inputItems(args, args.values), format, { rounding, seed: args.seed }));
  },
};
