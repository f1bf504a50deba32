/** `cheetah explain FORMAT VALUE`: the neighbours of a value, the boundary between them, and the rule that decided. */
import type { CommandModule } from 'yargs';
import { type RoundingArguments, roundingOf, roundingOptions } from './rounding-options.js';

interface ExplainArguments extends RoundingArguments {
  format: string;
  value: string;
  json: boolean;
}

export const explainCommand: CommandModule<object, ExplainArguments> = {
  command: 'explain <format> <value>',
  describe: 'why a value becomes the code it becomes',
  builder: (parser) =>
    roundingOptions(
      parser
        .parserConfiguration({ 'unknown-options-as-args': true })
        .positional('format', { type: 'string', demandOption: true, describe: 'such as posit8es1' })
        .positional('value', { type: 'string', demandOption: true, describe: 'a number, nan or inf' })
        .option('json', { type: 'boolean', default: false, describe: 'write JSON instead of text' })
        .example('$0 explain posit8es1 2500', 'a boundary that is not the mean'),
    ),
  handler: async (args) => {
    const { isAsWritten, parseValue, readAs, textEvent } = await import('./read-value.js');
    const { explain, explanationText, hexCode } = await import('../formats/explain.js');
    const { exactDecimal } = await import('../arithmetic/decimal.js');
    const { getFormat } = await import('../formats/registry.js');
    const { randomWord } = await import('../arithmetic/philox.js');
    const format = getFormat(args.format);
    const rounding = roundingOf(args);
    const value = parseValue({ text: args.value, where: 'value' });
    const explanation = explain(format, value, rounding, randomWord(args.seed, 'rounding', 0, 0, 0));
    const asWritten = isAsWritten(args.value);
    const shownEvent = textEvent(explanation.event, asWritten);
    if (!args.json) {
      if (!asWritten) console.log(readAs(args.value, value));
      console.log(explanationText(explanation, shownEvent));
      return;
    }
    const { lower, upper, boundary, boundaryIs, error, why, code } = explanation;
    const shown = (at: { code: number; value: number } | undefined) =>
      at ? { code: hexCode(format, at.code), value: exactDecimal(at.value) } : null;
    const json = {
      format: format.name,
      input: args.value,
      float64: exactDecimal(value),
      ...rounding,
      ...shown({ code, value: explanation.value }),
      error,
      event: shownEvent,
      lower: shown(lower),
      upper: shown(upper),
      boundary: boundary ?? null,
      boundaryIs,
      why,
    };
    console.log(JSON.stringify(json, null, 2));
  },
};
