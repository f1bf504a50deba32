/**
 * A lowered program as an ONNX graph. ONNX convolves channels-first, so images are transposed once on the way in, and
 * weights of convolutions and of the dense layers after them are reordered; a sequence is an image of height 1.
 */
import type {
  ActivationStep,
  AddStep,
  MacStep,
  PadStep,
  PoolStep,
  Program,
  Step,
} from '../../dist/networks/program.js';
import { int, ints, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor } from './graph.js';

type Window = MacStep['window'];

/** What the graph's input is shaped: [batch, height, width, channels] of images and sequences, [batch, features] of rows. */
export function inputDims({ edges, input }: Program, batch: number): number[] {
  const { shape } = edges[input]!;
  return shape.length === 2 ? [batch, 1, ...shape] : [batch, ...shape];
}

/** The whole float network for `batch` images [batch, …shape], channels last, to logits [batch, classes]. */
export function graphOfProgram(program: Program, batch: number): OnnxGraph {
  return new GraphWriter(program, batch).write();
}

/** What the values of each edge are called in the graph; those of an image that is flattened have `-flat` behind it. */
export function edgeNames({ edges }: Program): string[] {
  return edges.map(({ name }, index) => `edge${index}-${name}`);
}

/** What the parameters of a step are called. */
export const parameterNames = ({ name }: Pick<MacStep, 'name'>) =>
  ({ weights: `${name}-weight`, bias: `${name}-bias` }) as const;

class GraphWriter {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #names: readonly string[];

  constructor(
    private readonly program: Program,
    private readonly batch: number,
  ) {
    this.#names = edgeNames(program);
  }

  write(): OnnxGraph {
    const { program, batch } = this;
    const input = this.#names[program.input]!;
    if (this.#isImage(program.input)) {
      this.#add('Transpose', 'channels-first', ['images'], input, [ints('perm', [0, 3, 1, 2])]);
    } else this.#add('Flatten', 'flatten', ['images'], input, [int('axis', 1)]);
    for (const step of program.steps) this.#step(step);
    return {
      name: program.network,
      nodes: this.#nodes,
      initializers: this.#initializers,
      input: { name: 'images', dims: inputDims(program, batch) },
      output: { name: this.#names[program.output]!, dims: [batch, program.classes] },
    };
  }

  #step(step: Step): void {
    const from = step.inputs.map((edge) => this.#names[edge]!);
    const to = this.#names[step.output]!;
    switch (step.kind) {
      case 'mac':
        if (this.#isImage(step.output)) this.#convolution(step, from[0]!, sumsOf(step, to));
        else this.#dense(step, from[0]!, sumsOf(step, to));
        this.#activate(step, to);
        break;
      case 'add':
        this.#sum(step.name, this.#alike(step), sumsOf(step, to));
        this.#activate(step, to);
        break;
      case 'activation':
        this.#activation(step, this.#alike(step)[0]!, to);
        break;
      case 'pool':
        this.#pool(step, from[0]!, to);
        break;
      case 'concat':
        // channels are the second axis of images and of rows
        this.#add('Concat', step.name, this.#alike(step), to, [int('axis', 1)]);
        break;
      case 'pad':
        this.#pad(step, from[0]!, to);
        break;
      default:
        step satisfies never;
    }
  }

  /** Whether the edge is [batch, channels, height, width] in ONNX; else it is [batch, features] in our own order. */
  #isImage(edge: number): boolean {
    const { edges, steps, input } = this.program;
    if (edges[edge]!.shape.length === 1) return false;
    // images that only dense layers read need no transposing
    return edge !== input || steps.some((step) => step.inputs.includes(edge) && !this.#isDense(step));
  }

  #isDense(step: Step): boolean {
    return step.kind === 'mac' && this.program.edges[step.output]!.shape.length === 1;
  }

  /** The names of a step's inputs. Throws where one lies otherwise than its output: its elements have another order. */
  #alike({ kind, name, inputs, output }: Step): string[] {
    return inputs.map((edge) => {
      if (this.#isImage(edge) === this.#isImage(output)) return this.#names[edge]!;
      throw new Error(`the ONNX writer of the benches has no ${kind} of flattened images (${name})`);
    });
  }

  #convolution(step: MacStep, from: string, to: string): void {
    const { window: w, groups, outChannels } = step;
    const channels = w.inChannels / groups;
    const data = channelsFirst(step.weights, w.kernelHeight * w.kernelWidth, channels);
    const dims = [outChannels, channels, w.kernelHeight, w.kernelWidth];
    const inputs = [from, ...this.#weights(step, dims, data)];
    const dilations = ints('dilations', [w.dilationY, w.dilationX]);
    this.#add('Conv', step.name, inputs, to, [...windowAttributes(w), dilations, int('group', groups)]);
  }

  #dense(step: MacStep, from: string, to: string): void {
    const { name, k, outChannels, groups } = step;
    if (groups > 1) throw new Error(`the ONNX writer of the benches has no dense layer of groups (${name})`);
    const edge = step.inputs[0];
    const image = this.#isImage(edge);
    const source = image ? `${from}-flat` : from;
    if (image && !this.#nodes.some(({ output }) => output[0] === source)) {
      this.#add('Flatten', `${name}-flatten`, [from], source, [int('axis', 1)]);
    }
    const { shape, size } = this.program.edges[edge]!;
    const channels = shape.at(-1)!;
    const data = image ? channelsFirst(step.weights, size / channels, channels) : step.weights;
    const inputs = [source, ...this.#weights(step, [outChannels, k], data)];
    this.#add('Gemm', name, inputs, to, [int('transB', 1)]);
  }

  /** The names of the weights and of the bias. */
  #weights(step: MacStep, dims: readonly number[], data: Float32Array): string[] {
    const { weights, bias } = parameterNames(step);
    return [this.#constant(weights, dims, data), this.#constant(bias, [step.bias.length], step.bias)];
  }

  #sum(name: string, parts: readonly string[], to: string): void {
    let sum = parts[0]!;
    for (let i = 1; i < parts.length; i++) {
      const next = i === parts.length - 1 ? to : `${to}-${i}`;
      this.#add('Add', `${name}-${i}`, [sum, parts[i]!], next, []);
      sum = next;
    }
  }

