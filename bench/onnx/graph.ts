/** An ONNX graph as plain data: nodes, tensors that are constants, one input, one output; and the few numbers of onnx.proto3. */

/** onnx.proto3's TensorProto.DataType.FLOAT; those of other tensors stand in `elementType`. */
export const FLOAT = 1;

/** AttributeProto.AttributeType.INT and INTS. */
const INT = 2;
const INTS = 7;

export interface OnnxAttribute {
  readonly name: string;
  readonly i?: number;
  readonly ints?: readonly number[];
  readonly type: number;
}

export interface OnnxNode {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly OnnxAttribute[];
}

export interface OnnxTensor {
  readonly name: string;
  /** None of a scalar. */
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array | Int8Array | Int32Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  readonly output: { readonly name: string; readonly dims: readonly number[] };
}

/** TensorProto.DataType of a tensor's elements. */
export function elementType(data: OnnxTensor['data']): number {
  if (data instanceof Float32Array) return FLOAT;
  if (data instanceof Uint8Array) return 2;
  if (data instanceof Int8Array) return 3;
  if (data instanceof Int32Array) return 6;
  return 7;
}

export const ints = (name: string, values: readonly number[]): OnnxAttribute => ({
  name,
  ints: values,
  type: INTS,
});

export const int = (name: string, value: number): OnnxAttribute => ({ name, i: value, type: INT });
