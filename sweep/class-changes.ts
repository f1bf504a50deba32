/**
 * The classes of many images as text: only those that differ from other classes of the same images, each as the gap to
 * the one before (LEB128) and its class (a byte; 255 is none, where every logit was NaN), in base64. A page of any
 * language reads it (docs/file-formats.md).
 */
import { UserError } from '../errors.js';

/** Stands for the class −1. */
const NONE = 255;

/** `classes` and `others`: [images], −1 to 254. */
export function changesOf(classes: ArrayLike<number>, others: ArrayLike<number>): string {
  const bytes: number[] = [];
  let last = -1;
  for (let image = 0; image < classes.length; image++) {
    if (classes[image] === others[image]) continue;
    let gap = image - last - 1;
    last = image;
    while (gap >= 0x80) {
      bytes.push((gap & 0x7f) | 0x80);
      gap >>>= 7;
    }
    bytes.push(gap, classes[image]! < 0 ? NONE : classes[image]!);
  }
  return Buffer.from(bytes).toString('base64');
}

/** The classes again, [images]. Throws UserError for what no `changesOf` wrote; `where` names it. */
export function withChanges(others: ArrayLike<number>, changes: string, where: string): Int32Array {
  const classes = Int32Array.from(others);
  const bytes = Buffer.from(changes, 'base64');
  let image = -1;
  for (let at = 0; at < bytes.length; ) {
    let gap = 0;
    let scale = 1;
    let byte = 0x80;
    while (byte & 0x80 && scale <= 2 ** 28) {
      byte = bytes[at++] ?? 0x100;
      gap += (byte & 0x7f) * scale;
      scale *= 0x80;
    }
    image += gap + 1;
    const written = bytes[at++];
    if (byte & 0x180 || written === undefined || image >= classes.length) {
      throw new UserError(`${where} does not hold the classes of ${classes.length} images`);
    }
    classes[image] = written === NONE ? -1 : written;
  }
  return classes;
}
