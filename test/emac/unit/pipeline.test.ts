import { describe, expect, it } from 'vitest';
import { rational } from '../../../arithmetic/rational.js';
import { describeUnit, runDot, traceDot, traceTable } from '../../../emac/unit/pipeline-run.js';
import { UserError } from '../../../errors.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { unitOf } from './units.js';

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
    const unit = unitOf('fixed8q4');
    expect([0, 1, 2, 784].map((k) => unit.cyclesOfDot(k))).toEqual([4, 4, 5, 787]);
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
