/** `cheetah decode FORMAT [codes]`: what codes of a format mean, as CSV. */
import type { CommandModule } from 'yargs';

interface DecodeArguments {
  format: string;
  codes: string[];
  json: boolean;
}

export const decodeCommand: CommandModule<object, DecodeArguments> = {
  command: 'decode <format> [codes..]',
  describe: 'what codes of a format mean',
  builder: (parser) =>
    parser
      .parserConfiguration({ 'unknown-options-as-args': true, 'populate--': true })
      .usage(
        '$0 decode FORMAT [codes]\n\nDecodes hex codes with or without 0x, arguments or one a line on stdin. Writes CSV with the columns input (as given), code, value (exact; NaN stands for NaR too), error (0) and event (exact).',
      )
      .positional('format', { type: 'string', demandOption: true, describe: 'such as posit8es1' })
      .positional('codes', { type: 'string', array: true, default: [], describe: 'such as 0x7f or 7f' })
      .option('json', { type: 'boolean', default: false, describe: 'write JSON instead of CSV' })
      .example('$0 decode posit8es1 0x7f 80 01', 'three codes'),
  handler: async (args) => {
    const { inputItems } = await import('./input-items.js');
    const { decodeItems } = await import('./value-lines.js');
    const { getFormat } = await import('../formats/registry.js');
    const { writePieces } = await import('./write-pieces.js');
    const format = getFormat(args.format);
    await writePieces(decodeItems(inputItems(args, args.codes), format, args.json ? 'json' : 'csv'));
  },
};
