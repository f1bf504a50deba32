/** TensorFlow Lite files on disk. */
import { isFile, readBytes, readHead } from '../../input/bounded-file.js';
import { parseTflite, type TfliteModel } from '../tflite/model.js';
import { IDENTIFIER } from '../tflite/schema.js';

/** A model file has weights of tens of megabytes at most. */
const MOST_BYTES = 2 ** 28;

/** By its ending, or by the mark of the format behind the file's first four bytes. */
export function isTfliteFile(path: string): boolean {
  if (path.toLowerCase().endsWith('.tflite')) return true;
  if (!isFile(path)) return false;
  const { head } = readHead(path, 8, 'a model');
  return Buffer.from(head.subarray(4)).toString('latin1') === IDENTIFIER;
}

/** Throws UserError, one line, for a file that is none. */
export function readTflite(path: string): TfliteModel {
  return parseTflite(readBytes(path, { most: MOST_BYTES, wanted: 'a TensorFlow Lite model' }), path);
}
