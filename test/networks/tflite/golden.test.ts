import { describe, expect, it } from 'vitest';
import type { RequantizeMode } from '../../../networks/integer/requantize.js';
import { cifar, DATA, differing, MODELS, mulberry, opened, stored, wanted } from './published.js';

/** The reference kernels as they are built by default, and with one rounding; a file that is the same is stored once. */
const BUILDS = { gemmlowp: 'double', single: 'single' } as const;

interface GoldenSet {
  readonly model: string;
  readonly folder: string;
  readonly set: string;
  /** Bytes of all records. */
  readonly inputs: (inputBytes: number) => Uint8Array;
}

const random =
  (records: number, lowest: 0 | -128 = -128) =>
  (inputBytes: number): Uint8Array =>
    mulberry(records * inputBytes, lowest);
const file = (folder: string, set: string) => (): Uint8Array => wanted('golden', folder, `${set}.inputs.bin`);

function golden(model: string, set: string, inputs: GoldenSet['inputs'], called?: string): GoldenSet {
  const name = model.split('/')[1]!.replace(/\.\w+$/, '');
  return { model, folder: called ?? name, set, inputs };
}
const stored8 = (model: string, set: string): GoldenSet =>
  golden(model, set, file(model.split('/')[1]!.replace(/\.\w+$/, ''), set));

const KWS = 'mlperf-tiny/kws_dscnn_int8.tflite';
const VWW = 'mlperf-tiny/vww_mobilenet_int8.tflite';
const SWW = 'mlperf-tiny/sww_streaming_int8.tflite';
const SPEECH = 'tflite-micro/micro_speech_quantized.tflite';
const PERSON = 'tflite-micro/person_detect.tflite';
const MOBILENET = 'google-coral/mobilenet_v1_0.25_128_quant.tflite';
const OLD = 'mobilenet_v1_0.25_128_quant_uint8';

const SETS: readonly GoldenSet[] = [
  stored8(KWS, 'sample'),
  golden(KWS, 'random', random(20)),
  golden(VWW, 'random', random(20)),
  stored8(SWW, 'calibration'),
  golden(SWW, 'random', random(20)),
  golden('tflite-micro/hello_world_int8.tflite', 'all256', () =>
    Uint8Array.from({ length: 256 }, (_, i) => i - 128),
  ),
  stored8(SPEECH, 'speech'),
  golden(SPEECH, 'random', random(20)),
  stored8(PERSON, 'bmp'),
  golden(PERSON, 'random', random(20)),
  golden(MOBILENET, 'random', random(5, 0), OLD),
  golden('models-extra/simple_add_model.tflite', 'random', random(1)),
  ...['add', 'mul'].map((kind) => {
    const name = `single_${kind}_default_a8w8_recipe_quantized`;
    return golden(`models-extra/${name}.tflite`, 'random', random(20), `litert_${name}`);
  }),
  golden(
    'models-extra/pc_conv.bin',
    'ramp',
    () => {
      const ramp = Float32Array.from({ length: 128 * 128 }, (_, i) => {
        const [y, x] = [Math.floor(i / 128), i % 128];
        return ((3 * y + 5 * x) % 256) / 255;
      });
      return new Uint8Array(ramp.buffer);
    },
    'litert_pc_conv',
  ),
];

const CIFAR_SETS: readonly GoldenSet[] = [
  golden('mlperf-tiny/ic_resnet8_int8.tflite', 'cifar10', () => cifar(100, 1, -128)),
  golden(VWW, 'cifar-x3', () => cifar(20, 3, -128)),
  golden(PERSON, 'cifar-green-x3', () => cifar(20, 3, -128, [1])),
  golden(MOBILENET, 'cifar-x4', () => cifar(10, 4, 0), OLD),
];