  #pool({ name, pooling, window, output }: PoolStep, from: string, to: string): void {
    const flat = !this.#isImage(output);
    const pooled = flat ? `${to}-pixel` : to;
    if (pooling === 'max') this.#add('MaxPool', name, [from], pooled, windowAttributes(window));
    else if (isWhole(window)) this.#add('GlobalAveragePool', name, [from], pooled, []);
    // ONNX leaves padding out of the mean unless told otherwise, as this project does
    else this.#add('AveragePool', name, [from], pooled, windowAttributes(window));
    if (flat) this.#add('Flatten', `${name}-flatten`, [pooled], to, [int('axis', 1)]);
  }

  #pad({ name, frame: f }: PadStep, from: string, to: string): void {
    // before every axis [batch, channels, height, width], then after
    const pads = BigInt64Array.from([0, 0, f.top, f.left, 0, 0, f.bottom, f.right], BigInt);
    this.#add('Pad', name, [from, this.#constant(`${name}-pads`, [pads.length], pads)], to, []);
  }

  /** What follows the sums of a step, which stand under `sumsOf`. */
  #activate(step: MacStep | AddStep, to: string): void {
    if (step.activation !== 'identity') this.#activation(step, sumsOf(step, to), to);
  }

  #activation({ name, activation }: MacStep | AddStep | ActivationStep, from: string, to: string): void {
    const node = `${name}-${activation}`;
    switch (activation) {
      case 'identity':
        this.#add('Identity', node, [from], to, []);
        break;
      case 'relu':
        this.#add('Relu', node, [from], to, []);
        break;
      case 'relu6': {
        const ends = [0, 6].map((end) => this.#constant(`${node}-${end}`, [], Float32Array.of(end)));
        this.#add('Clip', node, [from, ...ends], to, []);
        break;
      }
      default:
        activation satisfies never;
    }
  }

  #constant(name: string, dims: readonly number[], data: OnnxTensor['data']): string {
    this.#initializers.push({ name, dims, data });
    return name;
  }

  #add(
    opType: string,
    name: string,
    input: readonly string[],
    output: string,
    attribute: readonly OnnxAttribute[],
  ): void {
    this.#nodes.push({ opType, name, input, output: [output], attribute });
  }
}

/** The name of a step's values before its activation. */
const sumsOf = ({ activation }: MacStep | AddStep, to: string): string =>
  activation === 'identity' ? to : `${to}-before`;

const isWhole = (w: Window): boolean =>
  w.outHeight * w.outWidth === 1 && w.kernelHeight === w.inHeight && w.kernelWidth === w.inWidth;

/** Weights [out][pixel][c] as [out][c][pixel]. */
function channelsFirst(weights: Float32Array, pixels: number, channels: number): Float32Array {
  const moved = new Float32Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const c = i % channels;
    const pixel = Math.floor(i / channels) % pixels;
    const out = Math.floor(i / channels / pixels);
    moved[(out * channels + c) * pixels + pixel] = weights[i]!;
  }
  return moved;
}

function windowAttributes(w: Window): OnnxAttribute[] {
  const bottom =
    (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1 - w.inHeight - w.padTop;
  const right = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1 - w.inWidth - w.padLeft;
  return [
    ints('kernel_shape', [w.kernelHeight, w.kernelWidth]),
    ints('strides', [w.strideY, w.strideX]),
    ints('pads', [w.padTop, w.padLeft, Math.max(0, bottom), Math.max(0, right)]),
  ];
}
