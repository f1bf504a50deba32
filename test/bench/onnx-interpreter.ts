/** The operators of ONNX 1.8 (operator set 13) that the benches write, slowly and by their definitions, in float64. */
import type { OnnxGraph, OnnxNode } from '../../bench/onnx/graph.js';

interface Value {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((size, extent) => size * extent, 1);

/** An element of every index of `dims`, row-major. */
function made(dims: readonly number[], at: (index: readonly number[]) => number): Value {
  const data = new Float64Array(sizeOf(dims));
  const index = dims.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = at(index);
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]!; axis--) index[axis] = 0;
  }
  return { dims, data };
}

function element({ dims, data }: Value, index: readonly number[]): number {
  let at = 0;
  for (let axis = 0; axis < dims.length; axis++) at = at * dims[axis]! + index[axis]!;
  return data[at]!;
}

const listOf = (node: OnnxNode, name: string): readonly number[] =>
  node.attribute.find((attribute) => attribute.name === name)!.ints!;
const numberOf = (node: OnnxNode, name: string): number =>
  node.attribute.find((attribute) => attribute.name === name)!.i!;

/** Calls `tap(y, x, dy, dx)` for what of a window lies inside the image; sizes of the output. */
function windows(node: OnnxNode, [, , height, width]: readonly number[]) {
  const [kernel, strides, pads] = ['kernel_shape', 'strides', 'pads'].map((name) => listOf(node, name));
  const dilations = node.opType === 'Conv' ? listOf(node, 'dilations') : [1, 1];
  const out = [height!, width!].map((extent, axis) => {
    const reach = (kernel![axis]! - 1) * dilations[axis]! + 1;
    return Math.floor((extent + pads![axis]! + pads![axis + 2]! - reach) / strides![axis]!) + 1;
  });
  const each = (oy: number, ox: number, tap: (y: number, x: number, dy: number, dx: number) => void) => {
    for (let dy = 0; dy < kernel![0]!; dy++) {
      for (let dx = 0; dx < kernel![1]!; dx++) {
        const y = oy * strides![0]! + dy * dilations[0]! - pads![0]!;
        const x = ox * strides![1]! + dx * dilations[1]! - pads![1]!;
        if (y >= 0 && y < height! && x >= 0 && x < width!) tap(y, x, dy, dx);
      }
    }
  };
  return { out, each };
}

function convolved(node: OnnxNode, [x, w, bias]: readonly Value[]): Value {
  const { out, each } = windows(node, x!.dims);
  const [filters, perGroup] = w!.dims as [number, number];
  const perFilterGroup = filters / numberOf(node, 'group');
  return made([x!.dims[0]!, filters, ...out], ([n, f, oy, ox]) => {
    let sum = bias!.data[f!]!;
    const first = Math.floor(f! / perFilterGroup) * perGroup;
    each(oy!, ox!, (y, xx, dy, dx) => {
      for (let c = 0; c < perGroup; c++) {
        sum += element(x!, [n!, first + c, y, xx]) * element(w!, [f!, c, dy, dx]);
      }
    });
    return sum;
  });
}

