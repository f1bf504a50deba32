/** Small TensorFlow Lite files, written by the slots that networks/tflite/schema.ts reads. */
import { Builder } from 'flatbuffers';
import {
  BUFFER,
  IDENTIFIER,
  MODEL,
  OPERATOR,
  OPERATOR_CODE,
  OPERATORS,
  QUANTIZATION,
  SUBGRAPH,
  TENSOR,
  TYPES,
  VERSION,
} from '../../../networks/tflite/schema.js';

export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly type: string;
  readonly scales?: readonly number[];
  readonly zeroPoints?: readonly number[];
  /** Elements of a constant. */
  readonly data?: Int8Array | Uint8Array | Int32Array | Float32Array;
  readonly sparse?: true;
}

/** Fields of an operator's options: the slot, the kind, the value. */
export type Option = readonly [slot: number, kind: 'i8' | 'i32' | 'f32', value: number];

export interface WrittenOperator {
  /** As OPERATORS has it, or of a custom operator its own. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: readonly Option[];
}

export interface Written {
  readonly tensors: readonly WrittenTensor[];
  readonly operators: readonly WrittenOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly subgraphs?: number;
  readonly version?: number;
  /** The last tensor stands so many times more in the list, in the same bytes. */
  readonly lastAgain?: number;
}

/** Slots a table of ours has at most. */
const SLOTS = 10;

type Field = (b: Builder) => void;
const offset =
  (slot: number, at: number): Field =>
  (b) =>
    b.addFieldOffset(slot, at, 0);
const i32 =
  (slot: number, value: number): Field =>
  (b) =>
    b.addFieldInt32(slot, value, 0);
const i8 =
  (slot: number, value: number): Field =>
  (b) =>
    b.addFieldInt8(slot, value, 0);

function table(b: Builder, fields: readonly Field[]): number {
  b.startObject(SLOTS);
  for (const field of fields) field(b);
  return b.endObject();
}

/** A vector of elements of `size` bytes, added last to first. */
function vector<Element>(
  b: Builder,
  elements: readonly Element[],
  size: number,
  add: (element: Element) => void,
): number {
  b.startVector(size, elements.length, size);
  for (const element of [...elements].reverse()) add(element);
  return b.endVector();
}
const i32s = (b: Builder, list: readonly number[]): number => vector(b, list, 4, (x) => b.addInt32(x));
const tables = (b: Builder, list: readonly number[]): number => vector(b, list, 4, (at) => b.addOffset(at));

function tensorTable(b: Builder, tensor: WrittenTensor, index: number): number {
  const { shape, type, scales = [], zeroPoints = scales.map(() => 0), data, sparse } = tensor;
  const fields = [
    offset(TENSOR.shape, i32s(b, shape)),
    i8(TENSOR.type, TYPES.indexOf(type)),
    // buffer 0 is the empty one
    i32(TENSOR.buffer, data === undefined ? 0 : index + 1),
    offset(TENSOR.name, b.createString(`t${index}`)),
  ];
  if (scales.length > 0) {
    const scale = vector(b, scales, 4, (x) => b.addFloat32(x));
    const zeroPoint = vector(b, zeroPoints, 8, (x) => b.addInt64(BigInt(x)));
    const at = table(b, [offset(QUANTIZATION.scale, scale), offset(QUANTIZATION.zeroPoint, zeroPoint)]);
    fields.push(offset(TENSOR.quantization, at));
  }
  if (sparse) fields.push(offset(TENSOR.sparsity, table(b, [])));
  return table(b, fields);
}

function bufferTable(b: Builder, data: WrittenTensor['data']): number {
  if (data === undefined) return table(b, []);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return table(b, [offset(BUFFER.data, b.createByteVector(bytes))]);
}

function operatorTable(b: Builder, operator: WrittenOperator, code: number): number {
  const options = (operator.options ?? []).map(([slot, kind, value]): Field => {
    switch (kind) {
      case 'i8':
        return i8(slot, value);
      case 'i32':
        return i32(slot, value);
      case 'f32':
        return (to) => to.addFieldFloat32(slot, value, 0);
      default:
        return kind satisfies never;
    }
  });
  return table(b, [
    i32(OPERATOR.code, code),
    offset(OPERATOR.inputs, i32s(b, operator.inputs)),
    offset(OPERATOR.outputs, i32s(b, operator.outputs)),
    offset(OPERATOR.options, table(b, options)),
  ]);
}

function codeTable(b: Builder, name: string): number {
  const known = OPERATORS.indexOf(name);
  const code = known < 0 ? OPERATORS.indexOf('CUSTOM') : known;
  // one byte in files of old, and 127 there where the number is larger
  const fields = [i8(OPERATOR_CODE.shortCode, Math.min(code, 127)), i32(OPERATOR_CODE.code, code)];
  if (known < 0) fields.push(offset(OPERATOR_CODE.custom, b.createString(name)));
  return table(b, fields);
}

export function writeTflite({
  tensors,
  operators,
  inputs,
  outputs,
  subgraphs = 1,
  version = VERSION,
  lastAgain = 0,
}: Written): Uint8Array {
  const b = new Builder(1024);
  const names = [...new Set(operators.map(({ name }) => name))];
  const buffers = [undefined, ...tensors.map(({ data }) => data)].map((data) => bufferTable(b, data));
  const graph = (): number => {
    const places = tensors.map((tensor, index) => tensorTable(b, tensor, index));
    const described = tables(b, [...places, ...new Array<number>(lastAgain).fill(places.at(-1)!)]);
    const done = tables(
      b,
      operators.map((operator) => operatorTable(b, operator, names.indexOf(operator.name))),
    );
    return table(b, [
      offset(SUBGRAPH.tensors, described),
      offset(SUBGRAPH.inputs, i32s(b, inputs)),
      offset(SUBGRAPH.outputs, i32s(b, outputs)),
      offset(SUBGRAPH.operators, done),
    ]);
  };
  const graphs = tables(b, Array.from({ length: subgraphs }, graph));
  const codes = tables(
    b,
    names.map((name) => codeTable(b, name)),
  );
  const root = table(b, [
    i32(MODEL.version, version),
    offset(MODEL.operatorCodes, codes),
    offset(MODEL.subgraphs, graphs),
    offset(MODEL.buffers, tables(b, buffers)),
  ]);
  b.finish(root, IDENTIFIER);
  return b.asUint8Array().slice();
}
