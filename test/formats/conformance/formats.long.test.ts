import { describe, expect, it } from 'vitest';
import { assertConforms } from '../../../formats/conformance/suite.js';
import { enumeratedLevels } from '../../../formats/levels.js';
import { getFormat } from '../../../formats/registry.js';
import { naiveFormats } from '../naive.js';

describe('every format of 7 and 8 bits', () => {
  const names = naiveFormats().flatMap(({ name, bits }) => (bits > 6 ? [name] : []));

  it.each(names)('%s conforms on every code and boundary', (name) => {
    assertConforms(getFormat(name));
  });

  it.each(names)('%s has the levels that enumeration finds', (name) => {
    const { bits, levels, toNumber } = getFormat(name);
    const enumerated = enumeratedLevels(name, bits, toNumber);
    const codes = (of: typeof levels) => Array.from({ length: of.count }, (_, index) => of.code(index));
    expect(codes(levels)).toEqual(codes(enumerated));
  });
});
