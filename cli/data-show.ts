/** `cheetah data show`: images as blocks of characters. */
import { type Dataset, imageSize, type Split } from '../datasets/dataset.js';
import { loadDataset } from '../datasets/load.js';
import type { TableChoices } from '../datasets/table.js';
import { requireWhole, UserError } from '../errors.js';
import { oneLine } from '../one-line.js';
import { tell } from './notes.js';

export interface ShowRequest {
  readonly set: string;
  readonly data: string | undefined;
  readonly split: 'train' | 'test';
  readonly first: number;
  readonly count: number;
  readonly seed: number;
  readonly table: TableChoices | undefined;
  readonly colour: boolean | undefined;
  readonly json: boolean;
}

/** From empty to full ink. */
const SHADES = ' .:-=+*#%@';

/** Prints `count` images (or rows of a table) from `first` on, each under its index and class. */
export async function showImages(request: ShowRequest): Promise<void> {
  const { set, first, count, seed, table } = request;
  const dataset = await loadDataset(set, request.data, { seed, table, tell });
  const split = dataset[request.split];
  if (!(Number.isInteger(first) && first >= 0 && first < split.count)) {
    throw new UserError(
      `data show: --first ${first}; ${set} has ${request.split} images 0..${split.count - 1}`,
    );
  }
  requireWhole(`data show: --count ${count}`, count, 1);
  const last = Math.min(first + count, split.count);
  if (request.json) {
    const shown = Array.from({ length: last - first }, (_, i) =>
      imageRecord(dataset, request.split, first + i),
    );
    console.log(JSON.stringify(shown));
    return;
  }
  const style = (request.colour ?? (process.stdout.isTTY && !process.env.NO_COLOR)) ? 'colour' : 'shades';
  for (let index = first; index < last; index++) {
    console.log(`${request.split} ${index}: ${oneLine(dataset.classes[split.labels[index]!]!)}`);
    console.log(picture(dataset, split, index, style).join('\n'));
  }
}

/** Pixels 0 to 255 as they are stored, or the standardised features of a row, channels last. */
function imageRecord(dataset: Dataset, split: 'train' | 'test', index: number): object {
  const { labels, raw } = dataset[split];
  const size = imageSize(dataset);
  return {
    split,
    index,
    class: dataset.classes[labels[index]!]!,
    shape: dataset.shape,
    values: Array.from(raw.subarray(index * size, (index + 1) * size)),
  };
}

/** One image as lines of text: two pixel rows a line. A row of a table is its standardised features. */
export function picture(dataset: Dataset, split: Split, index: number, style: 'colour' | 'shades'): string[] {
  const size = imageSize(dataset);
  const values = split.raw.subarray(index * size, (index + 1) * size);
  const [height, width, channels] = dataset.drawnAs ?? dataset.shape;
  if (height === undefined || width === undefined || channels === undefined) {
    return [Array.from(values, (value) => value.toFixed(3)).join('  ')];
  }
  const bytes = values instanceof Uint8Array ? values : stretched(values);
  const pixel = (row: number, column: number): readonly number[] => {
    if (row >= height) return [0, 0, 0];
    const at = (row * width + column) * channels;
    return channels === 3 ? [...bytes.subarray(at, at + 3)] : [bytes[at]!, bytes[at]!, bytes[at]!];
  };
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    const cells = Array.from({ length: width }, (_, column) =>
      style === 'colour'
        ? block(pixel(row, column), pixel(row + 1, column))
        : shade(pixel(row, column), pixel(row + 1, column)),
    );
    lines.push(style === 'colour' ? `${cells.join('')}\u001b[0m` : cells.join(''));
  }
  return lines;
}

/** The upper pixel as the colour of an upper half block, the lower one as its ground. */
function block(upper: readonly number[], lower: readonly number[]): string {
  return `\u001b[38;2;${upper.join(';')}m\u001b[48;2;${lower.join(';')}m▀`;
}

function shade(upper: readonly number[], lower: readonly number[]): string {
  const level = [...upper, ...lower].reduce((sum, value) => sum + value, 0) / (6 * 256);
  return SHADES[Math.floor(level * SHADES.length)]!;
}

/** Values stretched to 0..255. */
function stretched(values: Float32Array): Uint8Array {
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  return Uint8Array.from(values, (value) => (high > low ? ((value - low) / (high - low)) * 255 : 0));
}
