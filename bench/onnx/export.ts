/**
 * A lowered program as an ONNX graph, for the operators the benches run. ONNX convolves channels-first, so images
 * are transposed once on the way in, and weights of convolutions and of the dense layer after them are reordered.
 */
import type { Edge, MacStep, PoolStep, Program } from '../../dist/networks/program.js';
import {
  INT,
  INTS,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  onnxBytes,
} from './schema.js';

const ints = (name: string, values: readonly number[]): OnnxAttribute => ({ name, ints: values, type: INTS });
const int = (name: string, value: number): OnnxAttribute => ({ name, i: value, type: INT });

/** One product C = A · Bᵀ + bias, m rows of k. */
export function onnxOfProduct(
  m: number,
  step: Pick<MacStep, 'k' | 'outChannels' | 'weights' | 'bias'>,
): Uint8Array {
  const { k, outChannels: n } = step;
  return onnxBytes({
    name: 'product',
    nodes: [node('Gemm', 'product', ['a', 'b', 'bias'], 'c', [int('transB', 1)])],
    initializers: [
      { name: 'b', dims: [n, k], data: step.weights },
      { name: 'bias', dims: [n], data: step.bias },
    ],
    input: { name: 'a', dims: [m, k] },
    output: { name: 'c', dims: [m, n] },
  });
}

/** The whole float network for `batch` images [batch, …shape], channels last, to logits [batch, classes]. */
export function onnxOfProgram(program: Program, batch: number): Uint8Array {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const input = program.edges[program.input]!;
  const names = program.edges.map((edge, index) => `edge${index}-${edge.name}`);
  const graphInput = { name: 'images', dims: [batch, ...input.shape] };
  if (input.shape.length === 3 && readsImages(program, program.input)) {
    nodes.push(
      node('Transpose', 'channels-first', ['images'], names[program.input]!, [ints('perm', [0, 3, 1, 2])]),
    );
  } else nodes.push(node('Flatten', 'flatten', ['images'], names[program.input]!, [int('axis', 1)]));
  for (const step of program.steps) {
    const to = names[step.output]!;
    switch (step.kind) {
      case 'mac': {
        const from = names[step.inputs[0]]!;
        const linear = step.activation === 'identity' ? to : `${to}-before`;
        if (isDense(step)) addDense(program, step, from, linear, nodes, initializers);
        else addConv(step, from, linear, nodes, initializers);
        if (step.activation === 'relu') nodes.push(node('Relu', `${step.name}-relu`, [linear], to, []));
        else if (step.activation !== 'identity') throw new Error(`no ONNX of ${step.activation} here`);
        break;
      }
      case 'pool':
        nodes.push(poolNode(step, names[step.inputs[0]]!, to));
        break;
      default:
        throw new Error(`the ONNX writer of the benches has no ${step.kind}`);
    }
  }
  const output = { name: names[program.output]!, dims: [batch, program.classes] };
  return onnxBytes({
    name: program.network,
    nodes,
    initializers,
    input: graphInput,
    output,
  } satisfies OnnxGraph);
}

function node(
  opType: string,
  name: string,
  input: readonly string[],
  output: string,
  attribute: readonly OnnxAttribute[],
): OnnxNode {
  return { opType, name, input, output: [output], attribute };
}

const isDense = ({ window: w }: MacStep): boolean => w.inHeight * w.inWidth === 1;

/** Whether a convolution or pool reads the edge, so that it is an image in ONNX too. */
function readsImages(program: Program, edge: number): boolean {
  return program.steps.some(
    (step) => (step.kind === 'pool' || (step.kind === 'mac' && !isDense(step))) && step.inputs[0] === edge,
  );
}

function addDense(
  program: Program,
  step: MacStep,
  from: string,
  to: string,
  nodes: OnnxNode[],
  initializers: OnnxTensor[],
): void {
  const edge = program.edges[step.inputs[0]]!;
  const image = program.steps.some(
    (maker) =>
      maker.output === step.inputs[0] && (maker.kind === 'pool' || (maker.kind === 'mac' && !isDense(maker))),
  );
  let source = from;
  if (image) {
    source = `${from}-flat`;
    nodes.push(node('Flatten', `${step.name}-flatten`, [from], source, [int('axis', 1)]));
  }
  const data = image ? channelsFirstColumns(step, edge) : step.weights;
  initializers.push({ name: `${step.name}-weight`, dims: [step.outChannels, step.k], data });
  initializers.push({ name: `${step.name}-bias`, dims: [step.outChannels], data: step.bias });
  const inputs = [source, `${step.name}-weight`, `${step.name}-bias`];
  nodes.push(node('Gemm', step.name, inputs, to, [int('transB', 1)]));
}

/** Weights [out][y][x][c] as [out][c][y][x]. */
function channelsFirst(weights: Float32Array, out: number, pixels: number, channels: number): Float32Array {
  const moved = new Float32Array(weights.length);
  for (let o = 0; o < out; o++) {
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c++) {
        moved[(o * channels + c) * pixels + p] = weights[(o * pixels + p) * channels + c]!;
      }
    }
  }
  return moved;
}

function channelsFirstColumns(step: MacStep, { shape }: Edge): Float32Array {
  const [height, width, channels] = shape as [number, number, number];
  return channelsFirst(step.weights, step.outChannels, height * width, channels);
}

function addConv(
  step: MacStep,
  from: string,
  to: string,
  nodes: OnnxNode[],
  initializers: OnnxTensor[],
): void {
  const { window: w, groups, outChannels } = step;
  const channels = w.inChannels / groups;
  const data = channelsFirst(step.weights, outChannels, w.kernelHeight * w.kernelWidth, channels);
  initializers.push({
    name: `${step.name}-weight`,
    dims: [outChannels, channels, w.kernelHeight, w.kernelWidth],
    data,
  });
  initializers.push({ name: `${step.name}-bias`, dims: [outChannels], data: step.bias });
  const inputs = [from, `${step.name}-weight`, `${step.name}-bias`];
  const dilations = ints('dilations', [w.dilationY, w.dilationX]);
  nodes.push(node('Conv', step.name, inputs, to, [...windowAttributes(w), dilations, int('group', groups)]));
}

function windowAttributes(w: MacStep['window']): OnnxAttribute[] {
  const bottom =
    (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1 - w.inHeight - w.padTop;
  const right = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1 - w.inWidth - w.padLeft;
  return [
    ints('kernel_shape', [w.kernelHeight, w.kernelWidth]),
    ints('strides', [w.strideY, w.strideX]),
    ints('pads', [w.padTop, w.padLeft, Math.max(0, bottom), Math.max(0, right)]),
  ];
}

function poolNode(step: PoolStep, from: string, to: string): OnnxNode {
  if (step.pooling !== 'max') throw new Error('the ONNX writer of the benches has max-pooling only');
  return node('MaxPool', step.name, [from], to, windowAttributes(step.window));
}
