/** Attributes that several operators have, as they are read from a description. */
import { z } from 'zod';

export const extent = z.int().min(1).max(65_536);
/** Kernels, strides and dilations. */
export const reach = z.int().min(1).max(1024);
/** Vertical, horizontal. */
export const pair = z.tuple([reach, reach]).readonly();
export const bias = z.enum(['bias', 'no-bias']).default('bias');

const SIDE_ALLOWED = 'whole numbers of pixels from 0 to 1024';
/** Pixels on one side. */
export const side = z.int().min(0).max(1024);
/** Padding by its rule: how much there is follows from the input, the kernel and the stride. */
const paddingRule = z.enum(['valid', 'same', 'same-lower']);

/** Padding of an image, on each of its sides as a rule says or by the number of pixels. */
export const imagePadding = z.union(
  [paddingRule, z.strictObject({ top: side, bottom: side, left: side, right: side }).readonly()],
  `give "valid", "same", "same-lower" or { "top", "bottom", "left", "right" }, ${SIDE_ALLOWED}`,
);
/** Padding of a sequence, likewise. */
export const sequencePadding = z.union(
  [paddingRule, z.strictObject({ before: side, after: side }).readonly()],
  `give "valid", "same", "same-lower" or { "before", "after" }, ${SIDE_ALLOWED}`,
);

/**
 * What stands around the input, in pixels. `valid`: nothing. `same`: as much as ⌈extent / stride⌉ outputs need, the odd
 * pixel at the end (TensorFlow's rule, ONNX's SAME_UPPER). `same-lower`: the odd pixel in front. Or explicit numbers,
 * which give ⌊(extent + padding − reach) / stride⌋ + 1 outputs: pixels behind the last window are in no window.
 */
export type ImagePadding = z.infer<typeof imagePadding>;
export type SequencePadding = z.infer<typeof sequencePadding>;
