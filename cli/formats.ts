/** `cheetah formats`: the list of number formats, or one with its facts, its number line and all its codes. */
import type { CommandModule } from 'yargs';

interface FormatsArguments {
  action: 'list' | 'show';
  names: string[];
  json: boolean;
}

export const formatsCommand: CommandModule<object, FormatsArguments> = {
  command: 'formats [action] [names..]',
  describe: 'list the number formats, or show one with all its codes',
  builder: (parser) =>
    parser
      .positional('action', {
        type: 'string',
        choices: ['list', 'show'] as const,
        default: 'list' as const,
        describe: 'list the named formats, or show some in full',
      })
      .positional('names', { type: 'string', array: true, default: [], describe: 'formats to show' })
      .option('json', { type: 'boolean', default: false, describe: 'write JSON instead of text' })
      .example('$0 formats', 'every named format and the grammar of all others')
      .example('$0 formats show posit8es1', 'facts, number line and all codes'),
  handler: async ({ action, names, json }) => {
    const texts = await import('./format-texts.js');
    const { getFormat, listFormats } = await import('../formats/registry.js');
    const { UserError } = await import('../errors.js');
    if (action === 'show') {
      if (names.length === 0)
        throw new UserError('show which format? for example: cheetah formats show posit8es1');
      const formats = names.map(getFormat);
      if (json) console.log(JSON.stringify(formats.map(texts.formatWithCodes), null, 2));
      else for (const format of formats) console.log(texts.showText(format));
      return;
    }
    if (names.length > 0) throw new UserError('list takes no names; use cheetah formats show NAME');
    if (json) console.log(JSON.stringify(listFormats().map(texts.formatFacts), null, 2));
    else console.log(texts.listText());
  },
};
