/** A model of every operator that is read, with codes of a seed. */
import {
  BINARY,
  CONCATENATION,
  CONV,
  DEPTHWISE,
  FULLY_CONNECTED,
  POOL,
  REDUCER,
  SOFTMAX,
} from '../../../networks/tflite/schema.js';
import { Random } from '../integer/random-graph.js';
import type { Written, WrittenTensor } from './write-tflite.js';

const NONE = 0;
const RELU = 1;
const RELU6 = 3;
const SAME = 0;
const VALID = 1;

/** Every operator, from floats and back, in one chain with a branch. */
export function everyOperator(type: 'int8' | 'uint8' = 'int8'): Written {
  const random = new Random(71);
  const isOld = type === 'uint8';
  const codes = (n: number): Int8Array | Uint8Array => {
    const list = Array.from({ length: n }, () => random.code(type));
    return isOld ? Uint8Array.from(list) : Int8Array.from(list);
  };
  const least = isOld ? 0 : -128;
  const tensor = (shape: number[], scale: number, zeroPoint = least + 8): WrittenTensor => ({
    shape,
    type,
    scales: [Math.fround(scale)],
    zeroPoints: [zeroPoint],
  });
  const weights = (shape: number[], channels: number): WrittenTensor => ({
    shape,
    type,
    scales: Array.from({ length: isOld ? 1 : channels }, () => random.scale(0.01)),
    zeroPoints: new Array<number>(isOld ? 1 : channels).fill(isOld ? 121 : 0),
    data: codes(shape.reduce((product, extent) => product * extent, 1)),
  });
  const bias = (n: number): WrittenTensor => ({
    shape: [n],
    type: 'int32',
    data: Int32Array.from({ length: n }, () => random.whole(-500, 500)),
  });
  const image = [1, 4, 4, 4];
  const tensors: WrittenTensor[] = [
    { shape: [1, 6, 5, 3], type: 'float32' },
    tensor([1, 6, 5, 3], 0.02),
    weights([4, 3, 2, 3], 4),
    bias(4),
    tensor(image, 0.05),
    weights([1, 3, 3, 4], 4),
    bias(4),
    tensor(image, 0.06),
    tensor(image, 0.08),
    tensor(image, 0.11),
    tensor([1, 2, 2, 4], 0.11),
    tensor([1, 2, 2, 4], 0.11),
    tensor([1, 2, 2, 8], 0.11),
    tensor([1, 32], 0.11),
    weights([5, 32], 1),
    tensor([1, 5], 0.2),
    tensor([1, 5], 1 / 256, least),
    { shape: [1, 5], type: 'float32' },
  ];
  tensors[14] = { ...tensors[14]!, scales: [random.scale(0.01)], zeroPoints: [isOld ? 121 : 0] };
  const slide = (slots: typeof CONV | typeof DEPTHWISE, padding: number, activation: number) =>
    [
      [slots.padding, 'i8', padding],
      [slots.strideWidth, 'i32', 1],
      [slots.strideHeight, 'i32', 1],
      [slots.dilationWidth, 'i32', 1],
      [slots.dilationHeight, 'i32', 1],
      [slots.activation, 'i8', activation],
    ] as const;
  const pool = [
    [POOL.padding, 'i8', VALID],
    [POOL.strideWidth, 'i32', 2],
    [POOL.strideHeight, 'i32', 2],
    [POOL.filterWidth, 'i32', 2],
    [POOL.filterHeight, 'i32', 2],
  ] as const;
  return {
    tensors,
    operators: [
      { name: 'QUANTIZE', inputs: [0], outputs: [1] },
      { name: 'CONV_2D', inputs: [1, 2, 3], outputs: [4], options: slide(CONV, VALID, RELU) },
      { name: 'DEPTHWISE_CONV_2D', inputs: [4, 5, 6], outputs: [7], options: slide(DEPTHWISE, SAME, NONE) },
      { name: 'ADD', inputs: [4, 7], outputs: [8], options: [[BINARY.activation, 'i8', RELU6]] },
      { name: 'MUL', inputs: [7, 8], outputs: [9], options: [[BINARY.activation, 'i8', NONE]] },
      { name: 'MAX_POOL_2D', inputs: [9], outputs: [10], options: pool },
      { name: 'AVERAGE_POOL_2D', inputs: [9], outputs: [11], options: pool },
      { name: 'CONCATENATION', inputs: [10, 11], outputs: [12], options: [[CONCATENATION.axis, 'i32', -1]] },
      { name: 'RESHAPE', inputs: [12], outputs: [13] },
      {
        name: 'FULLY_CONNECTED',
        inputs: [13, 14],
        outputs: [15],
        options: [[FULLY_CONNECTED.activation, 'i8', NONE]],
      },
      { name: 'SOFTMAX', inputs: [15], outputs: [16], options: [[SOFTMAX.beta, 'f32', 1]] },
      { name: 'DEQUANTIZE', inputs: [16], outputs: [17] },
    ],
    inputs: [0],
    outputs: [17],
  };
}

