/** Attributes that several operators have, as they are read from a description. */
import { z } from 'zod';

export const extent = z.int().min(1).max(65_536);
/** Kernels, strides and dilations. */
export const reach = z.int().min(1).max(1024);
/** Vertical, horizontal. */
export const pair = z.tuple([reach, reach]).readonly();
export const padding = z.enum(['valid', 'same']);
export const bias = z.enum(['bias', 'no-bias']).default('bias');

/** `valid`: real pixels only. `same`: ⌈extent / stride⌉ outputs, the odd padding pixel at the end (TensorFlow's rule). */
export type Padding = z.infer<typeof padding>;
