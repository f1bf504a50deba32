/**
 * The IDX files of MNIST and its kin: a big-endian header (magic, count, then rows and columns for images) and
 * one byte per pixel or label. Magic: two zero bytes, 8 for unsigned bytes, the number of axes.
 */
import { UserError } from '../errors.js';
import { readStated } from '../input/packed-file.js';

const LABELS_MAGIC = 0x00000801;
const IMAGES_MAGIC = 0x00000803;

/** No content larger than this is read: five times the largest dataset here, far less than memory. */
const BOUNDS = { most: 2 ** 30, wanted: 'an IDX file of the dataset' } as const;

export interface IdxImages {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** [count, rows, columns], 0..255. */
  readonly pixels: Uint8Array;
}

/** Images of an IDX file, raw or .gz. Throws UserError on a wrong magic, length or an empty axis. */
export function readIdxImages(path: string): IdxImages {
  let axes = [0, 0, 0];
  const lengthOf = (head: Uint8Array): number => {
    axes = header(path, head, IMAGES_MAGIC, 3);
    return 16 + axes[0]! * axes[1]! * axes[2]!;
  };
  const content = readStated(path, lengthOf, BOUNDS);
  return { count: axes[0]!, rows: axes[1]!, columns: axes[2]!, pixels: content.subarray(16) };
}

/** Labels of an IDX file, raw or .gz. Throws UserError on a wrong magic or length, or a label ≥ `classes`. */
export function readIdxLabels(path: string, classes: number): Uint8Array {
  const content = readStated(path, (head) => 8 + header(path, head, LABELS_MAGIC, 1)[0]!, BOUNDS);
  const labels = content.subarray(8);
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new UserError(`${path}: label ${wrong} is ${labels[wrong]}; labels are 0..${classes - 1}`);
  }
  return labels;
}

/** The lengths of the axes. */
function header(path: string, head: Uint8Array, magic: number, axes: number): number[] {
  const length = 4 + 4 * axes;
  if (head.length < length) {
    throw new UserError(
      `${path}: truncated: ${head.length} bytes; an IDX header has ${length}. Fetch it again`,
    );
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    const what = magic === IMAGES_MAGIC ? 'images' : 'labels';
    throw new UserError(
      `${path}: magic number ${found} where IDX ${what} have ${magic}; give the ${what} file of the dataset`,
    );
  }
  const lengths = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (lengths.includes(0)) {
    throw new UserError(`${path}: its header says ${lengths.join('×')}; an axis of length 0 holds nothing`);
  }
  return lengths;
}
