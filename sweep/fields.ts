/**
 * What a field is, wherever it is written: in a spec, on the command line, in a call of the library, in a row. Schemas,
 * options, columns and the page about specs are made from these facts. Nothing heavy is imported: `--help` reads them.
 */

/** What one value of a field can be. */
export type FieldValues =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'integers'; readonly least: number; readonly most: number }
  | { readonly kind: 'reals'; readonly least: number; readonly most: number }
  /** `all`, or a whole number from 1 on. */
  | { readonly kind: 'count'; readonly most: number }
  /** Names with a grammar of their own, read and written by `axis-values.ts`; `allowed` says them in words. */
  | { readonly kind: 'names'; readonly of: NameKind; readonly allowed: string }
  /** One line of text. */
  | { readonly kind: 'text'; readonly allowed: string };

export type NameKind = 'format' | 'quantizer' | 'accumulator' | 'dataflow' | 'cost';

export interface Field {
  /** camelCase. */
  readonly name: string;
  readonly values: FieldValues;
  /** What it means, in one line that needs no full stop. */
  readonly meaning: string;
  /** What stands for a field that is left out, as it is written; some have none. */
  readonly otherwise?: string | number;
  /** Earlier names, refused with the one of now; columns of theirs are still read. */
  readonly was?: readonly string[];
  /** Words of earlier columns of CSV files, where those of fields were other ones. */
  readonly wasColumn?: readonly string[];
}

/** The values in words: `tensor or channel`, `a whole number from 1 to 53`. */
export function valuesInWords(values: FieldValues): string {
  switch (values.kind) {
    case 'words':
      return values.words.length < 2
        ? values.words.join('')
        : `${values.words.slice(0, -1).join(', ')} or ${values.words.at(-1)}`;
    case 'integers':
      return `a whole number from ${values.least} to ${values.most}`;
    case 'reals':
      return `a number from ${values.least} to ${values.most}`;
    case 'count':
      return `all, or a whole number from 1 to ${values.most}`;
    case 'names':
    case 'text':
      return values.allowed;
    default:
      return values satisfies never;
  }
}

const words = (...list: readonly string[]) => ({ kind: 'words', words: list }) as const;
const integers = (least: number, most: number) => ({ kind: 'integers', least, most }) as const;
const reals = (least: number, most: number) => ({ kind: 'reals', least, most }) as const;
const text = (allowed: string) => ({ kind: 'text', allowed }) as const;

const MOST_IMAGES = 10_000_000;

/** Of a whole sweep: one value each. */
export const SPEC_FIELDS = {
  name: {
    name: 'name',
    values: text('letters, digits, - and _'),
    meaning: 'what the sweep and its files are called',
  },
  dataset: {
    name: 'dataset',
    values: text('the name of a data set, or a CSV file'),
    meaning: 'the data; may be left out where weights is a saved model',
  },
  testImages: {
    name: 'testImages',
    values: { kind: 'count', most: MOST_IMAGES },
    meaning: 'test images, the first ones in file order',
    otherwise: 'all',
    was: ['images'],
  },
  network: {
    name: 'network',
    values: text('a network of the zoo, or a JSON file'),
    meaning: 'the network; may be left out where weights is a saved model',
  },
  weights: {
    name: 'weights',
    values: text(
      'the directory of a saved model, weights that `cheetah networks` lists, a .safetensors file, or a .tflite file of floats',
    ),
    meaning: 'trained weights; stands in place of training; of several, in a list, a CSV each',
  },
} as const satisfies Record<string, Field>;

/** How a CSV file is read; what is left out is guessed. */
export const TABLE_FIELDS = {
  label: {
    name: 'label',
    values: text('a name, or a number from 1'),
    meaning: 'label column of a CSV file (the last where left out)',
  },
  header: {
    name: 'header',
    values: words('yes', 'no'),
    meaning: 'is the first row of a CSV file column names? (guessed where left out)',
  },
  delimiter: {
    name: 'delimiter',
    values: text('comma, semicolon, tab, pipe or the mark itself'),
    meaning: 'what stands between the cells of a CSV file (guessed where left out)',
  },
  encoding: {
    name: 'encoding',
    values: words('utf-8', 'latin1'),
    meaning: 'encoding of the text of a CSV file (utf-8 where left out)',
  },
} as const satisfies Record<string, Field>;

/** What a training is told but its seed, which is an axis; what is left out has the defaults of `cheetah train`. */
export const TRAINING_FIELDS = {
  epochs: {
    name: 'epochs',
    values: integers(1, 10_000),
    meaning: 'times through the training images',
    otherwise: 5,
  },
  batch: { name: 'batch', values: integers(1, 4096), meaning: 'images in a training step', otherwise: 64 },
  optimizer: {
    name: 'optimizer',
    values: words('sgd', 'nesterov', 'adam'),
    meaning: 'rule by which a step changes the weights',
    otherwise: 'sgd',
  },
  rate: {
    name: 'rate',
    values: reals(1e-9, 10),
    meaning: 'learning rate at the start (0.002 for adam, else 0.03 where left out)',
  },
  momentum: {
    name: 'momentum',
    values: reals(0, 0.9999),
    meaning: 'momentum of sgd and nesterov',
    otherwise: 0.9,
  },
  decay: { name: 'decay', values: reals(0, 1), meaning: 'weight decay', otherwise: 0.0005 },
  schedule: {
    name: 'schedule',
    values: words('constant', 'step', 'cosine'),
    meaning: 'how the learning rate falls',
    otherwise: 'cosine',
  },
  warmup: {
    name: 'warmup',
    values: reals(0, 1000),
    meaning: 'epochs over which the learning rate rises first',
    otherwise: 0,
  },
  smoothing: {
    name: 'smoothing',
    values: reals(0, 0.9),
    meaning: 'share of the target spread over all classes (label smoothing)',
    otherwise: 0,
  },
  average: {
    name: 'average',
    values: reals(0, 0.99999),
    meaning: 'decay a step of the average of the weights that is the result (0: the last weights)',
    otherwise: 0,
  },
  shift: {
    name: 'shift',
    values: integers(0, 64),
    meaning: 'most pixels a training image is moved by, black coming in',
    otherwise: 0,
  },
  crop: {
    name: 'crop',
    values: integers(0, 64),
    meaning: 'most pixels a training image is moved by, its mirror image coming in',
    otherwise: 0,
  },
  flip: {
    name: 'flip',
    values: words('never', 'horizontal'),
    meaning: 'which training images are mirrored, half of them by chance',
    otherwise: 'never',
  },
  cutout: {
    name: 'cutout',
    values: integers(0, 64),
    meaning: 'side in pixels of a square cut out of every training image',
    otherwise: 0,
  },
  trainImages: {
    name: 'trainImages',
    values: { kind: 'count', most: MOST_IMAGES },
    meaning: 'training images, the first ones in file order',
    otherwise: 'all',
    was: ['images'],
  },
} as const satisfies Record<string, Field>;
