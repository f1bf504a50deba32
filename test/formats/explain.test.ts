import { describe, expect, it } from 'vitest';
import { type EncodeEvent, errorText, eventOf } from '../../formats/events.js';
import { explain, explanationText } from '../../formats/explain.js';
import { NEAREST_EVEN, type Rounding } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';

const cases: [string, number, Partial<Rounding>, EncodeEvent, string][] = [
  ['posit8es1', 1.5, {}, 'exact', '0'],
  ['posit8es1', 2500, {}, 'rounded', '1596'],
  ['posit8es1', 2048, {}, 'tie', '-1024'],
  ['posit8es1', 2048, { mode: 'up' }, 'rounded', '2048'],
  ['posit8es1', 1e9, {}, 'saturated', '-999995904'],
  ['posit8es1', 2 ** -13, {}, 'underflow', '0.0001220703125'],
  ['posit8es1', 2 ** -13, { underflow: 'half' }, 'underflow', '-0.0001220703125'],
  ['posit8es1', Number.POSITIVE_INFINITY, {}, 'overflow', 'NaN'],
  ['posit8es1', Number.NaN, {}, 'exact', '0'],
  ['float8e4m3fn', 464, {}, 'saturated', '-16'],
  ['float8e4m3fn', 464, { policy: 'nan' }, 'tie', '-16'],
  ['float8e4m3fn', 450, { policy: 'nan' }, 'rounded', '-2'],
  ['float8e4m3fn', 465, { policy: 'nan' }, 'overflow', 'NaN'],
  ['float8e4m3fn', 465, { policy: 'nan', mode: 'toward-zero' }, 'saturated', '-17'],
  ['float8e5m2', 1e6, { policy: 'infinity' }, 'overflow', 'Infinity'],
  ['float8e5m2', Number.NEGATIVE_INFINITY, { policy: 'infinity' }, 'exact', '0'],
  ['float8e5m2', Number.NEGATIVE_INFINITY, {}, 'saturated', 'Infinity'],
  ['float8e4m3', -(2 ** -10), {}, 'underflow', '0.0009765625'],
  ['float8e4m3', -0, {}, 'exact', '0'],
  ['fixed8q4', 0.1, {}, 'rounded', '0.0249999999999999944488848768742172978818416595458984375'],
  [
    'fixed8q4',
    7.95,
    {},
    'saturated',
    '-0.0125000000000001776356839400250464677810668945312500'.replace(/0+$/, ''),
  ],
  ['affine8', -3, {}, 'saturated', '3'],
  ['affine8', 2.5, {}, 'tie', '-0.5'],
];

describe('what happened', () => {
  it.each(cases)('%s of %d with %j: %s, error %s', (name, x, rounding, event, error) => {
    const format = getFormat(name);
    const full = { ...NEAREST_EVEN, ...rounding };
    const code = format.encode(x, full);
    expect(eventOf(format, x, code, full)).toBe(event);
    expect(errorText(format.toNumber(code), x)).toBe(error);
    const explanation = explain(format, x, full);
    expect(explanation).toMatchObject({ code, event, error });
    expect(explanation.why).not.toBe('');
  });

  it('the error keeps every digit where float64 subtraction would not', () => {
    expect(errorText(1, 2 ** -60)).toBe('0.999999999999999999132638262011596452794037759304046630859375');
  });
});

describe('explain', () => {
  it('names the neighbours and the posit one bit wider between them', () => {
    const explanation = explain(getFormat('posit8es1'), 2500, NEAREST_EVEN);
    expect(explanation.lower).toEqual({ code: 0x7e, value: 1024 });
    expect(explanation.upper).toEqual({ code: 0x7f, value: 4096 });
    expect([explanation.boundary, explanation.boundaryIs]).toEqual(['2048', 'posit one bit wider']);
    const text = explanationText(explanation);
    expect(text).toContain('posit8es1: 2500 becomes 0x7f = 4096');
    expect(text).toContain('above the boundary, so nearest-even takes the upper neighbour');
  });

  it('gives the overflow midpoint beyond max, and no neighbour there', () => {
    const explanation = explain(getFormat('float8e4m3fn'), 460, { ...NEAREST_EVEN, policy: 'nan' });
    expect(explanation).toMatchObject({ upper: undefined, boundary: '464', boundaryIs: 'overflow midpoint' });
    expect(explanation.why).toContain('would-be successor');
  });
});