function pooled(node: OnnxNode, [x]: readonly Value[]): Value {
  const { out, each } = windows(node, x!.dims);
  return made([x!.dims[0]!, x!.dims[1]!, ...out], ([n, c, oy, ox]) => {
    const values: number[] = [];
    each(oy!, ox!, (y, xx) => void values.push(element(x!, [n!, c!, y, xx])));
    if (node.opType === 'MaxPool') return Math.max(...values);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

function globalMean([x]: readonly Value[]): Value {
  const [batch, channels, height, width] = x!.dims as [number, number, number, number];
  return made([batch, channels, 1, 1], ([n, c]) => {
    let sum = 0;
    for (let i = 0; i < height * width; i++) {
      sum += element(x!, [n!, c!, Math.floor(i / width), i % width]);
    }
    return sum / (height * width);
  });
}

function joined(parts: readonly Value[]): Value {
  const [batch, , ...rest] = parts[0]!.dims as [number, number, ...number[]];
  const channels = parts.reduce((sum, { dims }) => sum + dims[1]!, 0);
  return made([batch, channels, ...rest], ([n, c, ...at]) => {
    let [part, channel] = [0, c!];
    while (channel >= parts[part]!.dims[1]!) channel -= parts[part++]!.dims[1]!;
    return element(parts[part]!, [n!, channel, ...at]);
  });
}

function padded([x, pads]: readonly Value[]): Value {
  const { dims } = x!;
  const before = (axis: number): number => Number(pads!.data[axis]);
  const out = dims.map((extent, axis) => extent + before(axis) + before(axis + dims.length));
  return made(out, (index) => {
    const inside = index.map((at, axis) => at - before(axis));
    return inside.every((at, axis) => at >= 0 && at < dims[axis]!) ? element(x!, inside) : 0;
  });
}

function computed(node: OnnxNode, inputs: readonly Value[]): Value {
  const [a, b, c] = inputs as [Value, Value, Value];
  const each = (change: (value: number, index: number) => number): Value => ({
    dims: a.dims,
    data: Float64Array.from(a.data, change),
  });
  switch (node.opType) {
    case 'Conv':
      return convolved(node, inputs);
    case 'MaxPool':
    case 'AveragePool':
      return pooled(node, inputs);
    case 'GlobalAveragePool':
      return globalMean(inputs);
    case 'Concat':
      return joined(inputs);
    case 'Pad':
      return padded(inputs);
    case 'Gemm':
      return made([a.dims[0]!, b.dims[0]!], ([m, n]) => {
        let sum = c.data[n!]!;
        for (let k = 0; k < a.dims[1]!; k++) sum += element(a, [m!, k]) * element(b, [n!, k]);
        return sum;
      });
    case 'Add':
      return each((value, i) => value + b.data[i]!);
    case 'Relu':
      return each((value) => Math.max(0, value));
    case 'Clip':
      return each((value) => Math.min(c.data[0]!, Math.max(b.data[0]!, value)));
    case 'Identity':
      return a;
    case 'QuantizeLinear':
      return each((value) => {
        const quotient = value / b.data[0]!;
        const below = Math.floor(quotient);
        const part = quotient - below;
        const code = part > 0.5 || (part === 0.5 && below % 2 !== 0) ? below + 1 : below;
        // of uint8, which is all that is written
        return Math.min(Math.max(code + c.data[0]!, 0), 255);
      });
    case 'DequantizeLinear': {
      // the axis is the first one wherever there is a scale a channel
      const perScale = a.data.length / b.data.length;
      return each(
        (code, i) =>
          (code - (inputs[2]?.data[0] ?? 0)) * b.data[b.data.length === 1 ? 0 : Math.floor(i / perScale)]!,
      );
    }
    case 'Flatten':
      return { dims: [a.dims[0]!, sizeOf(a.dims.slice(1))], data: a.data };
    case 'Transpose': {
      const perm = listOf(node, 'perm');
      const dims = perm.map((axis) => a.dims[axis]!);
      return made(dims, (index) => {
        const from: number[] = [];
        perm.forEach((axis, to) => {
          from[axis] = index[to]!;
        });
        return element(a, from);
      });
    }
    default:
      throw new Error(`no ONNX operator ${node.opType} here`);
  }
}

/** The output of the graph; throws where its shape is not the declared one, or a name is not made before it is read. */
export function runOnnx(graph: OnnxGraph, input: Float32Array): Value {
  const values = new Map<string, Value>([[graph.input.name, { dims: graph.input.dims, data: input }]]);
  for (const { name, dims, data } of graph.initializers) {
    if (values.has(name) || data.length !== sizeOf(dims)) throw new Error(`constant ${name} is unsound`);
    values.set(name, { dims, data: Float64Array.from(data as Iterable<number | bigint>, Number) });
  }
  for (const node of graph.nodes) {
    const inputs = node.input.map((name) => values.get(name));
    if (inputs.includes(undefined)) throw new Error(`${node.name} reads what is not there`);
    if (values.has(node.output[0]!)) throw new Error(`${node.output[0]} is made twice`);
    values.set(node.output[0]!, computed(node, inputs as Value[]));
  }
  const output = values.get(graph.output.name)!;
  if (output.dims.join() !== graph.output.dims.join()) throw new Error(`output [${output.dims.join()}]`);
  return output;
}
