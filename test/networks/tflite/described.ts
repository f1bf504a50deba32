/** TensorFlow Lite models described in a line an operator, as if they had been read of a file. */
import { Stream } from '../../../arithmetic/philox.js';
import type { Table } from '../../../networks/tflite/flatbuffer.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../../networks/tflite/model.js';

/** How reals are stored. */
export interface Codes {
  readonly type: string;
  readonly scale: number;
  readonly zeroPoint: number;
}

export class Described {
  readonly tensors: TfliteTensor[] = [];
  readonly operators: TfliteOperator[] = [];
  readonly input: TfliteTensor;
  readonly #words = new Stream(7, 'weights', 0);

  /** Codes where a scale and a zero point are given, else floats. */
  constructor(shape: readonly number[], codes?: Codes) {
    this.input = this.tensor(shape, codes?.type ?? 'float32', undefined, codes);
  }

  tensor(shape: readonly number[], type: string, data?: ArrayBuffer, codes?: Codes): TfliteTensor {
    const index = this.tensors.length;
    const scales = codes === undefined ? [] : [codes.scale];
    const zeroPoints = codes === undefined ? [] : [codes.zeroPoint];
    const known = { index, name: `t${index}`, shape, type, scales, zeroPoints, axis: 0 };
    const tensor = {
      ...known,
      data: data === undefined ? undefined : new Uint8Array(data),
      isVariable: false,
    };
    this.tensors.push(tensor);
    return tensor;
  }

  /** Constants uniform in ±1. */
  weights(...shape: number[]): TfliteTensor {
    const length = shape.reduce((product, extent) => product * extent, 1);
    const values = Float32Array.from({ length }, () => 2 * this.#words.uniform() - 1);
    return this.tensor(shape, 'float32', values.buffer);
  }

  integers(shape: readonly number[], values: readonly number[]): TfliteTensor {
    return this.tensor(shape, 'int32', Int32Array.from(values).buffer);
  }

  /** `options` by slot. */
  add(
    name: string,
    inputs: readonly (TfliteTensor | undefined)[],
    shape: readonly number[],
    options: Readonly<Record<number, number>> = {},
    codes?: Codes,
  ): TfliteTensor {
    const [output] = this.addSeveral(name, inputs, [shape], options, codes);
    return output!;
  }

  addSeveral(
    name: string,
    inputs: readonly (TfliteTensor | undefined)[],
    shapes: readonly (readonly number[])[],
    options: Readonly<Record<number, number>> = {},
    codes?: Codes,
  ): TfliteTensor[] {
    const field = (slot: number, otherwise = 0): number => options[slot] ?? otherwise;
    const table = { i8: field, i32: field, f32: field } as unknown as Table;
    const outputs = shapes.map((shape) => this.tensor(shape, codes?.type ?? 'float32', undefined, codes));
    this.operators.push({ index: this.operators.length, name, inputs, outputs, options: table });
    return outputs;
  }

  model(): TfliteModel {
    const { tensors, operators, input } = this;
    return {
      source: 'some/my net.tflite',
      tensors,
      operators,
      inputs: [input],
      outputs: operators.at(-1)!.outputs,
    };
  }
}
