/** `cheetah table`: a sweep's CSV as a table, for reading and for papers. */
import type { CommandModule } from 'yargs';

/** As report/table-file.ts has them; stated here so that help need not load what writes them. */
const FORMS = ['text', 'markdown', 'latex', 'csv'] as const;

interface TableArguments {
  csv: string;
  form: (typeof FORMS)[number] | undefined;
  columns: string | undefined;
  rows: string[] | undefined;
  sort: string | undefined;
  reverse: boolean | undefined;
  caption: string | undefined;
  notes: boolean;
  out: string | undefined;
}

export const tableCommand: CommandModule<object, TableArguments> = {
  command: 'table <csv>',
  describe: 'the table of a sweep, as text, Markdown, LaTeX or CSV',
  builder: (parser) =>
    parser
      .positional('csv', { type: 'string', demandOption: true, describe: 'CSV that a sweep wrote' })
      .option('form', {
        choices: FORMS,
        describe:
          'how it is written; latex wants the package booktabs [default: by the ending of --out, or text]',
      })
      .option('columns', {
        type: 'string',
        requiresArg: true,
        describe:
          'columns in their order: format,accuracy,edp and others of the table, or any of the summary’s, such as accuracy_low',
      })
      .option('rows', {
        type: 'string',
        array: true,
        nargs: 1,
        requiresArg: true,
        describe:
          'only rows of a format, and with commas what else they have: family=posit,linear (repeatable)',
      })
      .option('sort', {
        type: 'string',
        requiresArg: true,
        describe: 'column to sort by, ascending [default: the baseline, then by energy-delay product]',
      })
      .option('reverse', { type: 'boolean', describe: 'sort descending' })
      .option('caption', { type: 'string', requiresArg: true, describe: 'what stands above the table' })
      .option('notes', {
        type: 'boolean',
        default: true,
        describe: 'the lines under the table; --no-notes leaves them out',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'file to write instead of printing' })
      .example('$0 table results/default.csv', 'in the terminal')
      .example(
        '$0 table results/default.csv --columns format,bits,accuracy,edp --rows float32 --rows quantizer=linear --out table.tex',
        'for a paper',
      )
      .example('$0 table results/default.csv --sort accuracy --reverse --form markdown', 'best first'),
  handler: async ({ csv, form, columns, rows, sort, reverse, caption, notes, out }) => {
    const { UserError } = await import('../errors.js');
    const { tableFormOf, tableIn, tableOfCsv } = await import('../report/table-file.js');
    const { terminalStyle } = await import('../report/terminal.js');
    if (reverse && sort === undefined) throw new UserError('--reverse turns the order of --sort; give both');
    const table = tableOfCsv(csv, {
      ...(columns === undefined ? {} : { columns: columns.split(',').map((name) => name.trim()) }),
      ...(rows === undefined ? {} : { rows }),
      ...(sort === undefined ? {} : { sort: { by: sort, order: reverse ? 'descending' : 'ascending' } }),
      ...(caption === undefined ? {} : { caption }),
      notes: notes ? 'shown' : 'none',
    });
    if (out === undefined) {
      process.stdout.write(tableIn(form ?? 'text', table, terminalStyle(process.stdout)));
      return;
    }
    const { writeAtomically } = await import('../platform/atomic-file.js');
    writeAtomically(out, tableIn(form ?? tableFormOf(out), table));
    console.log(`wrote ${out}`);
  },
};
