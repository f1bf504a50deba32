/**
 * A network of 8-bit integers in ONNX's way to write one: the float graph with QuantizeLinear and DequantizeLinear behind every
 * edge, and weights and biases as integers that are dequantized. A runtime makes integer kernels of that.
 */
import { edgeEncodings } from '../../dist/networks/integer/edge-encodings.js';
import type { EncodingTable, MacStep, Program } from '../../dist/networks/program.js';
import { encodeTensor } from '../../dist/quantizers/encoder.js';
import type { Encoding } from '../../dist/quantizers/encoding.js';
import { int, type OnnxGraph, type OnnxNode, type OnnxTensor } from './graph.js';
import { edgeNames, graphOfProgram, parameterNames } from './program-graph.js';

/** Activations in `affine8`, weights in `affine8s`, biases in int32 of scale s_in · s_w; every scale a float32. */
export function quantizedGraph(program: Program, table: EncodingTable, batch: number): OnnxGraph {
  return new QuantizedWriter(program, table).write(graphOfProgram(program, batch));
}

class QuantizedWriter {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: OnnxTensor[] = [];
  /** By name of what is quantized. */
  readonly #edges: ReadonlyMap<string, Encoding>;
  readonly #encodings: readonly Encoding[];

  constructor(
    private readonly program: Program,
    private readonly table: EncodingTable,
  ) {
    const encodings = edgeEncodings(program, table);
    this.#encodings = encodings;
    const names = edgeNames(program).entries();
    this.#edges = new Map(
      [...names].flatMap(([edge, name]) => [
        [name, encodings[edge]!],
        [`${name}-flat`, encodings[edge]!],
      ]),
    );
  }

  write(graph: OnnxGraph): OnnxGraph {
    const constants = new Map(graph.initializers.map((constant) => [constant.name, constant]));
    for (const step of this.program.steps) {
      if (step.kind === 'mac') for (const name of this.#parameters(step, constants)) constants.delete(name);
    }
    for (const node of graph.nodes) {
      this.#nodes.push({ ...node, input: node.input.map((name) => this.#read(name, constants)) });
      const encoding = this.#edges.get(node.output[0]!);
      if (encoding !== undefined) this.#quantize(node.output[0]!, encoding);
    }
    return {
      ...graph,
      nodes: this.#nodes,
      initializers: [...constants.values(), ...this.#constants],
      output: { ...graph.output, name: realOf(graph.output.name) },
    };
  }

  /** What a node reads in place of `name`: the reals of its codes, where it has any. */
  #read(name: string, constants: ReadonlyMap<string, OnnxTensor>): string {
    const isCoded =
      this.#edges.has(name) || this.#constants.some((constant) => constant.name === codesOf(name));
    return isCoded && !constants.has(name) ? realOf(name) : name;
  }

  #quantize(name: string, { scales, zeroPoint }: Encoding): void {
    const scale = this.#constant(`${name}-scale`, [], Float32Array.of(scales[0]!));
    const zero = this.#constant(`${name}-zero`, [], Uint8Array.of(zeroPoint));
    this.#add('QuantizeLinear', [name, scale, zero], codesOf(name));
    this.#add('DequantizeLinear', [codesOf(name), scale, zero], realOf(name));
  }

  /** Weights and bias of a step as integers; the names of what they take the place of. */
  #parameters(step: MacStep, constants: ReadonlyMap<string, OnnxTensor>): string[] {
    const names = parameterNames(step);
    const encoding = this.table.weights.get(step.name)!;
    const { outChannels: channels } = step;
    const { dims, data } = constants.get(names.weights)!;
    const codes = encodeTensor(data as Float32Array, encoding, { name: step.name, channels });
    this.#integers(names.weights, dims, Int8Array.from(codes), encoding.scales);
    const input = Math.fround(this.#encodings[step.inputs[0]]!.scales[0]!);
    const scales = Array.from({ length: channels }, (_, c) =>
      Math.fround(input * Math.fround(encoding.scales[encoding.scales.length === 1 ? 0 : c]!)),
    );
    const bias = Int32Array.from(step.bias, (value, c) => Math.round(value / scales[c]!));
    this.#integers(names.bias, [channels], bias, scales);
    return Object.values(names);
  }

  #integers(
    name: string,
    dims: readonly number[],
    data: Int8Array | Int32Array,
    scales: ArrayLike<number>,
  ): void {
    this.#constant(codesOf(name), dims, data);
    const shape = scales.length === 1 ? [] : [scales.length];
    const scale = this.#constant(`${name}-scale`, shape, Float32Array.from(scales));
    // the zero point is 0 where it is left out
    this.#nodes.push({
      opType: 'DequantizeLinear',
      name: realOf(name),
      input: [codesOf(name), scale],
      output: [realOf(name)],
      attribute: scales.length === 1 ? [] : [int('axis', 0)],
    });
  }

  #constant(name: string, dims: readonly number[], data: OnnxTensor['data']): string {
    this.#constants.push({ name, dims, data });
    return name;
  }

  #add(opType: string, input: readonly string[], output: string): void {
    this.#nodes.push({ opType, name: output, input, output: [output], attribute: [] });
  }
}

const codesOf = (name: string): string => `${name}-codes`;
const realOf = (name: string): string => `${name}-real`;
