import { describe, expect, it } from 'vitest';
import { specialCodes } from '../../emac/certified/repair/specials.js';
import { codeBytes, codeView } from '../../emac/codes/width.js';
import { getFormat } from '../../formats/registry.js';
import { createKernels } from '../../kernels/loader.js';

const kernels = createKernels();

/** In plain words: what the kernel looks for. */
const twin = (codes: readonly number[], mask: number, largest: number, nan: number): number =>
  codes.some((code) => (code & mask) >>> 0 > largest || code === nan) ? 1 : 0;

const names = [
  'posit8es1',
  'posit5es0',
  'posit16es2',
  'float8e4m3',
  'float8e5m2',
  'float8e4m3fn',
  'float8e4m3fnuz',
];
const wider = ['float8e5m2fnuz', 'float16', 'bfloat16', 'float12e5m6', 'posit32es2', 'float32'];

describe('NaN, NaR and Inf among codes', () => {
  it.each([...names, ...wider])('%s: every code, or the edges, alone and at any place', (name) => {
    const format = getFormat(name);
    const special = specialCodes(format)!;
    const bytes = codeBytes(format.bits);
    const at = kernels.allocate(64 * 4);
    const { mask, largest, nan } = special;
    const call = (n: number, offset: number) =>
      kernels.call.holdsSpecials(n, at + offset * bytes, bytes, mask, largest, nan);
    const top = 2 ** format.bits - 1;
    const edges = [0, 1, largest, largest + 1, nan, nan - 1, nan + 1, (top + 1) / 2, top, top - 1];
    const infinity = Object.values(format.infinity ?? {});
    const codes =
      format.bits <= 16
        ? Array.from({ length: top + 1 }, (_, code) => code)
        : [...edges, ...infinity].filter((code) => code >= 0 && code <= top);
    const wrong: number[] = [];
    let found = 0;
    for (const code of codes) {
      const expected = Number.isFinite(format.toNumber(code)) ? 0 : 1;
      codeView(kernels, format.bits, at, 1)[0] = code;
      if (call(1, 0) !== expected || twin([code], mask, largest, nan) !== expected) wrong.push(code);
      found += expected;
    }
    expect(wrong).toEqual([]);
    expect(found).toBeGreaterThan(0);
    for (const n of [0, 1, 15, 16, 17, 33, 40]) {
      const view = codeView(kernels, format.bits, at, 64);
      // what lies outside is not looked at
      view.fill(nan);
      view.fill(0, 1, 1 + n);
      expect(call(n, 1)).toBe(0);
      for (let i = 1; i <= n; i++) {
        view[i] = nan;
        expect(call(n, 1)).toBe(1);
        view[i] = 0;
      }
    }
  });

  it('formats that have none', () => {
    for (const name of ['fixed8q4', 'affine8', 'float4e2m1f'])
      expect(specialCodes(getFormat(name))).toBe(undefined);
  });
});
