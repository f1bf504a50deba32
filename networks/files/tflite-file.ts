/** TensorFlow Lite files on disk. */
import { readBytes } from '../../input/bounded-file.js';
import { parseTflite, type TfliteModel } from '../tflite/model.js';

/** A model file has weights of tens of megabytes at most. */
const MOST_BYTES = 2 ** 28;

/** By its ending. */
export function isTfliteFile(path: string): boolean {
  return path.toLowerCase().endsWith('.tflite');
}

/** Throws UserError, one line, for a file that is none. */
export function readTflite(path: string): TfliteModel {
  return parseTflite(readBytes(path, { most: MOST_BYTES, wanted: 'a TensorFlow Lite model' }), path);
}
