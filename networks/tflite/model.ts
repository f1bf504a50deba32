/** A TensorFlow Lite file as plain data: tensors, operators and constants of its one subgraph, all places checked. */
import { UserError } from '../../errors.js';
import { Flatbuffer, type Table } from './flatbuffer.js';
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
} from './schema.js';

/** Limits of a model, for a hostile file: tensors, operators, elements of one tensor. */
const MOST_TENSORS = 10_000;
const MOST_RANK = 8;
const MOST_ELEMENTS = 2 ** 26;

export interface TfliteTensor {
  readonly index: number;
  readonly name: string;
  /** With the batch first. */
  readonly shape: readonly number[];
  /** `int8`, `uint8`, `float32`, …; `?` where the number is unknown. */
  readonly type: string;
  /** One a channel, or one; none where the tensor is not quantized. float32 values. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  /** The axis that channels run along. */
  readonly axis: number;
  /** Little-endian elements of a constant. */
  readonly data: Uint8Array | undefined;
  readonly isVariable: boolean;
}

export interface TfliteOperator {
  readonly index: number;
  /** `CONV_2D`, or what a custom operator calls itself. */
  readonly name: string;
  /** Tensors; undefined for an optional input that is left out. */
  readonly inputs: readonly (TfliteTensor | undefined)[];
  readonly outputs: readonly TfliteTensor[];
  readonly options: Table | undefined;
}

export interface TfliteModel {
  readonly source: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly TfliteTensor[];
  readonly outputs: readonly TfliteTensor[];
}

/** Throws UserError, one line, for bytes that are no such file, cut, altered, of several subgraphs or beyond a limit. */
export function parseTflite(bytes: Uint8Array, source: string): TfliteModel {
  const root = new Flatbuffer(bytes, source).root(IDENTIFIER);
  const version = root.u32(MODEL.version);
  if (version !== VERSION) {
    throw new UserError(
      `${source} is of version ${version} of the TensorFlow Lite schema; ${VERSION} is read`,
    );
  }
  const subgraphs = root.tables(MODEL.subgraphs);
  if (subgraphs.length !== 1) {
    throw new UserError(`${source} has ${subgraphs.length} subgraphs; a model of one is read`);
  }
  const [graph] = subgraphs as [Table];
  const buffers = root.tables(MODEL.buffers);
  const described = graph.tables(SUBGRAPH.tensors);
  if (described.length > MOST_TENSORS) {
    throw new UserError(`${source} has ${described.length} tensors; at most ${MOST_TENSORS} are allowed`);
  }
  const tensors = described.map((table, index) => tensorOf(table, index, buffers, source));
  const at = (index: number): TfliteTensor => {
    const tensor = tensors[index];
    if (tensor !== undefined) return tensor;
    throw new UserError(`${source} is altered: there is no tensor ${index}, it has ${tensors.length}`);
  };
  const names = root.tables(MODEL.operatorCodes).map(operatorName);
  const operators = graph.tables(SUBGRAPH.operators).map((table, index): TfliteOperator => {
    const code = table.u32(OPERATOR.code);
    const name = names[code];
    if (name === undefined) throw new UserError(`${source} is altered: there is no operator code ${code}`);
    return {
      index,
      name,
      inputs: table.i32s(OPERATOR.inputs).map((input) => (input === -1 ? undefined : at(input))),
      outputs: table.i32s(OPERATOR.outputs).map(at),
      options: table.table(OPERATOR.options),
    };
  });
  return {
    source,
    tensors,
    operators,
    inputs: graph.i32s(SUBGRAPH.inputs).map(at),
    outputs: graph.i32s(SUBGRAPH.outputs).map(at),
  };
}

function operatorName(table: Table): string {
  const code = Math.max(table.i8(OPERATOR_CODE.shortCode), table.i32(OPERATOR_CODE.code));
  const custom = table.text(OPERATOR_CODE.custom);
  if (OPERATORS[code] === 'CUSTOM') return `CUSTOM ${custom.slice(0, 60)}`;
  return OPERATORS[code] ?? `operator ${code}`;
}

function tensorOf(table: Table, index: number, buffers: readonly Table[], source: string): TfliteTensor {
  const shape = table.i32s(TENSOR.shape);
  const name = table.text(TENSOR.name);
  const elements = shape.reduce((product, extent) => product * extent, 1);
  if (shape.length > MOST_RANK || shape.some((extent) => extent < 0) || elements > MOST_ELEMENTS) {
    throw new UserError(
      `${source}: tensor ${index} has shape [${shape.slice(0, MOST_RANK + 1).join(', ')}]; up to ${MOST_RANK} extents and ${MOST_ELEMENTS} elements are allowed`,
    );
  }
  const quantization = table.table(TENSOR.quantization);
  const buffer = buffers[table.u32(TENSOR.buffer)];
  if (buffer === undefined) throw new UserError(`${source} is altered: tensor ${index} has no buffer`);
  const data = buffer.bytes(BUFFER.data);
  if (table.table(TENSOR.sparsity) !== undefined) {
    throw new UserError(`${source}: tensor ${index} (${name}) is sparse; dense tensors are read`);
  }
  return {
    index,
    name,
    shape,
    type: TYPES[table.i8(TENSOR.type)] ?? '?',
    scales: quantization?.f32s(QUANTIZATION.scale) ?? [],
    zeroPoints: quantization?.i64s(QUANTIZATION.zeroPoint) ?? [],
    axis: quantization?.i32(QUANTIZATION.dimension) ?? 0,
    data: data === undefined || data.length === 0 ? undefined : data,
    isVariable: table.i8(TENSOR.isVariable) !== 0,
  };
}
