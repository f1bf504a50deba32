import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { macGraph, Random } from '../integer/random-graph.js';
import { compared, programOf } from './compared.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED, objectOf, outputsOf, SANITIZED } from './compiled.js';
import { cifarRecords, NO_CIFAR, NO_MODELS, publishedGraph } from './published.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODES = ['gemmlowp', 'single', 'exact'] as const;
const withoutCc = COMPILERS.length === 0;

describe.skipIf(withoutCc || NO_MODELS)(
  `published files in C${NEEDS_CC} (skipped: set CHEETAH_MODELS to a folder with them)`,
  () => {
    it.each([
      ['mlperf-tiny', 'kws_dscnn_int8'],
      ['mlperf-tiny', 'ad_toycar_fullint_floatio'],
      ['mlperf-tiny', 'vww_mobilenet_int8'],
      ['tflite-micro', 'hello_world_int8'],
      ['tflite-micro', 'person_detect'],
      ['google-coral', 'mobilenet_v1_0.25_128_quant'],
      ['google-coral', 'split_concat'],
      ['models-extra', 'tinyengine_detection'],
    ])('%s/%s has the bytes of our runner on random records', (source, name) => {
      const graph = publishedGraph(source, name);
      for (const mode of MODES) compared(folder, graph, mode, OPTIMIZED, 20);
      compared(folder, graph, 'gemmlowp', SANITIZED, 2);
    });

    it.skipIf(NO_CIFAR)('ResNet-8 has the bytes of our runner on 1,000 images (needs CHEETAH_DATA)', () => {
      const graph = publishedGraph('mlperf-tiny', 'ic_resnet8_int8');
      compared(folder, graph, 'gemmlowp', OPTIMIZED, cifarRecords(1000));
      for (const mode of ['single', 'exact'] as const)
        compared(folder, graph, mode, OPTIMIZED, cifarRecords(200));
      compared(folder, graph, 'single', SANITIZED, cifarRecords(3));
    });

    it.skipIf(NO_CIFAR)(
      'ResNet-8 has the bytes of TensorFlow Lite Micro on 1,000 images (needs CHEETAH_DATA)',
      () => {
        const graph = publishedGraph('mlperf-tiny', 'ic_resnet8_int8');
        const golden = join(process.env.CHEETAH_MODELS!, 'golden', 'ic_resnet8_int8');
        for (const [mode, rounding] of [
          ['gemmlowp', 'double'],
          ['single', 'single'],
        ] as const) {
          const wanted = gunzipSync(readFileSync(join(golden, `cifar10.outputs.${rounding}.bin.gz`)));
          const got = outputsOf(folder, programOf(graph, mode), cifarRecords(1000), OPTIMIZED);
          expect(got.equals(wanted.subarray(0, 10 * 1000)), rounding).toBe(true);
        }
      },
    );

    it('ResNet-8 needs nothing from elsewhere, and its code is small beside its weights', () => {
      const text = programOf(publishedGraph('mlperf-tiny', 'ic_resnet8_int8'), 'gemmlowp');
      const flags = process.arch === 'x64' ? ['-Os', '-mno-sse', '-mno-80387'] : ['-Os'];
      const { undefinedSymbols, code } = objectOf(folder, text, flags);
      expect(undefinedSymbols).toEqual([]);
      expect(code).toBeLessThan(80_474 + 10_000);
    });
  },
);

describe.skipIf(withoutCc)(`random layers in C${NEEDS_CC}`, () => {
  it.each(['conv', 'grouped', 'depthwise', 'depthwise-twice', 'dense'] as const)('%s', (kind) => {
    const random = new Random(91);
    for (let graphs = 0; graphs < 10; graphs++) {
      for (const type of ['int8', 'uint8'] as const) {
        const graph = macGraph(random, kind, type);
        for (const mode of MODES) compared(folder, graph, mode, SANITIZED, 5);
      }
    }
  });
});