interface Entry {
  readonly kind: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Compares outputs and what is stored of the tensors between. Returns how many bytes were compared, and where one differs. */
function compare({ model, folder, set, inputs }: GoldenSet, mode: keyof typeof BUILDS) {
  const of = (what: string): Uint8Array | undefined =>
    stored('golden', folder, `${set}.${what}.${BUILDS[mode]}.bin`) ??
    stored('golden', folder, `${set}.${what}.double.bin`);
  const [outputs, between] = [of('outputs'), of('intermediates')];
  const list = stored('golden', folder, `${set}.intermediates.json`);
  const entries = list === undefined ? [] : (JSON.parse(Buffer.from(list).toString()) as Entry[]);
  const size = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const { inputBytes, run, graph } = opened(model, mode);
  const all = inputs(inputBytes);
  const wrong: string[] = [];
  let compared = 0;
  for (let record = 0; record < all.length / inputBytes; record++) {
    const { output, steps } = run(all.subarray(record * inputBytes, (record + 1) * inputBytes));
    const note = (what: string, got: Uint8Array, from: Uint8Array, at: number): void => {
      compared += got.length;
      const count = differing(got, from, at);
      if (count > 0) wrong.push(`record ${record}, ${what}: ${count} of ${got.length}`);
    };
    if (outputs !== undefined) note('output', output, outputs, record * output.length);
    if (between === undefined || (record + 1) * size > between.length) continue;
    for (const [i, { kind, offset, bytes }] of entries.entries()) {
      expect(`${graph.steps[i]!.name} ${steps[i]!.length}`).toBe(`${i} ${kind} ${bytes}`);
      note(`${i} ${kind}`, steps[i]!, between, record * size + offset);
    }
  }
  return { compared, wrong };
}

const absent = MODELS === '';

describe.skipIf(absent)(
  'every byte is that of TensorFlow Lite Micro’s reference kernels (skipped: set CHEETAH_MODELS to a folder with models)',
  () => {
    for (const mode of ['gemmlowp', 'single'] as const) {
      it.each(SETS)(`$folder, $set, ${mode}`, (set) => {
        const { compared, wrong } = compare(set, mode);
        expect(wrong).toEqual([]);
        expect(compared).toBeGreaterThan(50);
      });

      it.skipIf(DATA === '').each(CIFAR_SETS)(`$folder, $set, ${mode} (needs CHEETAH_DATA)`, (set) => {
        expect(compare(set, mode).wrong).toEqual([]);
      });

      it(`ad_toycar_fullint_floatio, windows, from its stored codes on, ${mode}`, () => {
        const folder = 'ad_toycar_fullint_floatio';
        const between = wanted('golden', folder, `windows.intermediates.${BUILDS[mode]}.bin`);
        const outputs = wanted('golden', folder, `windows.outputs.${BUILDS[mode]}.bin`);
        const { graph, run } = opened(`mlperf-tiny/${folder}.tflite`, mode);
        const first = graph.tensors[graph.steps[0]!.output]!;
        for (const [i, record] of [0, 10, 19].entries()) {
          let at = i * 4872;
          // the windows are not stored; values that the first step makes these codes of are
          const codes = Int8Array.from(between.subarray(at, at + 640));
          const values = Float32Array.from(codes, (code) => first.scale * (code - first.zeroPoint));
          const { steps, output } = run(new Uint8Array(values.buffer));
          for (const step of steps) {
            expect(differing(step, between, at)).toBe(0);
            at += step.length;
          }
          expect(at).toBe((i + 1) * 4872);
          expect(differing(output, outputs, record * output.length)).toBe(0);
        }
      });
    }

    it('the two roundings differ, so that the comparison tells them apart', () => {
      const outputs = wanted('golden', 'kws_dscnn_int8', 'random.outputs.double.bin');
      const single = opened(KWS, 'single');
      const all = mulberry(20 * single.inputBytes, -128);
      let count = 0;
      for (let i = 0; i < 20; i++) {
        const { output } = single.run(all.subarray(i * single.inputBytes, (i + 1) * single.inputBytes));
        count += differing(output, outputs, i * 12);
      }
      // the README beside the golden outputs: 18 elements
      expect(count).toBe(18);
    });
  },
);

/** Outputs of XNNPACK's delegate in a browser's build, from inputs that stand beside them. */
const DELEGATED: readonly (readonly [model: string, inputs: string])[] = [
  [KWS, 'kws_i8'],
  [VWW, 'vww_i8'],
  [SWW, 'sww_i8'],
  [SPEECH, 'ms_i8'],
  ['tflite-micro/hello_world_int8.tflite', 'hw_i8'],
];

describe.skipIf(absent)(
  'float32 gives every byte of XNNPACK’s delegate (skipped: set CHEETAH_MODELS)',
  () => {
    it.each(DELEGATED)('%s', (model, inputs) => {
      const count = (mode: RequantizeMode): number => {
        const { inputBytes, run } = opened(model, mode);
        const records = wanted('golden', 'other-runtimes', `${inputs}.bin`);
        const name = model.split('/')[1]!.replace('.tflite', '');
        const outputs = wanted('golden', 'other-runtimes', `${name}.xnnpack-wasm.bin`);
        let wrong = 0;
        let at = 0;
        for (let from = 0; from < records.length; from += inputBytes) {
          const { output } = run(records.subarray(from, from + inputBytes));
          wrong += differing(output, outputs, at);
          at += output.length;
        }
        expect(at).toBe(outputs.length);
        return wrong;
      };
      expect(count('float32')).toBe(0);
    });
  },
);
