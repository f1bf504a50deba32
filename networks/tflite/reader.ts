/** What every operator's reader needs of a file: the tensors that are computed, shapes, options, and complaints with places. */
import { UserError } from '../../errors.js';
import { roundAway } from '../integer/fixed-point.js';
import { type Clamp, INTEGER_TYPES, type IntegerTensor, type IntegerType } from '../integer/graph.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './model.js';
import { misfitOf, nameOf, whereOf } from './places.js';
import { ACTIVATIONS } from './schema.js';

export class Reader {
  /** The tensors that are computed, and the inputs. */
  readonly tensors: IntegerTensor[] = [];
  readonly #places = new Map<number, number>();

  /**
   * Throws UserError for tensors of a batch that is not one, and for integer ones without one positive scale and a zero point that
   * their type has.
   */
  constructor(private readonly model: TfliteModel) {
    const computed = model.operators.flatMap(({ outputs }) => outputs);
    for (const tensor of [...model.inputs, ...computed]) this.#add(tensor);
  }

  /** Index of a tensor that is computed. */
  place(tensor: TfliteTensor): number {
    const place = this.#places.get(tensor.index);
    if (place !== undefined) return place;
    throw new UserError(
      `${this.model.source}: tensor ${tensor.index} (${tensor.name}) is computed by no operator before it`,
    );
  }

  tensorOf(tensor: TfliteTensor): IntegerTensor {
    return this.tensors[this.place(tensor)]!;
  }

  input(operator: TfliteOperator, which: number): TfliteTensor {
    const input = operator.inputs[which];
    if (input !== undefined) return input;
    throw new UserError(`${this.where(operator)}: it lacks input ${which}`);
  }

  output(operator: TfliteOperator): number {
    return this.place(this.sole(operator));
  }

  /** The one output. */
  sole(operator: TfliteOperator): TfliteTensor {
    if (operator.outputs.length === 1) return operator.outputs[0]!;
    throw new UserError(`${this.where(operator)}: it has ${operator.outputs.length} outputs; one is read`);
  }

  /** The shape, of the rank that is wanted. */
  extents(operator: TfliteOperator, { shape }: TfliteTensor, rank: number): readonly number[] {
    if (shape.length === rank) return shape;
    throw this.misfit(operator);
  }

  /** [height, width, channels] of a batch of one. */
  image(operator: TfliteOperator, { shape }: TfliteTensor): readonly [number, number, number] {
    if (shape.length !== 4 || shape[0] !== 1) throw this.misfit(operator);
    return [shape[1]!, shape[2]!, shape[3]!];
  }

  /** The codes of constant weights, as they are stored. */
  weights(operator: TfliteOperator, { data, type, shape, index }: TfliteTensor): Int8Array | Uint8Array {
    const elements = shape.reduce((product, extent) => product * extent, 1);
    if (data?.length !== elements || (type !== 'int8' && type !== 'uint8')) {
      throw new UserError(
        `${this.where(operator)}: its weights, tensor ${index}, are no ${elements} constant int8 or uint8`,
      );
    }
    const bytes = data.slice();
    return type === 'int8' ? new Int8Array(bytes.buffer) : bytes;
  }

  /** The codes that a fused activation leaves; `slot` is where the options say which. */
  clamp(operator: TfliteOperator, slot: number): Clamp {
    const number = operator.options?.i8(slot) ?? 0;
    return this.clampTo(operator, ACTIVATIONS[number] ?? `${number}`);
  }

  /** The codes that an activation leaves. */
  clampTo(operator: TfliteOperator, activation: string): Clamp {
    const { type, scale, zeroPoint } = this.tensors[this.output(operator)]!;
    if (type === 'float32') throw this.floats(operator);
    const [least, most] = INTEGER_TYPES[type];
    const code = (real: number): number => zeroPoint + roundAway(Math.fround(real / scale));
    switch (activation) {
      case 'none':
        return { least, most };
      case 'relu':
        return { least: Math.max(least, code(0)), most };
      case 'relu6':
        return { least: Math.max(least, code(0)), most: Math.min(most, code(6)) };
      case 'relu-n1-to-1':
        return { least: Math.max(least, code(-1)), most: Math.min(most, code(1)) };
      default:
        throw new UserError(`${this.where(operator)}: its activation ${activation} is not supported`);
    }
  }

  name(operator: TfliteOperator): string {
    return nameOf(operator);
  }

  where(operator: TfliteOperator): string {
    return whereOf(this.model.source, operator);
  }

  misfit(operator: TfliteOperator): UserError {
    return misfitOf(this.model.source, operator);
  }

  floats(operator: TfliteOperator): UserError {
    return new UserError(
      `${this.where(operator)}: it mixes float and integer tensors, which is not supported`,
    );
  }

  #add(tensor: TfliteTensor): void {
    if (this.#places.has(tensor.index)) return;
    this.#checkBatch(tensor);
    const shape = tensor.shape.slice(1);
    const size = shape.reduce((product, extent) => product * extent, 1);
    const type = tensor.type as IntegerTensor['type'];
    const [scale = 0] = tensor.scales;
    const [zeroPoint = 0] = tensor.zeroPoints;
    if (type !== 'float32') this.#check(tensor, INTEGER_TYPES[type as IntegerType]);
    this.#places.set(tensor.index, this.tensors.length);
    this.tensors.push({ name: tensor.name, shape, size, type, scale, zeroPoint });
  }

  /** Sizes are those of one record: what is behind the first extent. */
  #checkBatch({ index, name, shape }: TfliteTensor): void {
    if ((shape[0] ?? 1) === 1) return;
    throw new UserError(
      `${this.model.source}: tensor ${index} (${name}) has shape [${shape.join(', ')}]; a first extent of 1 is read`,
    );
  }

  #check({ index, name, scales, zeroPoints }: TfliteTensor, [least, most]: readonly [number, number]): void {
    const [scale = 0] = scales;
    const [zeroPoint = 0] = zeroPoints;
    const isPositive = scale > 0 && Number.isFinite(scale);
    if (scales.length === 1 && isPositive && zeroPoint >= least && zeroPoint <= most) return;
    throw new UserError(
      `${this.model.source}: tensor ${index} (${name}) has ${scales.length} scales, the first ${scale}, and zero point ${zeroPoint}; one positive scale and a zero point from ${least} to ${most} are read`,
    );
  }
}
