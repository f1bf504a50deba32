/** What datasets there are, where their files are, and whether they are sound. */
import { UserError } from '../errors.js';
import { IMAGE_SETS, type ImageSet } from './catalog.js';
import { type Dataset, labelHistogram } from './dataset.js';
import { HALVED_SETS, loadHalvedSet } from './halved.js';
import { loadImageSet, locate } from './images.js';
import { STROKES_TEST, STROKES_TRAIN, strokesDataset } from './strokes/dataset.js';
import { loadTableSet, locateTable, TABLE_SETS } from './tables.js';

/**
 * `built-in`: generated; `official`: the contents are as published; `found`: readable, no published digest is
 * known or the contents differ from it; `damaged`: there, but unreadable; `absent`: not there.
 */
export type DatasetState = 'built-in' | 'official' | 'found' | 'damaged' | 'absent';

export interface DatasetEntry {
  readonly name: string;
  readonly title: string;
  readonly state: DatasetState;
  /** The files read; none for the built-in set. */
  readonly files: readonly string[];
  /** Why it is damaged or absent, one line. */
  readonly problem?: string;
  readonly content?: {
    readonly shape: readonly number[];
    readonly classes: readonly string[];
    readonly train: number;
    readonly test: number;
    readonly trainHistogram: readonly number[];
    readonly testHistogram: readonly number[];
    readonly checksum: string;
  };
}

/** Every dataset with a name, read whole; `directory` is the data directory, where there is one. */
export function inventory(directory: string | undefined): DatasetEntry[] {
  const strokes = {
    name: 'strokes',
    title: 'Generated handwritten-like digits (seed 0)',
    state: 'built-in' as const,
    files: [],
    content: describe(strokesDataset(0, STROKES_TRAIN, STROKES_TEST)),
  };
  const filesOf = (set: ImageSet) => () => {
    const { train, test } = locate(set, directory);
    return [...train, ...test];
  };
  const images = IMAGE_SETS.map((set) =>
    entry(set, filesOf(set), () => loadImageSet(set, directory), set.checksum),
  );
  const halved = HALVED_SETS.map((set) =>
    entry(set, filesOf(set.source), () => loadHalvedSet(set, directory), set.checksum),
  );
  const tables = TABLE_SETS.map((set) =>
    entry(
      set,
      () => [locateTable(set, directory)],
      () => loadTableSet(set, directory, 0),
      undefined,
    ),
  );
  return [strokes, ...images, ...halved, ...tables];
}

function entry(
  { name, title }: { readonly name: string; readonly title: string },
  where: () => string[],
  load: () => Dataset,
  published: string | undefined,
): DatasetEntry {
  let files: string[] = [];
  try {
    files = where();
    const dataset = load();
    const state = dataset.checksum === published ? 'official' : 'found';
    return { name, title, state, files, content: describe(dataset) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const state = files.length === 0 ? 'absent' : 'damaged';
    return { name, title, state, files, problem: error.message };
  }
}

function describe(dataset: Dataset): NonNullable<DatasetEntry['content']> {
  const { shape, classes, train, test, checksum } = dataset;
  return {
    shape,
    classes,
    train: train.count,
    test: test.count,
    trainHistogram: [...labelHistogram(train, classes.length)],
    testHistogram: [...labelHistogram(test, classes.length)],
    checksum,
  };
}
