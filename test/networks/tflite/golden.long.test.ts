import { beforeAll, describe, expect, it } from 'vitest';
import type { RequantizeMode } from '../../../networks/integer/requantize.js';
import { cifar, cifarLabels, DATA, differing, MODELS, opened, wanted } from './published.js';

const CASES: readonly (readonly [RequantizeMode, folder: string, file: string, right: number])[] = [
  ['gemmlowp', 'ic_resnet8_int8', 'cifar10.outputs.double.bin', 8707],
  ['single', 'ic_resnet8_int8', 'cifar10.outputs.single.bin', 8697],
];

function firstLargest(codes: Int8Array): number {
  let best = 0;
  for (let i = 1; i < codes.length; i++) if (codes[i]! > codes[best]!) best = i;
  return best;
}

const absent = MODELS === '' || DATA === '';

describe.skipIf(absent)(
  'ResNet-8 of MLPerf Tiny on 10,000 CIFAR-10 images (skipped: set CHEETAH_MODELS and CHEETAH_DATA)',
  () => {
    let images: Uint8Array = new Uint8Array();
    let labels: Uint8Array = new Uint8Array();
    beforeAll(() => {
      images = cifar(10_000, 1, -128);
      labels = cifarLabels();
    });

    /** Bytes that differ from the file's, and classes that are right. */
    function all(mode: RequantizeMode, outputs: Uint8Array): { wrong: number; right: number } {
      const { run } = opened('mlperf-tiny/ic_resnet8_int8.tflite', mode);
      let [wrong, right] = [0, 0];
      for (let i = 0; i < 10_000; i++) {
        const { output } = run(images.subarray(i * 3072, (i + 1) * 3072));
        wrong += differing(output, outputs, i * 10);
        right += Number(firstLargest(new Int8Array(output)) === labels[i]);
      }
      return { wrong, right };
    }

    it.each(CASES)(
      '%s has every byte of the reference kernels, and its classes',
      (mode, folder, file, right) => {
        expect(all(mode, wanted('golden', folder, file))).toEqual({ wrong: 0, right });
      },
    );

    it('float32 has every byte of XNNPACK', () => {
      const outputs = wanted('golden', 'other-runtimes', 'ic_resnet8_int8.xnnpack-wasm.bin');
      expect(all('float32', outputs).wrong).toBe(0);
    });
  },
);
