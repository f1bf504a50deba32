/** A network that grows operator by operator of a file: its nodes, their parameters, and which node gives which tensor. */
import { UserError } from '../../errors.js';
import type { Node } from '../network.js';
import type { Operator } from '../operators/registry.js';
import { mostParameters } from '../shapes.js';
import type { Tensor } from '../tensor.js';
import { constantFloats } from './constants.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './model.js';
import { misfitOf, whereOf } from './places.js';
import { ACTIVATIONS } from './schema.js';

export class FloatNodes {
  readonly nodes: Node[] = [];
  readonly parameters = new Map<string, Tensor>();
  /** Names of nodes by the tensor that they give. */
  readonly #names = new Map<number, string>();
  /** What a DEQUANTIZE makes floats of, by the tensor that it gives. */
  readonly #stored = new Map<number, TfliteTensor>();

  #read = 0;

  constructor(readonly model: TfliteModel) {
    for (const { index } of model.inputs) this.#names.set(index, 'input');
  }

  /** Adds the node of an operator, called by `kind` and the operator's number, and gives its name. */
  add(from: TfliteOperator, kind: string, operator: Operator, inputs: readonly string[]): string {
    const name = `${kind}_${from.index}`;
    this.nodes.push({ name, operator, inputs });
    return name;
  }

  /** `name` gives what the operator gives, behind its fused activation where `slot` has one. */
  gives(from: TfliteOperator, name: string, slot?: number): void {
    const activation = ACTIVATIONS[slot === undefined ? 0 : (from.options?.i8(slot) ?? 0)];
    const output = from.outputs[0];
    if (output === undefined) throw this.misfit(from);
    const isFused = activation === 'relu' || activation === 'relu6';
    const last = isFused ? this.add(from, activation, { type: 'activation', activation }, [name]) : name;
    this.#names.set(output.index, last);
  }

  /** The tensor `output` is `stored`, a constant, as floats. */
  dequantizes(output: TfliteTensor, stored: TfliteTensor): void {
    this.#stored.set(output.index, stored);
  }

  /** The node that gives a computed input. Throws UserError where none does. */
  name(from: TfliteOperator, which: number): string {
    const name = this.#names.get(from.inputs[which]?.index ?? -1);
    if (name === undefined) throw this.misfit(from);
    return name;
  }

  /** The node that gives an operator's output; undefined of a constant. */
  given({ outputs }: TfliteOperator): string | undefined {
    return this.#names.get(outputs[0]!.index);
  }

  /** Adds `<node>.weight` and, where the operator has one, `<node>.bias`. Throws UserError where they are no such constants. */
  multiplies(from: TfliteOperator, node: string, weights: Float32Array, shape: Tensor['shape']): void {
    this.parameters.set(`${node}.weight`, { shape, data: weights });
    if (from.inputs[2] === undefined) return;
    this.parameters.set(`${node}.bias`, { shape: [shape[0]!], data: this.constant(from, 2) });
  }

  /** A constant input as floats. Throws UserError where there are too many in all: one constant may stand for many operators. */
  constant(from: TfliteOperator, which: number): Float32Array {
    const tensor = from.inputs[which];
    this.#read += tensor?.shape.reduce((product, extent) => product * extent, 1) ?? 0;
    if (this.#read > mostParameters()) {
      throw new UserError(
        `${whereOf(this.model.source, from)}: with it there are ${this.#read} parameters; at most ${mostParameters()} are allowed (--max-parameters raises it)`,
      );
    }
    const floats = tensor && constantFloats(this.#stored.get(tensor.index) ?? tensor);
    if (floats === undefined) throw this.misfit(from);
    return floats;
  }

  misfit(from: TfliteOperator): UserError {
    return misfitOf(this.model.source, from);
  }
}
