import { describe, expect, it } from 'vitest';
import { toRational } from '../../../arithmetic/float64.js';
import { Stream } from '../../../arithmetic/philox.js';
import {
  add,
  compare,
  dyadic,
  multiply,
  type Rational,
  rational,
  ZERO,
} from '../../../arithmetic/rational.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import type { MacLayer } from '../../../emac/layer/layer.js';
import { referenceOutput } from '../../../emac/layer/reference.js';
import { cyclesOfDot, EmacUnit, type UnitSpec } from '../../../emac/unit/pipeline.js';
import { describeUnit, runDot, traceDot, traceTable } from '../../../emac/unit/pipeline-run.js';
import { UserError } from '../../../errors.js';
import { NEAREST_EVEN, type NumberFormat, type RoundingMode } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import type { Encoding } from '../../../quantizers/encoding.js';

/** Nearest-even by scanning every boundary: shares nothing with the encoders but the format's own facts. */
function nearestCode(format: NumberFormat, value: Rational): number {
  if (value.numerator === 0n) return format.encode(0);
  const { levels } = format;
  let index = 0;
  while (index < levels.count - 1) {
    const order = compare(value, format.boundary(index));
    if (order < 0 || (order === 0 && format.isEven(levels.code(index)))) break;
    index++;
  }
  const code = levels.code(index);
  if (format.toNumber(code) !== 0) return code;
  const negative = value.numerator < 0n;
  if (format.family === 'posit') return levels.code(negative ? index - 1 : index + 1);
  return negative && format.negativeZero !== undefined ? format.negativeZero : code;
}

function exactSum(format: [NumberFormat, NumberFormat], w: number[], x: number[]): Rational {
  return w.reduce((sum, code, i) => {
    const product = multiply(toRational(format[0].toNumber(code)), toRational(format[1].toNumber(x[i]!)));
    return add(sum, product);
  }, ZERO);
}

function unitOf(name: string, spec: Partial<UnitSpec> = {}): EmacUnit {
  const format = getFormat(name);
  return new EmacUnit({
    weights: format,
    activations: format,
    output: format,
    rounding: NEAREST_EVEN,
    maxK: 64,
    ...spec,
  });
}

