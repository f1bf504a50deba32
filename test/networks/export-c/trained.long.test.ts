/**
 * LeNet-5 as it comes with the package, in C, on 1,000 images: every output and every prediction is that of the dataflow, optimized and
 * under sanitizers. The images are MNIST's where CHEETAH_DATA has them, else the built-in ones.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalizedImages } from '../../../datasets/dataset.js';
import { loadDataset } from '../../../datasets/load.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { createKernels } from '../../../kernels/loader.js';
import { classify } from '../../../networks/argmax.js';
import { compileInteger } from '../../../networks/dataflows/integer.js';
import { codesOnly } from '../../../networks/export-c/codes-only.js';
import { loadModel, type Model } from '../../../networks/files/model.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import { lower } from '../../../networks/lower.js';
import { programOf } from './compared.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED, outputsOf, SANITIZED } from './compiled.js';
import { comparedCodes, exportedOf, planOf } from './emac-plans.js';
import { encodedIn } from './schemes.js';

const IMAGES = 1000;
const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

let model: Model;
let images: Float32Array;
beforeAll(async () => {
  model = await loadModel('lenet5-mnist');
  const here = existsSync(join(process.env.CHEETAH_DATA ?? '', 'mnist')) && process.env.CHEETAH_DATA;
  const dataset = await loadDataset(here ? 'mnist' : 'strokes');
  images = new Float32Array(IMAGES * 784);
  normalizedImages(
    dataset,
    dataset.test,
    Uint32Array.from({ length: IMAGES }, (_, i) => i),
    images,
  );
});

describe.skipIf(COMPILERS.length === 0)(`trained networks in C${NEEDS_CC}`, () => {
  it.each([
    ['tflite', 'gemmlowp'],
    ['tflite', 'single'],
    ['tflite', 'exact'],
    ['jacob', 'gemmlowp'],
    ['jacob', 'single'],
    ['jacob', 'exact'],
  ] as const)('have every output and prediction of integer-%s, %s', (scheme, requantize) => {
    const program = lower(model.network, model.parameters);
    const table = encodedIn(scheme, program, images);
    const room = { batch: IMAGES, kernels: createKernels() };
    const plan = compileInteger(program, table, { ...DEFAULT_CHOICES, requantize }, room, scheme);
    const predictions = plan.run(images, IMAGES).predictions.slice();
    const runner = kernelRunner(plan.graph, requantize, createKernels(), IMAGES);
    (runner.values[plan.graph.inputs[0]!] as Float32Array).set(images);
    runner.run();
    const bare = codesOnly(plan.graph);
    const [records, expected] = [bare.inputs[0]!, bare.outputs[0]!].map((at) => {
      const { buffer, byteOffset, byteLength } = runner.values[at]!;
      return new Uint8Array(buffer, byteOffset, byteLength);
    }) as [Uint8Array, Uint8Array];
    const text = programOf(plan.graph, requantize);
    for (const compiler of COMPILERS) {
      for (const flags of [OPTIMIZED, SANITIZED]) {
        const got = outputsOf(folder, text, records, flags, compiler);
        expect(got.equals(expected), `${compiler} ${flags.join(' ')}`).toBe(true);
        const logits = Float32Array.from(
          scheme === 'tflite' ? new Int8Array(Uint8Array.from(got).buffer) : got,
        );
        const outcome = { predictions: new Int32Array(IMAGES), ties: 0, nanLogits: 0 };
        expect(classify(logits, IMAGES, 10, outcome).predictions).toEqual(predictions);
      }
    }
  });

  it.each(['posit8es1', 'pow2int8', 'affine8'])(
    'have every code, sum and prediction of emac in %s',
    (format) => {
      const quantizer = format === 'posit8es1' ? 'linear:mse' : 'linear:max';
      const plan = planOf(model.network, { format, quantizer, batch: 100 }, images, model.parameters);
      const network = exportedOf(plan);
      for (const flags of [OPTIMIZED, SANITIZED]) comparedCodes(folder, plan, network, images, flags);
    },
  );
});
