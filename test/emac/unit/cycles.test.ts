import { describe, expect, it } from 'vitest';
import { rational } from '../../../arithmetic/rational.js';
import type { EmacUnit } from '../../../emac/unit/pipeline.js';
import { runDot, runDots } from '../../../emac/unit/pipeline-run.js';
import { cyclesOfLayer } from '../../../emac/unit/requantizer.js';
import { unitOf } from './units.js';

const KS = [0, 1, 2, 3, 5, 8, 14, 31, 64];
const NAMES = ['fixed5q2', 'fixed8q4', 'float8e4m3', 'posit5es1', 'posit8es0', 'posit8es1', 'posit8es2'];
/** Of these outputs and widths, what was measured: the round of wide posits keeps to one cycle. */
const ONE_CYCLE_ROUND = ['posit8es1', 'posit8es2'];
const multiplier = rational(40961n, 2n ** 20n);

function codesOf(k: number): { w: number[]; x: number[] } {
  return { w: new Array(k).fill(1), x: new Array(k).fill(1) };
}

/** Of `dots` dot products of k back to back: the edge at which each code came. */
function edgesOf(unit: EmacUnit, k: number, dots: number): number[] {
  return runDots(unit, new Array(dots).fill(codesOf(k))).map(({ cycles }) => cycles);
}

describe('cycles with a loop over the digits of the sum', () => {
  for (const name of NAMES) {
    it(`${name}: max(K, 1) + ⌈W/r⌉ + 4, one more for a round of two; then every max(K, ⌈W/r⌉ + 1)`, () => {
      const width = unitOf(name, { maxK: 64 }).accumulatorBits;
      const tested = new Set<number>();
      for (const shortestK of [1, ...KS, width]) {
        const unit = unitOf(name, { maxK: 64, shortestK, multiplier });
        if (unit.requantizer.kind !== 'loop') throw new Error('no loop');
        const r = unit.requantizer.digitBits;
        // the least that keeps up with the shortest dot product
        const keepsUp = [2, 4].find((bits) => Math.ceil(width / bits) + 1 <= shortestK);
        expect(r).toBe(keepsUp ?? 8);
        if (tested.has(r)) continue;
        tested.add(r);
        const digits = Math.ceil(width / r);
        const round = ONE_CYCLE_ROUND.includes(name) ? 1 : 2;
        for (const k of KS) {
          const single = Math.max(k, 1) + digits + 4 + round - 1;
          expect(unit.cyclesOfDot(k)).toBe(single);
          expect(runDot(unit, codesOf(k).w, codesOf(k).x).cycles).toBe(single);
          const interval = Math.max(k, digits + 1);
          const edges = edgesOf(unit, k, 4);
          expect(edges).toEqual([0, 1, 2, 3].map((dot) => single + dot * interval));
          // a layer counts the slot of its last dot product whole
          expect(cyclesOfLayer({ k, outputs: 4 }, 1, unit.requantizer)).toBe(
            edges[3]! + interval - Math.max(k, 1),
          );
        }
      }
      expect(tested.size).toBeGreaterThan(1);
    });
  }

  it('a long dot product hides the loop of the one before, a short one waits: mixed lengths', () => {
    const unit = unitOf('posit8es1', { maxK: 64, shortestK: 64, multiplier });
    const lengths = [3, 40, 2, 0, 64, 31, 1];
    // W = 56: 28 digits of 2 bits, so ends of dot products are 29 edges apart or more
    expect(unit.accumulatorBits).toBe(56);
    const ends: number[] = [];
    let taken = 0;
    for (const k of lengths) {
      taken += Math.max(k, 1);
      const earliest = ends.length === 0 ? taken : Math.max(taken, ends.at(-1)! + 29);
      taken = earliest;
      ends.push(earliest);
    }
    const runs = runDots(unit, lengths.map(codesOf));
    expect(runs.map(({ cycles }) => cycles)).toEqual(ends.map((end) => end + 28 + 4));
  });

  it('an end of a dot product is not taken while the loop is busy; other products are', () => {
    const unit = unitOf('fixed8q4', { maxK: 4, shortestK: 1, multiplier });
    const product = { w: 1, x: 1 };
    const last = { product, position: { first: 'first', last: 'last' } } as const;
    const inner = { product, position: { first: 'first', last: 'inner' } } as const;
    expect(unit.takes(last)).toBe(true);
    unit.clock(last);
    expect(unit.takes(last)).toBe(false);
    expect(unit.takes(inner)).toBe(true);
    expect(() => unit.clock(last)).toThrow(/^the requantizer is busy for 3 more clock edges/);
    for (let edge = 0; edge < 3; edge++) unit.clock(undefined);
    expect(unit.takes(last)).toBe(true);
  });
});

describe('cycles of the other requantizers', () => {
  it('s = 1 and powers of two: max(K, 1) + 3, then every max(K, 1), no register more', () => {
    const plain = unitOf('posit8es1');
    for (const s of [rational(1n), rational(1n, 64n), rational(8n)]) {
      const unit = unitOf('posit8es1', { multiplier: s });
      expect(unit.registers).toEqual(plain.registers);
      for (const k of KS) {
        const edges = [0, 1, 2, 3].map((dot) => Math.max(k, 1) * (dot + 1) + 3);
        expect(edgesOf(unit, k, 4)).toEqual(edges);
      }
    }
  });
  it('a parallel multiplier: two edges for each lane that takes its turn', () => {
    for (const lanes of [1, 2, 3, 8]) {
      for (const name of ['fixed8q4', 'posit8es1']) {
        const unit = unitOf(name, { multiplier, requantizer: { kind: 'parallel', lanes } });
        for (const k of KS) {
          const single = Math.max(k, 1) + 3 + 2 * lanes;
          const interval = Math.max(k, 2 * lanes);
          expect(edgesOf(unit, k, 4)).toEqual([0, 1, 2, 3].map((dot) => single + dot * interval));
        }
      }
    }
  });
});

describe('the registers of the loop', () => {
  it('have the widths of W, r and s, and the hold register becomes the low half of the product', () => {
    const unit = unitOf('fixed8q4', { maxK: 4, shortestK: 1, multiplier });
    // 4 products of 2^14: W = 18, so three digits of 8 bits
    const widths = Object.fromEntries(unit.registers.map(({ name, bits }) => [name, bits]));
    expect(widths).toMatchObject({
      sum: 18,
      hold: 24,
      negative: 1,
      carry: 1,
      upper: 16,
      digits: 2,
      pause: 2,
    });
    expect(widths).toMatchObject({ minus: 1, kept: 10, above: 5, normalised: 1, y: 8 });
    const rows: string[] = [];
    const see = () =>
      rows.push(['sum', 'hold', 'upper', 'digits', 'multiplied'].map((n) => unit.value(n)).join(' '));
    // −3 in units of 2^-8; s = 40961 · 2^-20: 3 · 40961 = 122883 = 0x01e003
    runDot(unit, [0xfd], [0x01], { observe: see });
    expect(rows.map((row) => row.split(' ').map(Number))).toEqual([
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [-3, 0, 0, 0, 0],
      // the sum, extended by its sign
      [-3, 0xfffffd, 0, 3, 0],
      [-3, 0x03ffff, 0x01e0, 2, 0],
      [-3, 0xe003ff, 0x0001, 1, 0],
      [-3, 0x01e003, 0x0000, 0, 1],
      [-3, 0x01e003, 0x0000, 0, 0],
      [-3, 0x01e003, 0x0000, 0, 0],
    ]);
  });
});