/** The operators that move codes or take their mean. */
export function movingOperators(): Written {
  const codes = (shape: number[]): WrittenTensor => ({
    shape,
    type: 'int8',
    scales: [0.125],
    zeroPoints: [-5],
  });
  const list = (values: number[], shape = [values.length]): WrittenTensor => ({
    shape,
    type: 'int32',
    data: Int32Array.from(values),
  });
  return {
    tensors: [
      codes([1, 3, 4, 6]),
      list([0, 0, 1, 2, 0, 1, 0, 0], [4, 2]),
      codes([1, 6, 5, 6]),
      list([3], []),
      codes([1, 6, 5, 3]),
      codes([1, 6, 5, 3]),
      codes([1, 6, 5, 3]),
      list([9, 8]),
      codes([1, 9, 8, 3]),
      list([1, 2]),
      codes([1, 3]),
    ],
    operators: [
      { name: 'PAD', inputs: [0, 1], outputs: [2] },
      { name: 'SPLIT', inputs: [3, 2], outputs: [4, 5] },
      { name: 'RELU', inputs: [4], outputs: [6] },
      { name: 'RESIZE_NEAREST_NEIGHBOR', inputs: [6, 7], outputs: [8] },
      { name: 'MEAN', inputs: [8, 9], outputs: [10], options: [[REDUCER.keepDimensions, 'i8', 0]] },
    ],
    inputs: [0],
    outputs: [10, 5],
  };
}

/** Floats alone. */
export function floatModel(): Written {
  const random = new Random(72);
  const floats = (shape: number[]): WrittenTensor => ({
    shape,
    type: 'float32',
    data: Float32Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, () =>
      random.scale(0.2),
    ),
  });
  const tensor = (...shape: number[]): WrittenTensor => ({ shape, type: 'float32' });
  const slide = [
    [CONV.padding, 'i8', SAME],
    [CONV.strideWidth, 'i32', 1],
    [CONV.strideHeight, 'i32', 1],
    [CONV.activation, 'i8', RELU],
    [CONV.dilationWidth, 'i32', 1],
    [CONV.dilationHeight, 'i32', 1],
  ] as const;
  return {
    tensors: [
      tensor(1, 4, 5, 2),
      floats([3, 3, 2, 2]),
      floats([3]),
      tensor(1, 4, 5, 3),
      tensor(1, 4, 5, 3),
      tensor(1, 60),
      floats([4, 60]),
      tensor(1, 4),
      tensor(1, 4),
    ],
    operators: [
      { name: 'CONV_2D', inputs: [0, 1, 2], outputs: [3], options: slide },
      { name: 'ADD', inputs: [3, 3], outputs: [4], options: [[BINARY.activation, 'i8', RELU6]] },
      { name: 'RESHAPE', inputs: [4], outputs: [5] },
      { name: 'FULLY_CONNECTED', inputs: [5, 6], outputs: [7] },
      { name: 'SOFTMAX', inputs: [7], outputs: [8], options: [[SOFTMAX.beta, 'f32', 1]] },
    ],
    inputs: [0],
    outputs: [8],
  };
}

/** The same with one tensor, or one operator, changed. */
export function withTensor(model: Written, at: number, change: Partial<WrittenTensor>): Written {
  return {
    ...model,
    tensors: model.tensors.map((tensor, i) => (i === at ? { ...tensor, ...change } : tensor)),
  };
}
export function withOperator(
  model: Written,
  at: number,
  change: Partial<Written['operators'][number]>,
): Written {
  const operators = model.operators.map((operator, i) => (i === at ? { ...operator, ...change } : operator));
  return { ...model, operators };
}
