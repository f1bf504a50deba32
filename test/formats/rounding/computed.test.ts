import { describe, expect, it } from 'vitest';
import { nextDown, nextUp } from '../../../arithmetic/float64.js';
import { probesOf, roundingsOf } from '../../../formats/conformance/probes.js';
import type { Rounding } from '../../../formats/format.js';
import { UNIT } from '../../../formats/placement.js';
import { getFormat } from '../../../formats/registry.js';
import { compareWithExact, wideValues } from './computed-oracle.js';

const SMALL = [
  'posit2es0',
  'posit2es3',
  'posit3es4',
  'posit5es1',
  'posit6es3',
  'posit8es0',
  'posit8es2',
  'posit8es4',
  'float3e1m1',
  'float4e3m0',
  'float4e2m1f',
  'float5e2m2',
  'float5e3m1fnuz',
  'float6e3m2fn',
  'float8e4m3',
  'float3e1m1f',
  'float8e7m0fnuz',
  'fixed5q0',
  'fixed6q5',
  'fixed8q4',
  'pow2int4',
];
const WIDE = [
  'posit9es2',
  'posit16es1',
  'posit16es2',
  'posit19es3',
  'posit32es0',
  'posit32es2',
  'posit32es4',
  'float12e3m8f',
  'float16',
  'bfloat16',
  'float17e8m8fnuz',
  'float20e5m14fn',
  'float32',
  'float32e1m30',
  'fixed12q3',
  'fixed16q8',
  'fixed32q0',
  'fixed32q31',
  'pow2int32',
];

describe('computed codes are those of the exact rule in every mode, policy and underflow rule', () => {
  it.each([...SMALL, ...WIDE])('%s', (name) => {
    const format = getFormat(name);
    const all = probesOf(format);
    const probes =
      format.bits <= 8 ? all : all.filter((_, i) => i % 5 === 0 || i < 20 || i > all.length - 20);
    for (const rounding of roundingsOf(format)) {
      const unit = compareWithExact(format, rounding, UNIT, probes);
      expect(unit.wrong).toEqual([]);
      if (rounding.mode !== 'stochastic') expect(unit.undecided).toBe(0);
      // scales that divide exactly, that round, and that leave the range of normal numbers
      for (const scale of format.bits <= 8 ? [0.25, 0.1, 1e-310] : [3]) {
        expect(compareWithExact(format, rounding, { ...UNIT, scale }, probes).wrong).toEqual([]);
      }
    }
  });

  it.each(['affine4', 'affine4s', 'affine8', 'affine8s', 'affine16s', 'affine32', 'affine32s'])(
    '%s with zero points',
    (name) => {
      const format = getFormat(name);
      const { min, max } = format.facts;
      for (const range of ['full', 'narrow'] as const) {
        const low = range === 'full' ? min : format.narrowRange!.min;
        for (const zeroPoint of [low, 3, max]) {
          const levels = [low, low + 1, 2, 3, 4, max - 1, max].map((integer) => integer - zeroPoint);
          const near = [...levels, ...levels.map((level) => level - 0.5)];
          const values = near.flatMap((x) => [nextDown(x), x, nextUp(x)]).concat(-0, 1e300, -1e300, 1e-300);
          for (const rounding of roundingsOf(format)) {
            for (const scale of [1, 0.1, 2]) {
              expect(compareWithExact(format, rounding, { scale, zeroPoint, range }, values).wrong).toEqual(
                [],
              );
            }
          }
        }
      }
    },
  );
});

describe('32-bit formats around powers of two, changes of regime, ends and random codes', () => {
  it.each(['posit32es2', 'float32', 'fixed32q16'])('%s', (name) => {
    const format = getFormat(name);
    const values = wideValues(format, 200);
    for (const mode of ['nearest-even', 'down'] as const) {
      const rounding: Rounding = { mode, policy: 'saturate', underflow: 'none' };
      expect(compareWithExact(format, rounding, UNIT, values)).toEqual({ wrong: [], undecided: 0 });
    }
  });
});
