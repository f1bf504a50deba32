/** The bytes of the ONNX models that the runtimes are given: one product, or a whole network. */
import type { EncodingTable, MacStep, Program } from '../../dist/networks/program.js';
import { int } from './graph.js';
import { graphOfProgram } from './program-graph.js';
import { quantizedGraph } from './quantized-graph.js';
import { onnxBytes } from './schema.js';

/** One product C = A · Bᵀ + bias, m rows of k. */
export function onnxOfProduct(
  m: number,
  step: Pick<MacStep, 'k' | 'outChannels' | 'weights' | 'bias'>,
): Uint8Array {
  const { k, outChannels: n } = step;
  return onnxBytes({
    name: 'product',
    nodes: [
      {
        opType: 'Gemm',
        name: 'product',
        input: ['a', 'b', 'bias'],
        output: ['c'],
        attribute: [int('transB', 1)],
      },
    ],
    initializers: [
      { name: 'b', dims: [n, k], data: step.weights },
      { name: 'bias', dims: [n], data: step.bias },
    ],
    input: { name: 'a', dims: [m, k] },
    output: { name: 'c', dims: [m, n] },
  });
}

/** A float network for `batch` images, as graphOfProgram writes it. */
export const onnxOfProgram = (program: Program, batch: number): Uint8Array =>
  onnxBytes(graphOfProgram(program, batch));

/** A network of 8-bit integers for `batch` images, as quantizedGraph writes it. */
export const onnxOfIntegers = (program: Program, table: EncodingTable, batch: number): Uint8Array =>
  onnxBytes(quantizedGraph(program, table, batch));
