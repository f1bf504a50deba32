/** Products with the operands of a trained network: the matrices every contestant multiplies. */

import { codeTable, useFacts } from '../dist/emac/codes/facts.js';
import { DEFAULT_CHOICES, type LayerChoices } from '../dist/emac/layer/choices.js';
import { type MacLayer, quantizeLayer } from '../dist/emac/layer/layer.js';
import type { CodeArray } from '../dist/formats/code-array.js';
import { NEAREST_EVEN } from '../dist/formats/format.js';
import { getFormat } from '../dist/formats/registry.js';
import { compileFloat } from '../dist/networks/dataflows/float.js';
import type { MacStep } from '../dist/networks/program.js';
import { calibrate } from '../dist/quantizers/calibrate.js';
import { encodeTensor } from '../dist/quantizers/encoder.js';
import type { Encoding } from '../dist/quantizers/encoding.js';
import { parseQuantizer } from '../dist/quantizers/quantizer.js';
import type { Case } from './formats.js';
import type { Model, ModelName } from './networks/trained.js';

/** C [m, n] = A [m, k] · Bᵀ [n, k], from a layer of a trained network. */
export interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly model: ModelName;
  readonly layer: string;
}

export const SHAPES: readonly Shape[] = [
  { m: 2048, n: 256, k: 784, model: 'gemm-mlp', layer: 'dense1' },
  { m: 256, n: 256, k: 256, model: 'gemm-mlp', layer: 'dense2' },
  { m: 1024, n: 64, k: 576, model: 'cifar-net', layer: 'conv2' },
  { m: 64, n: 1024, k: 576, model: 'cifar-net', layer: 'dense1' },
  { m: 10_000, n: 10, k: 128, model: 'gemm-mlp', layer: 'dense4' },
  { m: 6400, n: 16, k: 150, model: 'lenet5', layer: 'conv2' },
  { m: 12_544, n: 6, k: 25, model: 'lenet5', layer: 'conv1' },
  { m: 10_816, n: 8, k: 9, model: 'small-conv', layer: 'conv1' },
];

export const shapeName = ({ m, n, k }: Pick<Shape, 'm' | 'n' | 'k'>): string => `${m}×${n}×${k}`;

/** The operands in float32: rows of A are windows of the layer's input, on test images. */
export interface RealProduct {
  readonly shape: Shape;
  readonly model: Model;
  readonly step: MacStep;
  /** [m, k] */
  readonly activations: Float32Array;
}

/** Images the float network takes at once. */
const BATCH = 64;

export function realProduct(shape: Shape, model: Model): RealProduct {
  const { program } = model;
  const step = program.steps.find((one): one is MacStep => one.kind === 'mac' && one.name === shape.layer);
  if (step === undefined || step.k !== shape.k || step.outChannels !== shape.n) {
    throw new Error(`layer ${shape.layer} of ${model.name} is not ${shapeName(shape)}`);
  }
  const plan = compileFloat(program, { batch: BATCH });
  const pixels = step.window.outHeight * step.window.outWidth;
  const images = Math.ceil(shape.m / pixels);
  const inputs = model.testImages(images);
  const size = inputs.length / images;
  const rows = new Float32Array(images * pixels * shape.k);
  for (let from = 0; from < images; from += BATCH) {
    const count = Math.min(BATCH, images - from);
    plan.run(inputs.subarray(from * size, (from + count) * size), count);
    const values = plan.edgeValues(step.inputs[0], count);
    const edge = values.length / count;
    for (let i = 0; i < count; i++) {
      const at = (from + i) * pixels * shape.k;
      layOut(values.subarray(i * edge, (i + 1) * edge), step, rows.subarray(at, at + pixels * shape.k));
    }
  }
  return { shape, model, step, activations: rows.subarray(0, shape.m * shape.k) };
}

/** Windows of one image as rows [pixel][kh · kw · in]; outside the image stands 0. */
function layOut(image: Float32Array | Float64Array, { window: w, k }: MacStep, rows: Float32Array): void {
  let to = 0;
  for (let pixel = 0; pixel < w.outHeight * w.outWidth; pixel++) {
    const top = Math.floor(pixel / w.outWidth) * w.strideY - w.padTop;
    const left = (pixel % w.outWidth) * w.strideX - w.padLeft;
    for (let tap = 0; tap < w.kernelHeight * w.kernelWidth; tap++) {
      const y = top + Math.floor(tap / w.kernelWidth) * w.dilationY;
      const x = left + (tap % w.kernelWidth) * w.dilationX;
      const inside = y >= 0 && y < w.inHeight && x >= 0 && x < w.inWidth;
      const from = (y * w.inWidth + x) * w.inChannels;
      for (let c = 0; c < w.inChannels; c++) rows[to++] = inside ? image[from + c]! : 0;
    }
  }
  if (to !== (rows.length / k) * k) throw new Error('windows do not fill their rows');
}

/** The same product in codes: what the exact engine is given. */
export interface CodedProduct {
  readonly layer: MacLayer;
  /** [m, k] */
  readonly codes: CodeArray;
  /** Whether int16 holds every weight and every activation in use exactly: `one` slice. */
  readonly slices: 'one' | 'more';
}

/** The largest integer of int16. */
const INT16 = 32_767;

/** All values in use are multiples of a power of two, none more than INT16 of it. */
function fitsOneSlice(codes: CodeArray, encoding: Encoding): boolean {
  if (encoding.format.bits > 8) return false;
  const used = new Uint8Array(2 ** encoding.format.bits);
  for (const code of codes) used[code] = 1;
  const { largest, lsb } = useFacts(codeTable(encoding), used);
  return lsb === undefined || largest / 2 ** lsb <= INT16;
}

export function codedProduct(
  product: RealProduct,
  { format: name, quantizer }: Case,
  choices: LayerChoices = DEFAULT_CHOICES,
): CodedProduct {
  const { model, step } = product;
  const format = getFormat(name);
  const how = parseQuantizer(quantizer);
  const { edges, weights } = model.calibration;
  const edge = (index: number) => calibrate(edges[index]!, format, 'activations', how, NEAREST_EVEN);
  const activations = edge(step.inputs[0]);
  const weightEncoding = calibrate(weights.get(step.name)!, format, 'weights', how, NEAREST_EVEN);
  const source = { ...step, tensor: step.output, group: 0 };
  const layer = quantizeLayer(source, weightEncoding, activations, edge(step.output), choices);
  const codes = encodeTensor(product.activations, activations, { name: 'activations' });
  const one = fitsOneSlice(codes, activations) && fitsOneSlice(layer.weightCodes, weightEncoding);
  return { layer, codes, slices: one ? 'one' : 'more' };
}
