/**
 * A network is data: a list of nodes, each an operator with its attributes and the names of its inputs, and
 * parameters beside it by name. Shapes are per image, channels last: [height, width, channels],
 * [length, channels] or [features].
 */
export type Shape = readonly number[];

export type Padding = 'valid' | 'same';
export type BiasChoice = 'bias' | 'no-bias';
export type Activation = 'identity' | 'relu' | 'relu6';

export type Operator =
  | { readonly type: 'dense'; readonly units: number; readonly bias: BiasChoice }
  | {
      readonly type: 'conv2d';
      readonly filters: number;
      readonly kernel: readonly [number, number];
      readonly stride: readonly [number, number];
      readonly padding: Padding;
      readonly dilation: readonly [number, number];
      readonly groups: number;
      readonly bias: BiasChoice;
    }
  | {
      readonly type: 'conv1d';
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
      readonly padding: Padding;
      readonly dilation: number;
      readonly groups: number;
      readonly bias: BiasChoice;
    }
  | {
      readonly type: 'pool';
      readonly pooling: 'max' | 'average';
      readonly kernel: readonly [number, number];
      readonly stride: readonly [number, number];
      readonly padding: Padding;
    }
  | { readonly type: 'activation'; readonly activation: 'relu' | 'relu6' }
  | { readonly type: 'batch-norm'; readonly epsilon: number; readonly momentum: number }
  | { readonly type: 'flatten' }
  | { readonly type: 'dropout'; readonly rate: number }
  | { readonly type: 'add' }
  | { readonly type: 'softmax' };

export type OperatorType = Operator['type'];

export interface Node {
  readonly name: string;
  readonly operator: Operator;
  /** Names of earlier nodes, or `input`. */
  readonly inputs: readonly string[];
}

/** Nodes stand in an order in which every input comes first; the last one is the output. */
export interface Network {
  readonly name: string;
  readonly input: Shape;
  readonly classes: number;
  readonly nodes: readonly Node[];
}

export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/**
 * By name: `<node>.weight` [out, kh·kw·in/groups], `<node>.bias` [out]; batch-norm `<node>.gamma`, `.beta`,
 * `.mean`, `.variance` [channels].
 */
export type Parameters = ReadonlyMap<string, Tensor>;
