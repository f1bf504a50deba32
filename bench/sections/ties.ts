/**
 * Every output an exact tie: the case in which no bound can decide and only an exact sum does. Universal's quire is
 * quoted from the literature, it is not measured here.
 */

import { DEFAULT_CHOICES } from '../../dist/emac/layer/choices.js';
import { quantizeLayer } from '../../dist/emac/layer/layer.js';
import { codeArray } from '../../dist/formats/code-array.js';
import type { NumberFormat } from '../../dist/formats/format.js';
import { NEAREST_EVEN } from '../../dist/formats/format.js';
import { getFormat } from '../../dist/formats/registry.js';
import type { Encoding } from '../../dist/quantizers/encoding.js';
import type { Bench, Section } from '../bench.js';
import { checkExact, exactProduct } from '../contestants/exact.js';
import type { CodedProduct } from '../layers.js';
import { race } from '../race.js';
import { type BenchRow, significant, spreadColumns } from '../rows.js';
import { spreadOf } from '../statistics.js';

/** Rows, channels and K of the product. */
const [M, N, K] = [256, 64, 576];

const FORMATS = ['posit8es0', 'posit8es1', 'posit8es2', 'float8e4m3fn', 'float8e5m2', 'fixed8q5'] as const;
const WIDE_FORMATS = ['posit16es1', 'float16', 'bfloat16', 'fixed16q10', 'posit32es2', 'float32'] as const;

const EFFORT = {
  quick: { rounds: 3, slice: 5, patience: 500 },
  full: { rounds: 7, slice: 15, patience: 6000 },
} as const;

/** A multiplicative congruential generator (Park and Miller 1988): which codes cancel does not matter. */
function* codesOfAny(count: number): Generator<number> {
  let state = 1;
  for (;;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state % count;
  }
}

/**
 * Row i of A is (u, u) pairs and of B (v, −v) pairs, so that products of any size cancel exactly; one last pair
 * adds a + b/2, where a and a + b are neighbouring values of the output.
 */
function tiedProduct(format: NumberFormat): CodedProduct {
  const encoding: Encoding = {
    format,
    rounding: NEAREST_EVEN,
    scales: Float64Array.of(1),
    zeroPoint: 0,
    range: 'full' as const,
    granularity: { kind: 'tensor' },
  };
  const one = format.encode(1);
  const next = format.toNumber(one + 1);
  const half = (next - 1) / 2;
  // half as a product of two values of the format, as even as they come
  const exponent = Math.log2(half);
  const first = 2 ** Math.ceil(exponent / 2);
  const factors = [first, half / first] as const;
  for (const factor of factors) {
    if (format.toNumber(format.encode(factor)) !== factor) throw new Error(`${format.name} has no ${factor}`);
  }
  const size = 2 ** format.bits;
  const codes = codesOfAny(size);
  const finite = (): number => {
    for (;;) {
      const code = codes.next().value as number;
      const value = format.toNumber(code);
      // −v must be a value too
      if (Number.isFinite(value) && format.toNumber(format.encode(-value)) === -value) return value;
    }
  };
  const activations = codeArray(format, M * K);
  for (let row = 0; row < M; row++) {
    for (let p = 0; p < K - 2; p += 2)
      activations.fill(format.encode(finite()), row * K + p, row * K + p + 2);
    activations[row * K + K - 2] = one;
    activations[row * K + K - 1] = format.encode(factors[0]);
  }
  const weights = new Float32Array(N * K);
  for (let channel = 0; channel < N; channel++) {
    for (let p = 0; p < K - 2; p += 2) {
      const value = format.toNumber(format.encode(Math.fround(finite())));
      weights[channel * K + p] = value;
      weights[channel * K + p + 1] = -value;
    }
    weights[channel * K + K - 2] = 1;
    weights[channel * K + K - 1] = factors[1];
  }
  const source = {
    name: 'ties',
    k: K,
    outChannels: N,
    weights,
    bias: new Float32Array(N),
    tensor: 1,
    group: 0,
    activation: 'identity' as const,
  };
  const layer = quantizeLayer(source, encoding, encoding, encoding, DEFAULT_CHOICES);
  return { layer, codes: activations, slices: 'more' };
}

async function measure({ effort, progress }: Bench): Promise<readonly BenchRow[]> {
  const names = effort === 'quick' ? (['posit8es1', 'posit16es1'] as const) : [...FORMATS, ...WIDE_FORMATS];
  const rows: BenchRow[] = [];
  for (const [index, name] of names.entries()) {
    progress.say(`ties, ${name}`, index / names.length);
    const coded = tiedProduct(getFormat(name));
    const exact = exactProduct(name, coded);
    checkExact(exact, coded);
    const even = exact.outputs()[0]!;
    const wrong = exact.outputs().findIndex((code) => code !== even);
    if (wrong >= 0)
      throw new Error(`ties in ${name}: output ${wrong} is ${exact.outputs()[wrong]}, not ${even}`);
    const times = await race([exact], EFFORT[effort]);
    const own = times.get(name)!;
    rows.push({
      shape: `${M}×${N}×${K}`,
      format: name,
      ...spreadColumns('gmacs', spreadOf(own.map((time) => (M * N * K) / time / 1e6))),
      ...Object.fromEntries(
        Object.entries(exact.shares()!).map(([tier, share]) => [`share_${tier}`, significant(share)]),
      ),
      source: 'measured',
    });
  }
  return [...rows, ...LITERATURE];
}

/** The project's design notes: Universal's quire dot products on a machine of this kind. */
const LITERATURE: readonly BenchRow[] = [
  {
    shape: 'dot products',
    format: 'Universal quire',
    gmacs_min: 0.017,
    gmacs_max: 0.031,
    source: 'design notes of this project, another run; not measured here',
  },
];

export const tiesSection: Section = {
  name: 'ties',
  title: 'Every output an exact tie (GMAC/s), all codes checked',
  shown: [
    'format',
    'shape',
    'gmacs_median',
    'gmacs_min',
    'gmacs_max',
    'share_int16',
    'share_float64',
    'share_limbs',
    'source',
  ],
  run: measure,
};
