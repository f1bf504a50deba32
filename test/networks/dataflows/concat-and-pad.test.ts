/** Concats, pads and global means: known by heart in every dataflow, and by the definition in the emac dataflow. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import { compileEmac } from '../../../networks/dataflows/emac.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import type { Program } from '../../../networks/program.js';
import { parseNetwork } from '../../../networks/schema.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { chain, everyWay, everywhere } from '../every-way.js';
import { expectedEdges } from './emac-by-definition.js';

const NO_PARAMETERS = new Map();

describe('in every dataflow', () => {
  it('a concat puts the channels of each pixel side by side', () => {
    const flip = { type: 'concat', from: ['n0', 'input', 'n0'] };
    const relu = { type: 'activation', activation: 'relu' };
    const image = [1, -2, 3, 4, -5, 6, 7, 8];
    const pixels = [1, 0, 1, -2, 1, 0, 3, 4, 3, 4, 3, 4, 0, 6, -5, 6, 0, 6, 7, 8, 7, 8, 7, 8];
    expect(everyWay(chain([2, 2, 2], 24, [relu, flip]), NO_PARAMETERS, image)).toEqual(everywhere(pixels));
    const flat = [1, 0, 3, 4, 0, 6, 7, 8, ...image, 1, 0, 3, 4, 0, 6, 7, 8];
    const flattened = [relu, { type: 'flatten' }, { type: 'flatten', from: ['input'] }];
    const both = { type: 'concat', from: ['n1', 'n2', 'n1'] };
    expect(everyWay(chain([2, 2, 2], 24, [...flattened, both]), NO_PARAMETERS, image)).toEqual(
      everywhere(flat),
    );
  });

  it('a pad puts zeros around an image, which count in a pool', () => {
    const pad = { type: 'pad', top: 1, bottom: 0, left: 0, right: 2 };
    // [1, 2; 3, 4] below a line of zeros, two columns of zeros to the right
    const padded = [0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0];
    const network = chain([2, 2, 1], 12, [pad, { type: 'activation', activation: 'relu' }]);
    expect(everyWay(network, NO_PARAMETERS, [1, 2, 3, 4])).toEqual(everywhere(padded));
    const mean = { type: 'pool', pooling: 'average', kernel: [2, 2], stride: [1, 2] };
    expect(everyWay(chain([2, 2, 1], 4, [pad, mean]), NO_PARAMETERS, [1, 2, 5, 4])).toEqual(
      everywhere([0.75, 0, 3, 0]),
    );
    const most = { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [1, 2] };
    expect(everyWay(chain([2, 2, 1], 4, [pad, most]), NO_PARAMETERS, [-1, -2, -5, -4])).toEqual(
      everywhere([0, 0, -1, 0]),
    );
  });

  it('a pad of a sequence stands before and behind it', () => {
    const pad = { type: 'pad', top: 0, bottom: 0, left: 1, right: 2 };
    const network = chain([2, 2], 10, [pad, { type: 'activation', activation: 'relu6' }]);
    expect(everyWay(network, NO_PARAMETERS, [1, 2, 3, 4])).toEqual(
      everywhere([0, 0, 1, 2, 3, 4, 0, 0, 0, 0]),
    );
  });

  it('a global pool is the mean of each channel', () => {
    const mean = { type: 'global-pool', pooling: 'average' };
    const image = [1, 10, 2, 20, 3, 30, 6, 60];
    expect(everyWay(chain([2, 2, 2], 2, [mean]), NO_PARAMETERS, image)).toEqual(everywhere([3, 30]));
    expect(everyWay(chain([4, 2], 2, [mean]), NO_PARAMETERS, image)).toEqual(everywhere([3, 30]));
  });
});

const node = (name: string, operator: object, ...inputs: string[]) => ({ name, operator, inputs });
const conv = { type: 'conv2d', filters: 3, kernel: [3, 2], stride: [2, 1], padding: 'same' };

/** A concat of unlike parts, one of them twice; pads before a pool and a layer, and before one layer alone. */
const NETWORK = parseNetwork(
  {
    name: 'joins',
    input: [7, 6, 2],
    classes: 3,
    nodes: [
      node('before', { type: 'pad', top: 0, bottom: 3, left: 2, right: 1 }, 'input'),
      node('a', { ...conv, stride: [3, 2], padding: 'same' }, 'before'),
      node('b', { ...conv, filters: 5, kernel: [1, 1], stride: [2, 1], padding: 'valid' }, 'input'),
      node('b-pad', { type: 'pad', top: 0, bottom: 0, left: 0, right: 0 }, 'b'),
      node('b-part', { type: 'pool', pooling: 'max', kernel: [1, 2], stride: [1, 1] }, 'b-pad'),
      node('join', { type: 'concat' }, 'a', 'b-part', 'a'),
      node('frame', { type: 'pad', top: 2, bottom: 1, left: 0, right: 3 }, 'join'),
      node('c', { ...conv, filters: 2, kernel: [2, 2], stride: [2, 2] }, 'frame'),
      node(
        'mean',
        { type: 'pool', pooling: 'average', kernel: [2, 2], stride: [2, 2], padding: 'same' },
        'frame',
      ),
      node('both', { type: 'concat' }, 'mean', 'c'),
      node('whole', { type: 'global-pool', pooling: 'average' }, 'both'),
      node('wide', { type: 'concat' }, 'whole', 'whole'),
      node('out', { type: 'dense', units: 3 }, 'wide'),
    ],
  },
  'the test',
);

