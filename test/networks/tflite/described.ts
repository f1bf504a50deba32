/** TensorFlow Lite models described in a line an operator, as if they had been read of a file. */
import { Stream } from '../../../arithmetic/philox.js';
import type { Table } from '../../../networks/tflite/flatbuffer.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../../networks/tflite/model.js';

export class Described {
  readonly tensors: TfliteTensor[] = [];
  readonly operators: TfliteOperator[] = [];
  readonly input: TfliteTensor;
  readonly #words = new Stream(7, 'weights', 0);

  constructor(shape: readonly number[]) {
    this.input = this.tensor(shape, 'float32');
  }

  tensor(shape: readonly number[], type: string, data?: ArrayBuffer): TfliteTensor {
    const index = this.tensors.length;
    const known = { index, name: `t${index}`, shape, type, scales: [], zeroPoints: [], axis: 0 };
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
    type = 'float32',
  ): TfliteTensor {
    const field = (slot: number, otherwise = 0): number => options[slot] ?? otherwise;
    const table = { i8: field, i32: field, f32: field } as unknown as Table;
    const output = this.tensor(shape, type);
    this.operators.push({ index: this.operators.length, name, inputs, outputs: [output], options: table });
    return output;
  }

  model(): TfliteModel {
    const { tensors, operators, input } = this;
    return {
      source: 'some/my net.tflite',
      tensors,
      operators,
      inputs: [input],
      outputs: [operators.at(-1)!.outputs[0]!],
    };
  }
}
