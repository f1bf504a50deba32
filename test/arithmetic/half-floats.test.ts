import { describe, expect, it } from 'vitest';
import { fromBfloat16, fromFloat16 } from '../../arithmetic/half-floats.js';
import { getFormat } from '../../formats/registry.js';

const codes = Uint16Array.from({ length: 2 ** 16 }, (_, code) => code);

describe('16-bit floats of files', () => {
  it.each([
    ['float16e5m10', fromFloat16],
    ['float16e8m7', fromBfloat16],
  ])('are the values of %s, code by code', (name, read) => {
    const format = getFormat(name);
    const values = read(codes);
    for (const code of codes) {
      const expected = format.toNumber(code);
      if (!Object.is(values[code], expected)) expect([code, values[code]]).toEqual([code, expected]);
    }
  });
});
