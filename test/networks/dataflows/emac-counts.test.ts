import { expect, it } from 'vitest';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import { CodeTensor } from '../../../networks/dataflows/emac-tensor.js';

/** What is counted of an edge on which every code of a format occurs once. */
function countsOf(name: string, zeroPoint = 0, range: 'full' | 'narrow' = 'full') {
  const format = getFormat(name);
  const size = 2 ** format.bits;
  const encoding = {
    format,
    rounding: NEAREST_EVEN,
    granularity: { kind: 'tensor' as const },
    zeroPoint,
    range,
    scales: Float64Array.of(0.5),
  } as const;
  const tensor = new CodeTensor(createKernels(), { name: 'edge', shape: [size], size }, encoding, 1);
  tensor.codes(1).set(Array.from({ length: size }, (_, code) => code));
  tensor.observe(1);
  const { zeros, atMax, atMin, total } = tensor.counts;
  return [zeros, atMax, atMin, total];
}

it.each([
  // zero point 0, as behind a ReLU: the range ends at real 0, which is a zero and no saturation
  ['affine8', 0, [1, 1, 0, 256]],
  ['affine8', 255, [1, 1, 0, 256]],
  ['affine8', 7, [1, 2, 0, 256]],
  ['affine4', 0, [1, 1, 0, 16]],
  ['affine8s', -128, [1, 1, 0, 256]],
  ['affine8s', 0, [1, 2, 0, 256]],
  ['affine12', 0, [1, 1, 0, 4096]],
  ['posit8es1', 0, [1, 2, 2, 256]],
  // ±minpos is ±maxpos
  ['posit2es0', 0, [1, 2, 0, 4]],
  ['posit12es2', 0, [1, 2, 2, 4096]],
  // +0 and −0
  ['float8e4m3', 0, [2, 2, 0, 256]],
  ['float8e4m3fnuz', 0, [1, 2, 0, 256]],
  ['pow2val4', 0, [2, 2, 0, 16]],
  ['fixed8q5', 0, [1, 2, 0, 256]],
] as const)(
  'an edge of every code of %s, zero point %i: zeros, at_max and at_min share no code',
  (...given) => {
    const [format, zeroPoint, expected] = given;
    expect(countsOf(format, zeroPoint)).toEqual(expected);
  },
);

it('the ends of the narrow range are those of its codes', () => {
  expect(countsOf('affine8', 1, 'narrow')).toEqual([1, 1, 0, 256]);
  expect(countsOf('affine8s', 0, 'narrow')).toEqual([1, 2, 0, 256]);
});

it('facts follow the codes of the last run, and padding', () => {
  const format = getFormat('fixed8q0');
  const encoding = {
    format,
    rounding: NEAREST_EVEN,
    granularity: { kind: 'tensor' as const },
    zeroPoint: 0,
    range: 'full' as const,
    scales: Float64Array.of(1),
  };
  const tensor = new CodeTensor(createKernels(), { name: 'edge', shape: [40], size: 40 }, encoding, 1);
  const runs = [[5, 7], [5, 7], [-100, 64], [5, 7], [-128, 127], [0], [0], [96, -32, 16]];
  for (const values of runs) {
    tensor.codes(1).set(Array.from({ length: 40 }, (_, i) => format.encode(values[i % values.length]!)));
    tensor.observe(1);
    const all = [0, ...values];
    const used = new Uint8Array(256);
    for (const value of all) used[value & 255] = 1;
    expect([...tensor.used]).toEqual([...used]);
    expect(tensor.facts).toMatchObject({
      lowest: Math.min(...all),
      highest: Math.max(...all),
      largest: Math.max(...all.map(Math.abs)),
      hasSpecials: false,
    });
  }
});