function finiteCodes(format: NumberFormat): number[] {
  return Array.from({ length: 2 ** format.bits }, (_, code) => code).filter((code) =>
    Number.isFinite(format.toNumber(code)),
  );
}

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
          ...{ name: 'layer', k, outChannels: 1, weights, activations, output, activation },
          ...{ choices: DEFAULT_CHOICES, multipliers: [multiplier], bias: [bias], cap: undefined, tensor: 0 },
          weightCodes: codes(weights.format),
          latticeExponent: weights.format.facts.lsbExponent + activations.format.facts.lsbExponent,
        };
        const unit = new EmacUnit({
          ...{ weights: weights.format, activations: activations.format, output: output.format },
          ...{ rounding: output.rounding, maxK: k, maxBias: 2n ** 15n, multiplier, activation },
          zeroPoints: {
            weights: weights.zeroPoint,
            activations: activations.zeroPoint,
            output: output.zeroPoint,
          },
        });
        const readers = { weights: new OperandReader(weights), activations: new OperandReader(activations) };
        for (let trial = 0; trial < 40; trial++) {
          const x = codes(activations.format);
          const draw = random.word();
          const expected = referenceOutput(layer, readers, x, 0, 0, draw);
          expect(runDot(unit, layer.weightCodes, x, { bias, draw }).code).toBe(expected);
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

describe('NaN, infinities and signed zeros', () => {
  it('NaR absorbs, and the next dot product is free of it', () => {
    const unit = unitOf('posit8es1');
    expect(runDot(unit, [0x40, 0x80, 0x40], [0x40, 0x00, 0x40]).code).toBe(0x80);
    expect(runDot(unit, [0x40], [0x40]).code).toBe(0x40);
  });
  it('Inf is Inf, Inf − Inf and Inf · 0 are NaN', () => {
    const inf = 0x78;
    const one = 0x38;
    const unit = unitOf('float8e4m3', { rounding: { ...NEAREST_EVEN, policy: 'infinity' } });
    expect(runDot(unit, [inf, one], [one, one]).code).toBe(inf);
    expect(runDot(unit, [one, inf], [one, one | 0x80]).code).toBe(inf | 0x80);
    expect(runDot(unit, [inf, inf], [one, one | 0x80]).code).toBe(0x7c);
    expect(runDot(unit, [inf], [0]).code).toBe(0x7c);
    expect(runDot(unitOf('float8e4m3'), [inf], [one]).code).toBe(0x77);
  });
  it('a sum that is exactly zero is +0, a negative one that rounds to zero is −0', () => {
    const unit = unitOf('float8e4m3');
    expect(runDot(unit, [0x38, 0xb8], [0x38, 0x38]).code).toBe(0x00);
    expect(runDot(unit, [0x80], [0x38]).code).toBe(0x00);
    expect(runDot(unit, [0x01], [0x81]).code).toBe(0x80);
    expect(runDot(unitOf('float8e4m3', { activation: 'relu' }), [0x01], [0x81]).code).toBe(0x00);
    expect(runDot(unitOf('posit8es1'), [0x01], [0xff]).code).toBe(0xff);
  });
  it('relu6 clamps before the rounding', () => {
    const unit = unitOf('fixed8q4', { activation: 'relu6', cap: rational(6n) });
    expect(runDot(unit, [0x7f], [0x7f]).code).toBe(0x60);
    expect(runDot(unit, [0x81], [0x7f]).code).toBe(0x00);
  });
  it('a NaN that the output format cannot hold is an error of one line', () => {
    const unit = unitOf('posit8es1', { output: getFormat('fixed8q4') });
    expect(() => runDot(unit, [0x80], [0x40])).toThrow(UserError);
  });
});

describe('time', () => {
  it('K products take K + 3 clock edges, an empty dot product one slot', () => {
    expect([0, 1, 2, 784].map(cyclesOfDot)).toEqual([4, 4, 5, 787]);
    const unit = unitOf('fixed8q4');
    expect(runDot(unit, [0x10, 0x10], [0x10, 0x10])).toEqual({ code: 0x20, cycles: 5 });
    expect(runDot(unit, [], []).code).toBe(0);
  });
  it('dot products run back to back: one code every K edges, each with its own bias', () => {
    const unit = unitOf('fixed8q4', { maxBias: 1000n });
    const seen: [number, number][] = [];
    for (let edge = 0; edge < 20; edge++) {
      const code = unit.clock(
        edge >= 12
          ? undefined
          : {
              product: { w: 0x10, x: 0x10 },
              position: {
                first: edge % 3 === 0 ? 'first' : 'later',
                last: edge % 3 === 2 ? 'last' : 'inner',
              },
              bias: BigInt(Math.floor(edge / 3)) * 256n,
            },
      );
      if (code !== undefined) seen.push([edge + 1, code]);
    }
    // 3 · 1.0 + bias 0, 1, 2, 3 in steps of 2^-4
    expect(seen).toEqual([
      [6, 0x30],
      [9, 0x40],
      [12, 0x50],
      [15, 0x60],
    ]);
  });
  it('bubbles between products change nothing', () => {
    const unit = unitOf('fixed8q4');
    const product = { w: 0x10, x: 0x10 };
    const inputs = [
      { product, position: { first: 'first', last: 'inner' } },
      undefined,
      undefined,
      { product, position: { first: 'later', last: 'last' } },
      undefined,
      undefined,
      undefined,
    ] as const;
    expect(inputs.map((input) => unit.clock(input)).filter((code) => code !== undefined)).toEqual([0x20]);
  });
});

describe('registers', () => {
  it('have the widths of the datapath', () => {
    const widths = (name: string) =>
      Object.fromEntries(unitOf(name, { maxK: 1024 }).registers.map(({ name, bits }) => [name, bits]));
    expect(widths('fixed8q4')).toMatchObject({ w: 8, x: 8, product: 16, sum: 26, y: 8 });
    expect(widths('posit8es1')).toMatchObject({
      sign: 1,
      product: 10,
      shift: 6,
      special: 2,
      sum: 60,
      sticky: 2,
    });
    expect(widths('float8e4m3')).toMatchObject({ sign: 1, product: 8, shift: 5, sum: 45 });
    expect(Object.keys(widths('float6e3m2f'))).not.toContain('special');
  });
  it('a trace shows every register after every edge, in hex', () => {
    const unit = unitOf('fixed8q4', { maxK: 2 });
    const trace = traceDot(unit, [0x10, 0xf0], [0x10, 0x20]);
    expect(trace.code).toBe(0xf0);
    const column = (name: string) => trace.rows.map((row) => row[trace.columns.indexOf(name)]);
    expect(column('cycle')).toEqual(['1', '2', '3', '4', '5']);
    expect(column('w')).toEqual(['10', 'f0', '00', '00', '00']);
    expect(column('product')).toEqual(['0000', '0100', 'fe00', '0000', '0000']);
    expect(column('sum')).toEqual(
      ['00000', '00000', '00100', '1ff00', '1ff00'].map((hex) =>
        hex.slice(-Math.ceil(unit.accumulatorBits / 4)),
      ),
    );
    expect(column('y')).toEqual(['00', '00', '00', '00', 'f0']);
    expect(traceTable(trace).split('\n')).toHaveLength(6);
    expect(describeUnit(unit)).toContain('fixed8q4 × fixed8q4 → fixed8q4, K ≤ 2: accumulator 17 bits');
  });
});
