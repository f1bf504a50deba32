/** The commands by name: a summary of each for `--help`, and how the rest is loaded once it is asked for. */
import type { CommandModule } from 'yargs';
import type { CommandKind } from './ending.js';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly kind: CommandKind;
  /** Loads the command's own file, and only that. */
  load(): Promise<CommandModule>;
}

/** Every command has a type of its own, by its options; one list can hold them all only without these types. */
function entry<T, U>(
  name: string,
  summary: string,
  kind: CommandKind,
  load: () => Promise<CommandModule<T, U>>,
): CommandEntry {
  return { name, summary, kind, load: load as unknown as () => Promise<CommandModule> };
}

export const COMMANDS: readonly CommandEntry[] = [
  entry(
    'start',
    'run the default sweep on the built-in images: one table of accuracy and cost',
    'works',
    async () => (await import('./start.js')).startCommand,
  ),
  entry(
    'formats',
    'list the number formats, or show one with all its codes',
    'prints',
    async () => (await import('./formats.js')).formatsCommand,
  ),
  entry(
    'encode',
    'round values into a format',
    'prints',
    async () => (await import('./encode.js')).encodeCommand,
  ),
  entry(
    'decode',
    'what codes of a format mean',
    'prints',
    async () => (await import('./decode.js')).decodeCommand,
  ),
  entry(
    'explain',
    'why a value becomes the code it becomes',
    'prints',
    async () => (await import('./explain.js')).explainCommand,
  ),
  entry(
    'dot',
    'dot products by the exact multiply-accumulate unit',
    'prints',
    async () => (await import('./dot.js')).dotCommand,
  ),
  entry(
    'networks',
    'list the networks by name and the trained weights there are',
    'prints',
    async () => (await import('./networks.js')).networksCommand,
  ),
  entry(
    'train',
    'train a network in float32',
    'works',
    async () => (await import('./train.js')).trainCommand,
  ),
  entry(
    'evaluate',
    'one network in one format: accuracy and cost, or golden vectors',
    'works',
    async () => (await import('./evaluate.js')).evaluateCommand,
  ),
  entry(
    'infer',
    'run a model, TensorFlow Lite or ours, on records in a file',
    'writes',
    async () => (await import('./infer.js')).inferCommand,
  ),
  entry(
    'requantize',
    'how often the ways to requantize differ, layer by layer, on a real network',
    'writes',
    async () => (await import('./requantize.js')).requantizeCommand,
  ),
  entry(
    'export-c',
    'a network in integers as one C file without floating point',
    'writes',
    async () => (await import('./export-c.js')).exportCCommand,
  ),
  entry(
    'layers',
    'what formats do to each layer',
    'works',
    async () => (await import('./layers.js')).layersCommand,
  ),
  entry(
    'zeros',
    'zero operands by layer and format, and what skipping them saves',
    'prints',
    async () => (await import('./zeros.js')).zerosCommand,
  ),
  entry(
    'sweep',
    'run a sweep: a spec in, a CSV out',
    'works',
    async () => (await import('./sweep.js')).sweepCommand,
  ),
  entry(
    'best',
    'what validation chooses of each family and width, and what the test images say of it',
    'prints',
    async () => (await import('./best.js')).bestCommand,
  ),
  entry(
    'compare',
    'is one format better than another, by how much, and how sure is that?',
    'prints',
    async () => (await import('./compare.js')).compareCommand,
  ),
  entry(
    'cost',
    'list cost sources, or fit one to measured units',
    'writes',
    async () => (await import('./cost.js')).costCommand,
  ),
  entry(
    'data',
    'list, check or fetch data sets',
    'writes',
    async () => (await import('./data.js')).dataCommand,
  ),
  entry(
    'plot',
    'draw a sweep: accuracy against energy-delay product',
    'writes',
    async () => (await import('./plot.js')).plotCommand,
  ),
  entry(
    'table',
    'the table of a sweep, for the terminal, a page or a paper',
    'prints',
    async () => (await import('./table.js')).tableCommand,
  ),
  entry(
    'notebook',
    'run a notebook of // %% cells',
    'writes',
    async () => (await import('./notebook.js')).notebookCommand,
  ),
  entry(
    'completion',
    'a script that completes commands, options and names in bash or zsh',
    'prints',
    async () => (await import('./completion.js')).completionCommand,
  ),
];
