/** Classes by exact logits, found among those whose rounded logit is the largest, are those found among all. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { compare, multiply } from '../../../arithmetic/rational.js';
import { accumulate } from '../../../emac/accumulators/reference.js';
import { DEFAULT_CHOICES, parseAccumulator } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { activate, type Extended } from '../../../emac/layer/reference.js';
import type { Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { compileEmac, type EmacPlan } from '../../../networks/dataflows/emac.js';
import { lower } from '../../../networks/lower.js';
import type { Network } from '../../../networks/network.js';
import type { EncodingTable } from '../../../networks/program.js';

const CLASSES = 6;
const INPUTS = 9;
const IMAGES = 120;

const network = (activation: 'none' | 'relu'): Network => ({
  name: 'n',
  input: [INPUTS],
  classes: CLASSES,
  nodes: [
    { name: 'd', operator: { type: 'dense', units: CLASSES, bias: 'bias' }, inputs: ['input'] },
    ...(activation === 'relu'
      ? [{ name: 'r', operator: { type: 'activation', activation: 'relu' } as const, inputs: ['d'] }]
      : []),
  ],
});

interface Case {
  readonly format: string;
  readonly rounding?: Partial<Rounding>;
  readonly accumulator?: string;
  readonly activation?: 'none' | 'relu';
  /** Pixels beyond the format's range, which infinities stand for. */
  readonly pixels?: number;
}

const CASES: Readonly<Record<string, Case>> = {
  'posit5es1, many of whose logits are one code': { format: 'posit5es1' },
  'fixed4q1, whose logits end at the largest': { format: 'fixed4q1', pixels: 4 },
  'a ReLU, behind which most are 0': { format: 'posit6es1', activation: 'relu' },
  'rounding up': { format: 'float6e3m2', rounding: { mode: 'up' } },
  'random words, which lose the order': { format: 'float6e3m2', rounding: { mode: 'stochastic' } },
  'infinities that meet': { format: 'float6e3m2', rounding: { policy: 'infinity' }, pixels: 40 },
  'NaN for what is too large': { format: 'float6e3m2', rounding: { policy: 'nan' }, pixels: 20 },
  'sums that wrap': { format: 'fixed6q2', accumulator: 'wrap8', pixels: 8 },
  'sums in float32': { format: 'posit6es1', accumulator: 'float32' },
  'sums rounded after every operation': { format: 'posit5es0', accumulator: 'per-op' },
};

function planOf(given: Case): EmacPlan {
  const { format, rounding, accumulator = 'exact', activation = 'none' } = given;
  const stream = new Stream(5, 'weights');
  const values = (count: number) => Float32Array.from({ length: count }, () => 2 * stream.uniform() - 1);
  const parameters = new Map([
    ['d.weight', { shape: [CLASSES, INPUTS], data: values(CLASSES * INPUTS) }],
    ['d.bias', { shape: [CLASSES], data: values(CLASSES) }],
  ]);
  const program = lower(network(activation), parameters);
  const encoding = {
    format: getFormat(format),
    rounding: { mode: 'nearest-even', policy: 'saturate', underflow: 'none', ...rounding } as const,
    scales: Float64Array.of(1),
    zeroPoint: 0,
    granularity: { kind: 'tensor' } as const,
    range: 'full' as const,
  };
  const table: EncodingTable = {
    edges: new Map(program.edges.map(({ name }) => [name, encoding])),
    weights: new Map([['d', encoding]]),
  };
  const choices = {
    ...DEFAULT_CHOICES,
    accumulator: parseAccumulator(accumulator),
    logits: 'accumulator',
  } as const;
  return compileEmac(program, table, choices, { batch: IMAGES });
}

/** The first class whose exact logit no other exceeds, and whether another reaches it; −1 where all are NaN. */
function byAll(logits: readonly Extended[]): { best: number; shared: boolean; nan: number } {
  const exceeds = (a: Extended, b: Extended): boolean => {
    if (b === '+infinity' || a === '-infinity') return false;
    if (a === '+infinity' || b === '-infinity') return true;
    return compare(a as Exclude<typeof a, string>, b as Exclude<typeof b, string>) > 0;
  };
  const known = logits.flatMap((logit, c) => (logit === 'nan' ? [] : [c]));
  const top = known.filter((c) => known.every((other) => !exceeds(logits[other]!, logits[c]!)));
  return { best: top[0] ?? -1, shared: top.length > 1, nan: CLASSES - known.length };
}

describe('the largest exact logit', () => {
  it.each(Object.entries(CASES))('is found under %s', (_, given) => {
    const plan = planOf(given);
    const stream = new Stream(9, 'dataset');
    const pixels = Float32Array.from(
      { length: IMAGES * INPUTS },
      () => (given.pixels ?? 1) * (2 * stream.uniform() - 1),
    );
    const { predictions, ties, nanLogits } = plan.run(pixels, IMAGES);
    const [mac] = plan.macs();
    const layer = mac!.layers[0]!;
    const readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    const codes = mac!.input.codes(IMAGES);
    const expected = Array.from({ length: IMAGES }, (_, image) =>
      byAll(
        Array.from({ length: CLASSES }, (_, c) => {
          const { value } = accumulate(layer, readers, codes, image * INPUTS, c);
          const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[c]!, value);
          return activate(scaled, layer.activation, layer.cap);
        }),
      ),
    );
    expect([...predictions.subarray(0, IMAGES)]).toEqual(expected.map(({ best }) => best));
    expect(ties).toBe(expected.filter(({ shared }) => shared).length);
    expect(nanLogits).toBe(expected.reduce((sum, { nan }) => sum + nan, 0));
  });
});
