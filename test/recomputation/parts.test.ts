import { describe, expect, it } from 'vitest';
import { differences } from './comparing.js';
import { parseTable } from './csv.js';
import { tangoEnds, wilsonEnds } from './intervals.js';
import { base64, classesOf } from './predictions.js';
import { corrected, mcnemar, signFlips } from './probabilities.js';
import { hash64, philox4x32 } from './random.js';

const ALL = 0xffffffff;

describe('the parts of the recomputation give published values', () => {
  it('Philox4x32-10: the known answers of Random123', () => {
    expect(philox4x32([0, 0], [0, 0, 0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(philox4x32([ALL, ALL], [ALL, ALL, ALL, ALL])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(philox4x32([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  it('64-bit FNV-1a: the test vectors of its authors', () => {
    expect(hash64('')).toBe(0xcbf29ce484222325n);
    expect(hash64('a')).toBe(0xaf63dc4c8601ec8cn);
    expect(hash64('foobar')).toBe(0x85944171f73967e8n);
  });

  it('base64: RFC 4648, §10', () => {
    const text = (encoded: string): string => String.fromCharCode(...base64(encoded));
    expect(['Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy'].map(text)).toEqual([
      'f',
      'fo',
      'foo',
      'foob',
      'fooba',
      'foobar',
    ]);
  });

  it('intervals: Wilson of 8 of 10, Tango of 1 and 7 of 21 (Fagerland, Lydersen and Laake 2014, table V)', () => {
    const written = (ends: readonly number[], digits: number) => ends.map((end) => end.toFixed(digits));
    expect(written(wilsonEnds(8, 10), 4)).toEqual(['0.4902', '0.9433']);
    expect(written(tangoEnds(1, 7, 21), 3)).toEqual(['-0.517', '-0.026']);
    expect(written(tangoEnds(7, 1, 21), 3)).toEqual(['0.026', '0.517']);
  });

  it('probabilities: McNemar of 1 against 9, and the same by all signs', () => {
    expect(mcnemar(1, 9)).toBe(22 / 1024);
    expect(signFlips([...new Array<number>(9).fill(1), -1, 0])).toBe(22 / 1024);
    // of the 16 sums ±2 ±1 ±1 ±1 two are 5 in size, eight 3 or 5
    expect(signFlips([2, 1, 1, 1])).toBe(2 / 16);
    expect(signFlips([2, 1, 1, -1])).toBe(8 / 16);
    expect(corrected([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('only the last digit of a rounded figure may differ, by one', () => {
    const seen = (name: string, a: string, b: string) => differences([{ [name]: a }], [{ [name]: b }]).length;
    expect(seen('drop_low', '-0.000001', '0.000000')).toBe(0);
    expect(seen('p', '1.234e-9', '1.235e-9')).toBe(0);
    expect(seen('p', '1.234e-9', '1.236e-9')).toBe(1);
    expect(seen('p', '1.234e-9', '1.234e-8')).toBe(1);
    expect(seen('p', 'n/a', '<1e-300')).toBe(1);
    expect(seen('accuracy', '0.500000', '0.500001')).toBe(1);
    expect(differences([], [{}])).toHaveLength(1);
  });

  it('cells between quotes', () => {
    expect(parseTable('a,b\n"1, ""2""",3\n').records).toEqual([{ a: '1, "2"', b: '3' }]);
  });

  it('changes: a gap of 200 takes two bytes, 255 is no class', () => {
    const classes = classesOf('yAEHAP8=', new Array<number>(202).fill(1));
    expect(classes.slice(199)).toEqual([1, 7, -1]);
  });
});