interface Setting {
  /** By edge name; `other` for those without. */
  readonly formats: Readonly<Record<string, string>>;
  readonly scale: (index: number) => number;
  /** 0 where left out. */
  readonly zeroPoint?: (index: number) => number;
  readonly rounding?: Rounding;
  readonly scaleBits?: number;
}

const SETTINGS: Record<string, Setting> = {
  'one encoding everywhere': { formats: { other: 'posit8es1' }, scale: () => 0.5 },
  'posits at real scales': { formats: { other: 'posit8es1' }, scale: (i) => 0.3 * (1 + i / 7) },
  'codes of 5 to 8 bits, one input as it is': {
    formats: {
      input: 'posit6es1',
      a: 'posit5es1',
      'b-part': 'float8e4m3',
      b: 'float8e4m3',
      other: 'fixed8q4',
    },
    scale: (i) => (i < 3 ? 1 + i / 5 : 1),
  },
  'zero points': { formats: { other: 'affine8' }, scale: (i) => 0.03 * (1 + i / 3), zeroPoint: () => 37 },
  'one scale, several zero points': {
    formats: { other: 'affine8' },
    scale: () => 0.03,
    zeroPoint: (i) => 30 + 5 * i,
  },
  'floats with -0 and infinity': {
    formats: { other: 'float8e5m2', join: 'float8e4m3' },
    scale: (i) => 2 ** -i * 0.37,
    scaleBits: 53,
  },
  'rounded down': {
    formats: { other: 'fixed6q3' },
    scale: (i) => 0.7 + i / 9,
    rounding: { mode: 'down', policy: 'saturate', underflow: 'none' },
  },
  'stochastic, some codes as they are': {
    formats: { other: 'float8e4m3fn' },
    scale: (i) => (i > 5 ? 0.5 : 0.3 + i / 50),
    rounding: { mode: 'stochastic', policy: 'saturate', underflow: 'none' },
  },
  'narrow into wide and wide into narrow': {
    formats: {
      a: 'posit16es1',
      'b-part': 'posit8es0',
      b: 'posit8es0',
      join: 'posit12es1',
      frame: 'posit12es1',
      both: 'fixed7q2',
      other: 'posit8es1',
    },
    scale: (i) => 1 + i / 11,
  },
  'codes of 32 bits': { formats: { other: 'posit32es2' }, scale: (i) => 0.9 + i / 13 },
};

const encodingOf = (
  format: string,
  scale: number,
  zeroPoint: number,
  { rounding = NEAREST_EVEN }: Setting,
): Encoding => ({
  format: getFormat(format),
  rounding,
  scales: Float64Array.of(scale),
  zeroPoint,
  granularity: { kind: 'tensor' },
  range: 'full',
});

function tableOf(program: Program, setting: Setting) {
  const edges = new Map<string, Encoding>();
  for (const [i, { name }] of program.edges.entries()) {
    // what moves codes has the encoding of what it reads
    const moved = { 'b-part': 'b', frame: 'join' }[name];
    const format = setting.formats[name] ?? setting.formats.other!;
    const zeroPoint = setting.zeroPoint?.(i) ?? 0;
    edges.set(name, moved ? edges.get(moved)! : encodingOf(format, setting.scale(i), zeroPoint, setting));
  }
  const macs = program.steps.filter((step) => step.kind === 'mac');
  const weights = new Map(macs.map(({ name }) => [name, encodingOf('fixed8q5', 1, 0, setting)] as const));
  return { edges, weights };
}

describe('the emac dataflow gives the codes of the definition', () => {
  const program = lower(NETWORK, initialParameters(NETWORK, 3));
  const stream = new Stream(9, 'dataset');
  const [count, size] = [3, 7 * 6 * 2];
  const images = Float32Array.from({ length: count * size }, () => stream.uniform() * 3 - 1);
  const kernels = createKernels();

  it('of a program with the steps that this is about', () => {
    const kinds = program.steps.map(({ kind, name }) => `${kind} ${name}`);
    expect(kinds).toEqual(
      [
        'mac a',
        'mac b',
        'pool b-part',
        'concat join',
        'pad frame',
        'mac c',
        'pool mean',
        'concat both',
      ].concat(['pool whole', 'concat wide', 'mac out']),
    );
  });

  it.each(Object.entries(SETTINGS))('%s', (_, setting) => {
    const choices = { ...DEFAULT_CHOICES, seed: 5, scaleBits: setting.scaleBits ?? 16 };
    const table = tableOf(program, setting);
    kernels.clear();
    const plan = compileEmac(program, table, choices, { batch: 4, kernels });
    plan.run(images, count, 10);
    for (let image = 0; image < count; image++) {
      const own = images.subarray(image * size, (image + 1) * size);
      const expected = expectedEdges(program, table, choices, own, 10 + image);
      for (const [i, edge] of program.edges.entries()) {
        const codes = plan.codes(i, count).slice(image * edge.size, (image + 1) * edge.size);
        expect([edge.name, ...codes]).toEqual([edge.name, ...expected[i]!]);
      }
    }
  });

  it('a pad of another encoding than its input is refused', () => {
    const table = tableOf(program, SETTINGS['posits at real scales']!);
    const other = { ...table.edges.get('join')!, scales: Float64Array.of(3) };
    const edges = new Map([...table.edges, ['frame', other]]);
    expect(() => compileEmac(program, { ...table, edges }, DEFAULT_CHOICES, { batch: 1 })).toThrow(
      /pad 'frame' moves codes unchanged/,
    );
  });
});
