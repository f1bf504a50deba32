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

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

/** A tensor as files hold it: floats, integers or codes. */
export interface StoredTensor {
  readonly shape: Shape;
  readonly data: TensorData;
}
