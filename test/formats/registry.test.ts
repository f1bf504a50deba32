import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { formatFamilies, getFormat, listFormats } from '../../formats/registry.js';

function message(name: string): string {
  try {
    getFormat(name);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return 'no error';
}

describe('names', () => {
  it.each([
    ['float16', 'float16e5m10'],
    ['bfloat16', 'float16e8m7'],
    ['float32', 'float32e8m23'],
    ['float6e2m3fn', 'float6e2m3f'],
    ['float6e3m2fn', 'float6e3m2f'],
    ['float4e2m1fn', 'float4e2m1f'],
    ['int8', 'affine8s'],
    ['uint8', 'affine8'],
    ['int4', 'affine4s'],
  ])('%s is another spelling of %s, one and the same format', (alias, name) => {
    expect(getFormat(alias)).toBe(getFormat(name));
    expect(getFormat(name).name).toBe(name);
    expect(getFormat(name).aliases).toContain(alias);
  });

  it('of presets give the format of that name', () => {
    for (const format of listFormats()) expect(getFormat(format.name)).toBe(format);
    expect(formatFamilies().flatMap(({ presets }) => presets)).toEqual(listFormats().map(({ name }) => name));
  });

  it.each([
    ['posit1es0', '2 ≤ n ≤ 32'],
    ['posit33es2', '2 ≤ n ≤ 32'],
    ['posit8es5', '0 ≤ e ≤ 4'],
    ['posit08es1', 'is unknown'],
    ['posit8', 'near names: posit8es0, posit8es1, posit8es2'],
    ['POSIT8ES1', 'near names: posit8es1'],
    ['float2e1m0', 'no positive finite value'],
    ['float8e4m2', '1 + 4 + 2 is 7 bits, not 8; near names: float7e4m2'],
    ['float11e9m1', '1 ≤ e ≤ 8'],
    ['float5e0m4', '1 ≤ e ≤ 8'],
    ['float3e2m0fn', 'fn needs m ≥ 1'],
    ['float33e8m24', 'at most 32 bits'],
    ['fixed8q8', '0 ≤ q < n'],
    ['fixed1q0', '2 ≤ n ≤ 32'],
    ['affine1', '2 ≤ n ≤ 32'],
    ['pow2int33', '2 ≤ n ≤ 32'],
    ['pow2val9', '2 ≤ n ≤ 8'],
    ['bfloat', 'near names: bfloat16'],
    ['', 'is unknown'],
    ['x'.repeat(100000), 'is unknown'],
  ])('%.20s is refused in one line', (name, says) => {
    expect(message(name)).toContain(says);
    expect(message(name)).toContain('near names: ');
    expect(message(name)).not.toContain('\n');
    expect(message(name).length).toBeLessThan(700);
  });

  it('takes the impossible-looking but possible', () => {
    expect(getFormat('float2e1m0f').facts.max).toBe(2);
    expect(getFormat('float3e2m0').facts.max).toBe(2);
    expect(getFormat('posit2es0').facts.max).toBe(1);
    expect(getFormat('posit3es4').facts.max).toBe(65536);
  });
});
