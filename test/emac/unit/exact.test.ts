import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { add, dyadic, multiply, rational } from '../../../arithmetic/rational.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import type { MacLayer } from '../../../emac/layer/layer.js';
import { referenceOutput } from '../../../emac/layer/reference.js';
import { EmacUnit } from '../../../emac/unit/pipeline.js';
import { runDot } from '../../../emac/unit/pipeline-run.js';
import { UserError } from '../../../errors.js';
import { NEAREST_EVEN, type NumberFormat, type RoundingMode } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { exactSum, finiteCodes, nearestCode, unitOf } from './units.js';

const FORMATS = [
  'posit8es0',
  'posit8es1',
  'posit8es2',
  'posit8es3',
  'posit5es1',
  'posit6es2',
  'posit3es0',
  'posit4es2',
  'float8e4m3',
  'float8e5m2',
  'float8e2m5',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float6e3m2f',
  'float4e2m1fn',
  'float5e4m0',
  'fixed8q4',
  'fixed5q2',
  'fixed8q0',
  'affine8',
  'affine8s',
  'pow2int8',
  'pow2val4',
  'pow2val6',
];

describe('the unit against exact sums', () => {
  for (const name of FORMATS) {
    it(`${name}: random dot products, K = 0..24`, () => {
      const format = getFormat(name);
      const unit = unitOf(name);
      const codes = finiteCodes(format);
      const random = new Stream(1, 'dataset');
      for (let trial = 0; trial < 60; trial++) {
        const k = random.below(25);
        const pick = () => Array.from({ length: k }, () => codes[random.below(codes.length)]!);
        const [w, x] = [pick(), pick()];
        expect(runDot(unit, w, x).code).toBe(nearestCode(format, exactSum([format, format], w, x)));
      }
    });
  }

  it('every product of two 5-bit codes, alone', () => {
    for (const name of ['posit5es1', 'float5e2m2', 'fixed5q2']) {
      const format = getFormat(name);
      const unit = unitOf(name);
      for (const w of finiteCodes(format)) {
        for (const x of finiteCodes(format)) {
          expect(runDot(unit, [w], [x]).code).toBe(nearestCode(format, exactSum([format, format], [w], [x])));
        }
      }
    }
  });

  it('mixed formats, a bias and a multiplier', () => {
    const random = new Stream(2, 'dataset');
    const multiplier = rational(40961n, 2n ** 20n);
    for (const [w, x, y] of [
      ['posit6es1', 'fixed8q4', 'float8e4m3'],
      ['float8e4m3fn', 'affine8', 'posit8es1'],
      ['pow2val4', 'float8e5m2', 'fixed8q4'],
    ] as const) {
      const formats = [getFormat(w), getFormat(x)] as [NumberFormat, NumberFormat];
      const output = getFormat(y);
      const maxBias = 2n ** 12n;
      const spec = { weights: formats[0], activations: formats[1], output, multiplier, maxBias };
      const unit = unitOf(y, spec);
      for (let trial = 0; trial < 80; trial++) {
        const codes = formats.map((format) => {
          const finite = finiteCodes(format);
          return Array.from({ length: 9 }, () => finite[random.below(finite.length)]!);
        });
        const bias = BigInt(random.below(2 ** 13)) - maxBias;
        const sum = add(exactSum(formats, codes[0]!, codes[1]!), dyadic(bias, unit.latticeExponent));
        const run = runDot(unit, codes[0]!, codes[1]!, { bias });
        expect(run.code).toBe(nearestCode(output, multiply(multiplier, sum)));
      }
    }
  });
});

