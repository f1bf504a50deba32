/** Shapes and tensors. Shapes are per image, channels last: [height, width, channels], [length, channels] or [features]. */
export type Shape = readonly number[];

export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Number of elements of a shape. */
export function elementsOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
