/** A network with buffers for a batch: float32 values forward, gradients backward, all in kernel memory. */
import { createKernels, type Kernels } from '../../kernels/loader.js';
import type { Network, Node, Parameters } from '../network.js';
import type { Layer, Pass, Slot } from '../operators/operator.js';
import { ruleOf } from '../operators/registry.js';
import { allocateFloats } from '../primitives/memory.js';
import { type NamedParameter, nodeFacts } from '../shapes.js';
import type { Tensor } from '../tensor.js';
import { elementsOf } from '../tensor.js';

/** A parameter in kernel memory. */
export interface Held extends NamedParameter {
  readonly size: number;
  readonly values: number;
  readonly gradient: number;
}

interface Built {
  readonly node: Node;
  readonly layer: Layer;
  readonly output: Slot;
  /** The gradients that each reader of this node writes, where it has several; `output.gradient` is their sum. */
  readonly readers: number[];
  /** Whether backward has anything to do here. */
  readonly learns: boolean;
}

/** A final softmax is left out: the loss takes logits. */
export class TrainingGraph {
  readonly kernels: Kernels = createKernels();
  readonly held: readonly Held[];
  /** [batch, ...input]: where images are put before `forward`. */
  readonly images: Float32Array;
  /** [batch, classes]. */
  readonly logits: Float32Array;
  /** [batch, classes]: the loss's gradient, put here before `backward`. */
  readonly logitGradients: Float32Array;
  readonly #nodes: readonly Built[];

  constructor(
    network: Network,
    parameters: Parameters,
    readonly batch: number,
  ) {
    const facts = nodeFacts(network);
    this.held = facts.flatMap((node) =>
      node.parameters.map((parameter) => this.#hold(parameter, parameters)),
    );
    const byName = new Map(this.held.map((held) => [held.name, held]));
    const kept = network.nodes.filter(({ operator }) => operator.type !== 'softmax');
    const readers = new Map<string, number>();
    for (const node of kept) {
      for (const input of node.inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
    }
    const input = this.#slot(network.input);
    const built = new Map<string, Built>();
    for (const [index, node] of kept.entries()) {
      const makers = node.inputs.map((name) => built.get(name));
      const inputs = node.inputs.map((name, i) => this.#reading(makers[i], input, readers.get(name)!));
      const output = this.#slot(facts[index]!.output);
      const needed = makers.some((maker) => maker?.learns === true);
      const layer = ruleOf(node.operator).layer(node.operator, {
        kernels: this.kernels,
        batch,
        node: node.name,
        index,
        inputs,
        output,
        inputGradients: needed ? 'needed' : 'unneeded',
        parameter: (suffix) => byName.get(`${node.name}.${suffix}`)!,
      });
      const learns = needed || facts[index]!.parameters.length > 0;
      built.set(node.name, { node, layer, output, readers: [], learns });
    }
    this.#nodes = [...built.values()];
    const last = this.#nodes.at(-1)!.output;
    this.images = this.kernels.f32(input.values, batch * input.size);
    this.logits = this.kernels.f32(last.values, batch * last.size);
    this.logitGradients = this.kernels.f32(last.gradient, batch * last.size);
  }

  #hold(parameter: NamedParameter, parameters: Parameters): Held {
    const size = elementsOf(parameter.shape);
    const [values, gradient] = [allocateFloats(this.kernels, size), allocateFloats(this.kernels, size)];
    this.kernels.f32(values, size).set(parameters.get(parameter.name)!.data);
    return { ...parameter, size, values, gradient };
  }

  #slot(shape: readonly number[]): Slot {
    const size = elementsOf(shape);
    const floats = this.batch * size;
    const values = allocateFloats(this.kernels, floats);
    return { shape, size, values, gradient: allocateFloats(this.kernels, floats) };
  }

  /** An input as one of its readers sees it: with a gradient of its own where several read it. */
  #reading(maker: Built | undefined, images: Slot, readers: number): Slot {
    if (maker === undefined) return images;
    if (readers === 1) return maker.output;
    const gradient = allocateFloats(this.kernels, this.batch * maker.output.size);
    maker.readers.push(gradient);
    return { ...maker.output, gradient };
  }

  /** Fills `logits` from the first `count` images. */
  forward(count: number, pass: Pass): void {
    for (const { layer } of this.#nodes) layer.forward(count, pass);
  }

  /** From `logitGradients` of the last forward's images to the gradients of all parameters (overwritten). */
  backward(count: number): void {
    const { addFloat32, copyBytes, zeroBytes } = this.kernels.call;
    for (const { gradient, size } of this.held) zeroBytes(gradient, size * 4);
    for (const { layer, output, readers, learns } of this.#nodes.toReversed()) {
      if (!learns) continue;
      readers.forEach((gradient, i) => {
        const n = count * output.size;
        if (i === 0) copyBytes(gradient, output.gradient, n * 4);
        else addFloat32(n, output.gradient, gradient, output.gradient);
      });
      layer.backward(count);
    }
  }

  /** A copy of the parameters as they are now. */
  parameters(): Map<string, Tensor> {
    return new Map(
      this.held.map(({ name, shape, size, values }) => [
        name,
        { shape, data: this.kernels.f32(values, size).slice() },
      ]),
    );
  }
}
