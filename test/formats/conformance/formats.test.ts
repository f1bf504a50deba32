import { describe, expect, it } from 'vitest';
import { assertConforms } from '../../../formats/conformance/suite.js';
import { enumeratedLevels } from '../../../formats/levels.js';
import { getFormat, listFormats } from '../../../formats/registry.js';
import { naiveFormats } from '../naive.js';

const presets = new Set(listFormats().map(({ name }) => name));
/** The others of 7 and 8 bits are in the long suite. */
const small = naiveFormats().flatMap(({ name, bits }) => (bits <= 6 || presets.has(name) ? [name] : []));

describe('every format of up to 6 bits, and the named ones of up to 8', () => {
  it.each(small)('%s conforms on every code and boundary', (name) => {
    assertConforms(getFormat(name));
  });

  it.each(small)('%s has the levels that enumeration finds', (name) => {
    const { bits, levels, toNumber } = getFormat(name);
    const enumerated = enumeratedLevels(name, bits, toNumber);
    const codes = (of: typeof levels) => Array.from({ length: of.count }, (_, index) => of.code(index));
    expect(codes(levels)).toEqual(codes(enumerated));
  });
});

describe('wider formats', () => {
  it('fixed12q3 conforms on a stride of its codes; those of 16 bits do in the long suite', () => {
    assertConforms(getFormat('fixed12q3'));
  });
});

describe('lattice facts stated by families', () => {
  it.each([
    ['posit32es2', -120, 28],
    ['float32', -149, 24],
    ['fixed32q16', -16, 31],
    ['affine32', 0, 32],
    ['affine32s', 0, 31],
    ['pow2int32', 0, 31],
  ] as const)('%s: multiples of 2^%i, %i significand bits', (name, lsbExponent, significandBits) => {
    expect(getFormat(name).facts).toMatchObject({ lsbExponent, significandBits });
  });
});
