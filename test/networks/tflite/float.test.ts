import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { inferAll, openInference } from '../../../networks/files/inference.js';
import { loadModel } from '../../../networks/files/model.js';
import { lower } from '../../../networks/lower.js';
import { floatNetwork, isFloatModel } from '../../../networks/tflite/float.js';
import { parseTflite, type TfliteModel } from '../../../networks/tflite/model.js';
import { Described } from './described.js';
import { byDefinition } from './float-by-definition.js';

/** Sums of some hundred float32 products of values around 1, through some twenty layers. */
const CLOSE = 1e-4;

function randomRecord(size: number, seed: number): Float32Array {
  const words = new Stream(seed, 'weights', 1);
  return Float32Array.from({ length: size }, () => 2 * words.uniform() - 1);
}

/** The largest difference of the logits from those by definition, by the largest of these. */
function differenceOf(model: TfliteModel, seed: number): number {
  const { network, parameters } = floatNetwork(model);
  const program = lower(network, parameters);
  const plan = compileFloat(program, { batch: 1 });
  const record = randomRecord(program.edges[program.input]!.size, seed);
  plan.run(record, 1);
  const got = plan.edgeValues(program.output, 1);
  const last = model.operators.at(-1)!;
  const tensor = last.name === 'SOFTMAX' ? last.inputs[0]! : last.outputs[0]!;
  const wanted = byDefinition(model, [...record]).get(tensor.index)!;
  expect(got).toHaveLength(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  return Math.max(...wanted.map((value, i) => Math.abs(value - got[i]!))) / largest;
}

/** Every operator that is read, SAME and VALID, strides, dilations and groups. */
function everything(): Described {
  const net = new Described([1, 11, 9, 4]);
  const { input } = net;
  const one = net.add('CONV_2D', [input, net.weights(6, 3, 2, 4), net.weights(6)], [1, 6, 5, 6], {
    1: 2,
    2: 2,
    3: 1,
    4: 2,
  });
  const two = net.add('CONV_2D', [input, net.weights(6, 3, 3, 2)], [1, 6, 5, 6], { 1: 2, 2: 2 });
  const both = net.add('ADD', [one, two], [1, 6, 5, 6], { 0: 3 });
  const third = net.weights(1, 3, 3, 12);
  const deep = net.add('DEPTHWISE_CONV_2D', [both, third, net.weights(12)], [1, 6, 5, 12], {
    1: 1,
    2: 1,
    4: 3,
    5: 2,
    6: 1,
  });
  const padded = net.add('PAD', [deep, net.integers([4, 2], [0, 0, 1, 2, 0, 3, 0, 0])], [1, 9, 8, 12]);
  const cut = net.add('CONV_2D', [padded, net.weights(5, 2, 2, 12)], [1, 4, 4, 5], { 0: 1, 1: 2, 2: 2 });
  const bent = net.add('RELU', [cut], [1, 4, 4, 5]);
  const capped = net.add('RELU6', [cut], [1, 4, 4, 5]);
  const joined = net.add('CONCATENATION', [bent, capped], [1, 4, 4, 10], { 0: 3 });
  const most = net.add('MAX_POOL_2D', [joined], [1, 2, 2, 10], { 1: 3, 2: 3, 3: 3, 4: 3 });
  const kept = net.add('MEAN', [most, net.integers([2], [1, 2])], [1, 1, 1, 10], { 0: 1 });
  const wide = net.add('CONV_2D', [kept, net.weights(8, 1, 1, 10)], [1, 1, 1, 8], { 1: 1, 2: 1 });
  const flat = net.add('RESHAPE', [wide], [1, 8]);
  const hidden = net.add('FULLY_CONNECTED', [flat, net.weights(7, 8), net.weights(7)], [1, 7], { 0: 1 });
  net.add('FULLY_CONNECTED', [hidden, net.weights(3, 7)], [1, 3]);
  return net;
}

describe('a float file as a network', () => {
  it('gives what its operators are defined to give', () => {
    for (const seed of [1, 2, 3, 4]) expect(differenceOf(everything().model(), seed)).toBeLessThan(CLOSE);
  });

  it('calls nodes by what they do and their place in the file, fused activations by nodes of their own', () => {
    const { network } = floatNetwork(everything().model());
    expect(network.name).toBe('my_net');
    expect([network.input, network.classes]).toEqual([[11, 9, 4], 3]);
    expect(network.nodes.map(({ name }) => name).join(' ')).toBe(
      'conv_0 relu_0 conv_1 add_2 relu6_2 depthwise_3 relu6_3 pad_4 conv_5 relu_6 relu6_7 concat_8 pool_9 mean_10 conv_11 flatten_12 dense_13 relu_13 dense_14',
    );
  });

  it('takes a mean without its axes, a pool over the whole image, and a dense layer on an image', () => {
    for (const name of ['MEAN', 'AVERAGE_POOL_2D', 'RESHAPE']) {
      const net = new Described([1, 3, 5, 2]);
      const { input } = net;
      const axes = net.integers([2], [-2, 1]);
      const flat =
        name === 'MEAN'
          ? net.add(name, [input, axes], [1, 2])
          : name === 'RESHAPE'
            ? net.add('RELU', [input], [1, 3, 5, 2])
            : net.add(name, [input], [1, 1, 1, 2], { 0: 1, 1: 1, 2: 1, 3: 5, 4: 3 });
      net.add('FULLY_CONNECTED', [flat, net.weights(4, name === 'RESHAPE' ? 30 : 2)], [1, 4]);
      expect(differenceOf(net.model(), 5), name).toBeLessThan(CLOSE);
    }
  });

  it('takes the shape that a reshape gives the input', () => {
    const net = new Described([1, 24]);
    const image = net.add('RESHAPE', [net.input], [1, 4, 3, 2]);
    const seen = net.add('CONV_2D', [image, net.weights(2, 3, 3, 2)], [1, 4, 3, 2], { 1: 1, 2: 1 });
    net.add('FULLY_CONNECTED', [seen, net.weights(2, 24)], [1, 2]);
    expect(floatNetwork(net.model()).network.input).toEqual([4, 3, 2]);
    expect(differenceOf(net.model(), 6)).toBeLessThan(CLOSE);
  });

  it('reads float16 weights through DEQUANTIZE, subnormals too', () => {
    const net = new Described([1, 4]);
    // 1, -2, 2^-24, 65504
    const stored = net.tensor([1, 4], 'float16', Uint16Array.of(0x3c00, 0xc000, 1, 0x7bff).buffer);
    const weights = net.add('DEQUANTIZE', [stored], [1, 4]);
    net.add('FULLY_CONNECTED', [net.input, weights], [1, 1]);
    const { parameters } = floatNetwork(net.model());
    expect([...parameters.get('dense_1.weight')!.data]).toEqual([1, -2, 2 ** -24, 65504]);
  });
});

describe('what is no float network', () => {
  it('is told all at once, each with its places', () => {
    const net = new Described([1, 4, 4, 2]);
    const shape = [1, 4, 4, 2];
    const one = net.add('LOGISTIC', [net.input], shape);
    const two = net.add('CUSTOM MyOwn', [one], shape);
    const three = net.add('ADD', [two, net.weights(...shape)], shape, { 0: 4 });
    const four = net.add('CONCATENATION', [three, two], [1, 8, 4, 2], { 0: 1 });
    const five = net.add('RESHAPE', [four], [1, 4, 8, 2]);
    const six = net.add('SOFTMAX', [five], [1, 4, 8, 2], { 0: 1 });
    const seven = net.add('LOGISTIC', [six], [1, 4, 8, 2]);
    net.add('MEAN', [seven, net.integers([1], [3])], [1, 4, 8]);
    expect(() => floatNetwork(net.model())).toThrow(
      /^some\/my net\.tflite has what is not supported: LOGISTIC \(operator 0, 6\); CUSTOM MyOwn \(operator 1\); ADD of a constant \(operator 2\); fused activation tanh \(operator 2\); CONCATENATION along axis 1 of 4 \(operator 3\); RESHAPE to \[1, 4, 8, 2\] \(operator 4\); SOFTMAX before the last operator \(operator 5\); MEAN over axes 3 \(operator 7\); supported are /,
    );
  });

  it('a file of float activations and integer weights is named as of dynamic range', () => {
    const net = new Described([1, 4]);
    const weights = net.tensor([2, 4], 'int8', new ArrayBuffer(8));
    net.add('FULLY_CONNECTED', [net.input, weights], [1, 2]);
    expect(isFloatModel(net.model())).toBe(true);
    expect(() => floatNetwork(net.model())).toThrow(
      /dynamic-range file: activations are float32, the weights of 1 operators are int8 \(the first: operator 0 FULLY_CONNECTED\)/,
    );
  });

  it('shapes that do not fit are told with the operator', () => {
    const net = new Described([1, 8, 8, 2]);
    net.add('CONV_2D', [net.input, net.weights(3, 3, 3, 2)], [1, 4, 16, 3], { 1: 1, 2: 1 });
    expect(() => floatNetwork(net.model())).toThrow(
      /operator 0 CONV_2D: its shapes \[1, 8, 8, 2\].* do not fit/,
    );
    const short = new Described([1, 8]);
    short.add('FULLY_CONNECTED', [short.input, short.tensor([4, 8], 'float32', new ArrayBuffer(12))], [1, 4]);
    expect(() => floatNetwork(short.model())).toThrow(/operator 0 FULLY_CONNECTED: its shapes/);
  });

  it('weights that are not finite are refused', () => {
    const net = new Described([1, 1]);
    net.add(
      'FULLY_CONNECTED',
      [net.input, net.tensor([1, 1], 'float32', Float32Array.of(Number.NaN).buffer)],
      [1, 1],
    );
    expect(() => floatNetwork(net.model())).toThrow(/dense_0\.weight: element 0 is NaN/);
  });
});

const { CHEETAH_MODELS: models = '', CHEETAH_DATA: data = '' } = process.env;
const path = (...parts: string[]): string => join(models, ...parts);
const absent = models === '' || !existsSync(path('mlperf-tiny', 'ic_resnet8_float.tflite'));

describe.skipIf(absent)('published float files (skipped: set CHEETAH_MODELS to a folder with them)', () => {
  it.each([
    ['mlperf-tiny', 'vww_mobilenet_float.tflite'],
    ['mlperf-tiny', 'ic_resnet8_float.tflite'],
    ['tflite-micro', 'hello_world_float.tflite'],
  ])('%s/%s gives what its operators are defined to give', (folder, name) => {
    expect(differenceOf(parseTflite(readFileSync(path(folder, name)), name), 8)).toBeLessThan(CLOSE);
  });

  it.each(['ad_toycar_dynrange', 'kws_dscnn_float'])('%s is a dynamic-range file', async (name) => {
    await expect(loadModel(path('mlperf-tiny', `${name}.tflite`))).rejects.toThrow(/is a dynamic-range file/);
  });

  it.skipIf(data === '')(
    'ic_resnet8_float has the classes and, within 4e-6, the outputs of TensorFlow Lite Micro and of XNNPACK (needs CHEETAH_DATA)',
    async () => {
      const inference = await openInference(path('mlperf-tiny', 'ic_resnet8_float.tflite'), 'gemmlowp');
      const images = gunzipSync(readFileSync(join(data, 'cifar-10', 'test_batch.bin.gz')));
      const count = 1000;
      const records = new Float32Array(count * 3072);
      for (let i = 0; i < records.length; i++) {
        const [image, pixel, channel] = [Math.floor(i / 3072), Math.floor((i % 3072) / 3), i % 3];
        records[i] = images[image * 3073 + 1 + channel * 1024 + pixel]!;
      }
      const outputs = new Float32Array(inferAll(inference, new Uint8Array(records.buffer)).buffer);
      const classes = [...readFileSync(path('golden', 'ic_resnet8_float', 'cifar10.predictions.bin'))];
      const ours = Array.from({ length: count }, (_, i) => {
        const row = outputs.subarray(10 * i, 10 * i + 10);
        return row.indexOf(Math.max(...row));
      });
      expect(ours).toEqual(classes.slice(0, count));
      const micro = readFileSync(path('golden', 'ic_resnet8_float', 'cifar10.first200.outputs.f32.bin'));
      const packed = readFileSync(path('golden', 'other-runtimes', 'ic_resnet8_float.xnnpack-wasm.bin.gz'));
      for (const [bytes, images] of [
        [micro, 200],
        [gunzipSync(packed), count],
      ] as const) {
        const wanted = new Float32Array(new Uint8Array(bytes).buffer, 0, 10 * images);
        const off = wanted.map((value, i) => Math.abs(value - outputs[i]!));
        expect(Math.max(...off)).toBeLessThan(4e-6);
      }
    },
  );
});
