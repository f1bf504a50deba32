/** Nodes one after another, as the networks of the zoo are written: each reads the one before it unless it says otherwise. */
import { UserError } from '../../errors.js';
import type { Network, Node } from '../network.js';
import type { Operator } from '../operators/registry.js';
import type { Shape } from '../tensor.js';

type Conv2d = Extract<Operator, { type: 'conv2d' }>;
type Padding = 'same' | 'valid';

export const RELU: Operator = { type: 'activation', activation: 'relu' };
export const RELU6: Operator = { type: 'activation', activation: 'relu6' };
export const NORM: Operator = { type: 'batch-norm', epsilon: 1e-5, momentum: 0.1 };
export const FLATTEN: Operator = { type: 'flatten' };
export const CONCAT: Operator = { type: 'concat' };
export const GLOBAL_MEAN: Operator = { type: 'global-pool', pooling: 'average' };

/** A square convolution; before a batch-norm it needs no bias. */
export function conv(filters: number, kernel: number, changes: Partial<Conv2d> = {}): Conv2d {
  const square = [kernel, kernel] as const;
  const rest = { stride: [1, 1], padding: 'same', dilation: [1, 1], groups: 1, bias: 'bias' } as const;
  return { type: 'conv2d', filters, kernel: square, ...rest, ...changes };
}

/** 2 × 2 pixels to one. */
export function halve(pooling: 'max' | 'average', padding: Padding): Operator {
  return { type: 'pool', pooling, kernel: [2, 2], stride: [2, 2], padding };
}

export const dense = (units: number): Operator => ({ type: 'dense', units, bias: 'bias' });
export const dropout = (rate: number): Operator => ({ type: 'dropout', rate });

export class Nodes {
  readonly #nodes: Node[] = [];
  #last = 'input';

  /** Adds a node and gives its name. */
  add(name: string, operator: Operator, inputs: readonly string[] = [this.#last]): string {
    this.#nodes.push({ name, inputs, operator });
    this.#last = name;
    return name;
  }

  /** A convolution without bias, its batch-norm and its activation: `conv<place>`, `norm<place>`, `relu<place>`. */
  convNormRelu(place: string, convolution: Conv2d, activation: Operator = RELU): string {
    this.add(`conv${place}`, { ...convolution, bias: 'no-bias' });
    this.add(`norm${place}`, NORM);
    return this.add(`relu${place}`, activation);
  }

  network(name: string, input: Shape, classes: number): Network {
    return { name, input, classes, nodes: this.#nodes };
  }
}

/** Throws UserError unless `input` is an image of at least `least` × `least` pixels. */
export function requireImage(name: string, input: Shape, least: number): void {
  if (input.length === 3 && input[0]! >= least && input[1]! >= least) return;
  throw new UserError(
    `${name}: it needs images [height, width, channels] of at least ${least} × ${least}, got [${input.join(', ')}]; use mlp4`,
  );
}