describe('the unit against the reference EMAC', () => {
  it('gives the same code for a layer with zero points, bias, s and relu', () => {
    const random = new Stream(4, 'dataset');
    const encoding = (name: string, zeroPoint: number, mode: RoundingMode = 'nearest-even'): Encoding => ({
      format: getFormat(name),
      rounding: { ...NEAREST_EVEN, mode },
      granularity: { kind: 'tensor' },
      scales: Float64Array.of(1),
      zeroPoint,
      range: 'full',
    });
    const cases = [
      [encoding('affine8s', 3), encoding('affine8', 120), encoding('affine8', 100)],
      [encoding('posit8es1', 0), encoding('float8e4m3fn', 0), encoding('float8e4m3', 0, 'stochastic')],
      [encoding('float8e5m2', 0), encoding('posit8es2', 0), encoding('posit6es1', 0, 'toward-zero')],
    ] as const;
    for (const [weights, activations, output] of cases) {
      for (const activation of ['identity', 'relu'] as const) {
        const k = 11;
        const multiplier = rational(BigInt(32768 + random.below(32768)), 2n ** 22n);
        const bias = BigInt(random.below(2 ** 16)) - 2n ** 15n;
        const codes = (format: NumberFormat) =>
          Uint8Array.from({ length: k }, () => random.below(2 ** format.bits));
        const layer: MacLayer = {
          name: 'layer',
          k,
          outChannels: 1,
          weights,
          activations,
          output,
          activation,
          choices: DEFAULT_CHOICES,
          multipliers: [multiplier],
          bias: [bias],
          cap: undefined,
          tensor: 0,
          weightCodes: codes(weights.format),
          latticeExponent: weights.format.facts.lsbExponent + activations.format.facts.lsbExponent,
        };
        const unit = new EmacUnit({
          weights: weights.format,
          activations: activations.format,
          output: output.format,
          rounding: output.rounding,
          maxK: k,
          maxBias: 2n ** 15n,
          multiplier,
          activation,
          zeroPoints: {
            weights: weights.zeroPoint,
            activations: activations.zeroPoint,
            output: output.zeroPoint,
          },
        });
        const readers = { weights: new OperandReader(weights), activations: new OperandReader(activations) };
        for (let trial = 0; trial < 40; trial++) {
          const x = codes(activations.format);
          const randomWord = random.word();
          const expected = referenceOutput(layer, readers, x, 0, 0, randomWord);
          expect(runDot(unit, layer.weightCodes, x, { bias, randomWord }).code).toBe(expected);
        }
      }
    }
  });
});

describe('worst cases of the widths', () => {
  for (const name of FORMATS) {
    it(`${name}: K largest products, alternating signs, cancelling to one smallest product`, () => {
      const format = getFormat(name);
      const k = 64;
      const tight = unitOf(name, { maxK: k });
      const least = format.levels.code(0);
      const most = format.levels.code(format.levels.count - 1);
      const big = Math.abs(format.facts.min) > format.facts.max ? least : most;
      const fill = (at: (i: number) => number) => Array.from({ length: k }, (_, i) => at(i));
      const tiny = format.encode(format.facts.minPositive);
      const cases: [number[], number[]][] = [
        [fill(() => big), fill(() => big)],
        [fill(() => least), fill(() => most)],
        [fill((i) => (i % 2 === 0 ? least : most)), fill(() => most)],
        [
          fill((i) => (i === 0 ? tiny : i % 2 === 0 ? least : most)),
          fill((i) => (i === 0 ? tiny : i === k - 1 ? format.encode(0) : most)),
        ],
      ];
      for (const [w, x] of cases) {
        expect(runDot(tight, w, x).code).toBe(nearestCode(format, exactSum([format, format], w, x)));
      }
    });
  }

  it('one bit less than the need cannot hold the worst case, and cannot be built', () => {
    const format = getFormat('posit8es1');
    const need = unitOf('posit8es1', { maxK: 64 }).accumulatorBits;
    expect(() => unitOf('posit8es1', { maxK: 64, accumulatorBits: need - 1 })).toThrow(UserError);
    // built for 63, given 64: the register itself refuses
    const unit = unitOf('posit8es1', { maxK: 63 });
    expect(unit.accumulatorBits).toBe(need - 1);
    const maxpos = 2 ** 7 - 1;
    let index = 0;
    const clockOn = () =>
      unit.clock({
        product: { w: maxpos, x: maxpos },
        position: { first: index++ === 0 ? 'first' : 'later', last: 'inner' },
      });
    expect(() => {
      for (let i = 0; i < 70; i++) clockOn();
    }).toThrow(/register 'sum'/);
    expect(format.toNumber(maxpos)).toBe(4096);
  });

  it('refuses a K or a bias beyond what it is built for', () => {
    const unit = unitOf('fixed8q4', { maxK: 2 });
    expect(() => runDot(unit, [1, 1, 1], [1, 1, 1])).toThrow(/K = 3 is more than the unit is built for/);
    expect(() => runDot(unit, [1], [1], { bias: 1n })).toThrow(UserError);
  });
});
