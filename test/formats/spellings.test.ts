import { describe, expect, it } from 'vitest';
import { defineFormat } from '../../formats/define.js';
import { getFormat, listFormats, registerFormat } from '../../formats/registry.js';
import { aliasesOf, spellingOf } from '../../formats/spellings.js';

describe('a spelling that means one format', () => {
  it.each([
    ['bf16', 'float16e8m7'],
    ['BF16', 'float16e8m7'],
    ['fp16', 'float16e5m10'],
    ['half', 'float16e5m10'],
    ['fp32', 'float32e8m23'],
    ['tf32', 'float19e8m10'],
    ['posit<8,1>', 'posit8es1'],
    ['posit(8,1)', 'posit8es1'],
    ['Posit<16, 2>', 'posit16es2'],
    ['posit8_1', 'posit8es1'],
    ['p8e1', 'posit8es1'],
    ['e5m2', 'float8e5m2'],
    ['E5M2', 'float8e5m2'],
    ['fp8_e5m2', 'float8e5m2'],
    ['float8_e5m2', 'float8e5m2'],
    ['float8_e4m3fn', 'float8e4m3fn'],
    ['FLOAT8E4M3FNUZ', 'float8e4m3fnuz'],
    ['e4m3fn', 'float8e4m3fn'],
    ['float8_e4m3', 'float8e4m3'],
    ['float6_e2m3fn', 'float6e2m3f'],
    ['float4_e2m1fn', 'float4e2m1f'],
    ['e8m7', 'float16e8m7'],
    ['INT8', 'affine8s'],
    ['int16', 'affine16s'],
    ['u8', 'affine8'],
    ['Q0.7', 'fixed8q7'],
    ['ap_fixed<8,3>', 'fixed8q5'],
  ])('%s is %s, and is called so', (given, name) => {
    expect(getFormat(given)).toBe(getFormat(name));
    expect(getFormat(given).name).toBe(name);
  });

  it('that names no possible format says which it is', () => {
    expect(() => getFormat('posit<33,2>')).toThrow("'posit<33,2>': posit33es2 is impossible");
    expect(() => getFormat('int64')).toThrow("'int64': affine64s is impossible");
  });
});

describe('a spelling that means different formats to different people', () => {
  it.each([
    ['e4m3', 'float8e4m3fn, float8e4m3, float8e4m3fnuz'],
    ['fp8_e4m3', 'float8e4m3fn, float8e4m3, float8e4m3fnuz'],
    ['fp8', 'float8e4m3fn, float8e5m2, float8e4m3, float8e4m3fnuz, float8e5m2fnuz'],
    ['float8', 'float8e4m3fn, float8e5m2, float8e4m3, float8e4m3fnuz, float8e5m2fnuz'],
    ['fp4', 'float4e2m1f, float4e2m1'],
    ['e2m1', 'float4e2m1f, float4e2m1'],
    ['Q3.5', 'fixed8q5, fixed9q5'],
    ['q8.8', 'fixed16q8, fixed17q8'],
    ['fixed8', 'fixed8q7, fixed8q5, fixed8q4, fixed8q0'],
    ['fixed(16,8)', 'fixed16q8, fixed24q8, fixed25q8'],
    ['posit16', 'posit16es0, posit16es1, posit16es2'],
    ['posit<8>', 'posit8es0, posit8es1, posit8es2'],
  ])('%s is refused with %s', (given, names) => {
    expect(() => getFormat(given)).toThrow(`'${given}' means different formats to different people`);
    expect(() => getFormat(given)).toThrow(new RegExp(`near names: ${names}$`));
    for (const name of names.split(', ')) expect(getFormat(name).name).toBe(name);
  });
});

it.each([
  ['float64', 'at most 32 bits'],
  ['double', 'at most 32 bits'],
  ['int', 'such as int8'],
  ['uq3.5', 'fixed point without a sign'],
  ['mxfp8', 'its elements are float8e4m3fn or float8e5m2'],
])('%s is refused with a reason', (given, says) => {
  expect(() => getFormat(given)).toThrow(says);
});

it('names of the house are never taken for others', () => {
  for (const { name, aliases } of listFormats()) {
    const spelling = spellingOf(name);
    if (spelling !== undefined) expect(spelling).toEqual({ kind: 'name', name });
    expect(aliases).toEqual(aliasesOf(name));
  }
});

it('a plugin may not take a spelling that means a format', () => {
  for (const name of ['bf16', 'posit8_1']) {
    const format = defineFormat({ name, family: 'mine', bits: 2, decode: (code) => [0, 1, 2, -1][code]! });
    expect(() => registerFormat(format)).toThrow('already registered');
  }
});
