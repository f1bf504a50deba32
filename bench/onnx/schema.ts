/** The part of ONNX's protobuf schema (onnx.proto3, IR version 8) that a float network needs; field numbers are its own. */
import protobuf from 'protobufjs';
import { elementType, FLOAT, type OnnxGraph } from './graph.js';

const field = (id: number, type: string, rule?: 'repeated') => (rule ? { id, type, rule } : { id, type });

const root = protobuf.Root.fromJSON({
  nested: {
    AttributeProto: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        ints: field(8, 'int64', 'repeated'),
        type: field(20, 'int32'),
      },
    },
    NodeProto: {
      fields: {
        input: field(1, 'string', 'repeated'),
        output: field(2, 'string', 'repeated'),
        name: field(3, 'string'),
        opType: field(4, 'string'),
        attribute: field(5, 'AttributeProto', 'repeated'),
      },
    },
    TensorProto: {
      fields: {
        dims: field(1, 'int64', 'repeated'),
        dataType: field(2, 'int32'),
        name: field(8, 'string'),
        rawData: field(9, 'bytes'),
      },
    },
    Dimension: { fields: { dimValue: field(1, 'int64') } },
    TensorShapeProto: { fields: { dim: field(1, 'Dimension', 'repeated') } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'TensorShapeProto') } },
    TypeProto: { fields: { tensorType: field(1, 'TensorType') } },
    ValueInfoProto: { fields: { name: field(1, 'string'), type: field(2, 'TypeProto') } },
    GraphProto: {
      fields: {
        node: field(1, 'NodeProto', 'repeated'),
        name: field(2, 'string'),
        initializer: field(5, 'TensorProto', 'repeated'),
        input: field(11, 'ValueInfoProto', 'repeated'),
        output: field(12, 'ValueInfoProto', 'repeated'),
      },
    },
    OperatorSetIdProto: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    ModelProto: {
      fields: {
        irVersion: field(1, 'int64'),
        producerName: field(2, 'string'),
        graph: field(7, 'GraphProto'),
        opsetImport: field(8, 'OperatorSetIdProto', 'repeated'),
      },
    },
  },
});

/** Operator set 13, as graph.ts uses it. */
const OPERATOR_SET = 13;
const IR_VERSION = 8;

/** The bytes of an `.onnx` file. */
export function onnxBytes(graph: OnnxGraph): Uint8Array {
  const type = root.lookupType('ModelProto');
  const info = ({ name, dims }: OnnxGraph['input']) => ({
    name,
    type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  const initializer = graph.initializers.map(({ name, dims, data }) => ({
    name,
    dims,
    dataType: elementType(data),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  const model = {
    irVersion: IR_VERSION,
    producerName: 'cheetah-numerics bench',
    opsetImport: [{ domain: '', version: OPERATOR_SET }],
    graph: {
      name: graph.name,
      node: graph.nodes,
      initializer,
      input: [info(graph.input)],
      output: [info(graph.output)],
    },
  };
  return type.encode(type.fromObject(model)).finish();
}
