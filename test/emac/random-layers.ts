/** Random dense layers, compiled for the emac dataflow and computed in plain fractions: codes, multipliers, biases. */
import { Stream } from '../../arithmetic/philox.js';
import { parseAccumulator } from '../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { compileEmac, type EmacPlan } from '../../networks/dataflows/emac.js';
import type { Program } from '../../networks/program.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { type PlainEncoding, type PlainLayer, plainLayer } from './layer/plain-layer.js';

const FORMATS = [
  'posit8es1',
  'posit9es2',
  'posit5es0',
  'posit6es4',
  'posit9es4',
  'posit10es3',
  'float8e4m3',
  'float6e3m2f',
  'float8e5m2fnuz',
  'float7e2m4',
  'fixed8q5',
  'fixed5q0',
  'fixed9q8',
  'affine8',
  'affine5',
  'affine8s',
  'affine4s',
  'affine4',
  'pow2int6',
  'pow2val5',
];
const ACCUMULATORS = ['exact', 'exact', 'float32', 'per-op', 'wrap12', 'wrap20', 'saturate12', 'saturate60'];

const fround = Math.fround;

class Draws {
  readonly #stream: Stream;
  constructor(seed: number) {
    this.#stream = new Stream(seed, 'dataset');
  }
  below(n: number): number {
    return this.#stream.below(n);
  }
  pick<Value>(list: readonly Value[]): Value {
    return list[this.below(list.length)]!;
  }
  /** −1..1 */
  real(): number {
    return 2 * this.#stream.uniform() - 1;
  }
  /** Powers of two, and quotients as calibration makes them. */
  scale(): number {
    const power = 2 ** (this.below(13) - 6);
    return this.below(2) === 0 ? power : (power * (1 + this.#stream.uniform())) / 1.27;
  }
}

function isAffine(format: string): boolean {
  return format.startsWith('affine');
}

function encodingOf(
  draws: Draws,
  format: string,
  role: 'weights' | 'activations',
  channels: number,
): PlainEncoding {
  const unsigned = isAffine(format) && !format.endsWith('s');
  const bits = getFormat(format).bits;
  const perChannel = role === 'weights' && !unsigned && draws.below(2) === 0;
  const scales = Array.from({ length: perChannel ? channels : 1 }, () => draws.scale());
  const narrow = role === 'weights' && isAffine(format);
  const low = format.endsWith('s') ? -(2 ** (bits - 1)) : 0;
  const zeroPoint =
    !isAffine(format) || (narrow && !unsigned) ? 0 : low + (narrow ? 1 : 0) + draws.below(2 ** bits - 1);
  return { format, scales, zeroPoint, range: narrow ? 'narrow' : 'full' };
}

function randomLayer(draws: Draws): PlainLayer {
  const accumulator = draws.pick(ACCUMULATORS);
  const same = accumulator === 'per-op';
  const first = draws.pick(same ? FORMATS.filter((format) => !isAffine(format)) : FORMATS);
  const other = () => (same || draws.below(2) === 0 ? first : draws.pick(FORMATS));
  const k = 1 + draws.below(6);
  const channels = 1 + draws.below(4);
  const weights = encodingOf(draws, first, 'weights', channels);
  const activations = encodingOf(draws, other(), 'activations', 1);
  const output = encodingOf(draws, other(), 'activations', 1);
  const scaleW = (channel: number) => weights.scales[weights.scales.length === 1 ? 0 : channel]!;
  const scaleX = activations.scales[0]!;
  // some biases are whole and half steps of a scale, where a quotient rounded early would end on a tie
  const bias = (channel: number): number => {
    const unit = draws.pick([scaleW(channel), scaleW(channel) * scaleX, scaleX, 1]);
    return fround(draws.below(3) === 0 ? draws.real() * 8 : (unit * (draws.below(81) - 40)) / 2);
  };
  const w = Array.from({ length: channels * k }, (_, i) =>
    fround(
      scaleW(Math.floor(i / k)) * (draws.below(2) === 0 ? draws.real() * 9 : (draws.below(31) - 15) / 2),
    ),
  );
  const x = Array.from({ length: k }, () =>
    fround(scaleX * (draws.below(2) === 0 ? draws.real() * 9 : (draws.below(31) - 15) / 2)),
  );
  return {
    weights,
    activations,
    output,
    w,
    x,
    accumulator,
    b: Array.from({ length: channels }, (_, channel) => bias(channel)),
    activation: draws.pick(['identity', 'relu', 'relu6'] as const),
    bias: draws.pick(['accumulator', 'format', 'format'] as const),
    scaleBits: 1 + draws.below(53),
  };
}

function projectEncoding({ format, scales, zeroPoint, range }: PlainEncoding): Encoding {
  return {
    format: getFormat(format),
    rounding: NEAREST_EVEN,
    zeroPoint,
    range,
    granularity: { kind: scales.length === 1 ? 'tensor' : 'channel' },
    scales: Float64Array.from(scales),
  };
}

function compiled(layer: PlainLayer): EmacPlan {
  const k = layer.x.length;
  const n = layer.b.length;
  const window = {
    inHeight: 1,
    inWidth: 1,
    inChannels: k,
    kernelHeight: 1,
    kernelWidth: 1,
    strideY: 1,
    strideX: 1,
    padTop: 0,
    padLeft: 0,
    dilationY: 1,
    dilationX: 1,
    outHeight: 1,
    outWidth: 1,
  };
  const program: Program = {
    network: 'dense',
    classes: n,
    input: 0,
    output: 1,
    edges: [
      { name: 'input', shape: [k], size: k },
      { name: 'd', shape: [n], size: n },
    ],
    steps: [
      {
        kind: 'mac',
        name: 'd',
        inputs: [0],
        output: 1,
        window,
        groups: 1,
        outChannels: n,
        k,
        weights: Float32Array.from(layer.w),
        bias: Float32Array.from(layer.b),
        activation: layer.activation,
      },
    ],
  };
  const table = {
    edges: new Map([
      ['input', projectEncoding(layer.activations)],
      ['d', projectEncoding(layer.output)],
    ]),
    weights: new Map([['d', projectEncoding(layer.weights)]]),
  };
  const { bias, scaleBits } = layer;
  const accumulator = parseAccumulator(layer.accumulator);
  return compileEmac(
    program,
    table,
    { accumulator, bias, logits: 'rounded', requantize: 'gemmlowp', scaleBits, seed: 0 },
    { batch: 1 },
  );
}

export interface Difference {
  readonly layer: PlainLayer;
  readonly what: 'codes' | 'multipliers' | 'bias';
  readonly given: string;
  readonly right: string;
}

/** `count` layers, the same for the same seed; what differs from the plain computation. */
export function randomLayers(seed: number, count: number): Difference[] {
  const draws = new Draws(seed);
  const differences: Difference[] = [];
  for (let i = 0; i < count; i++) {
    const layer = randomLayer(draws);
    const plan = compiled(layer);
    plan.run(Float32Array.from(layer.x), 1);
    const own = plan.macs()[0]!.layers[0]!;
    const right = plainLayer(layer);
    const expect = (
      what: Difference['what'],
      given: readonly unknown[],
      wanted: readonly unknown[],
    ): void => {
      if (given.join() !== wanted.join()) {
        differences.push({ layer, what, given: given.join(), right: wanted.join() });
      }
    };
    expect('bias', own.bias, right.bias);
    const multipliers = own.multipliers.map(({ numerator: n, denominator: d }) => Number(n) / Number(d));
    expect(
      'multipliers',
      multipliers,
      right.multipliers.map(({ n, d }) => Number(n) / Number(d)),
    );
    expect('codes', [...plan.codes(1, 1)], right.codes);
  }
  return differences;
}
