import { describe, expect, it } from 'vitest';
import { cannotWrite, requireWhole, UserError } from '../errors.js';

describe('requireWhole', () => {
  it('passes whole numbers in its range, the ends among them', () => {
    for (const given of [1, 2, 8]) expect(() => requireWhole('count', given, 1, 8)).not.toThrow();
    expect(() => requireWhole('count', 2 ** 60, 1)).not.toThrow();
  });

  it.each([0, 9, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d and says what is allowed',
    (given) => {
      expect(() => requireWhole(`--count ${given}`, given, 1, 8)).toThrow(
        new UserError(`--count ${given}; give a whole number from 1 to 8`),
      );
    },
  );

  it('says a range without an upper end as one', () => {
    expect(() => requireWhole('--count 0', 0, 1)).toThrow(/^--count 0; give a whole number of at least 1$/);
    expect(() => requireWhole('count', Number.POSITIVE_INFINITY, 1)).toThrow(UserError);
  });
});

describe('cannotWrite', () => {
  it('says what the code of the system means, and shows a code that it does not know', () => {
    const message = (code: string): string => cannotWrite('x.csv', { code, message: 'm' }).message;
    expect(message('EMFILE')).toBe(
      'x.csv cannot be written: too many files are open; allow more (ulimit -n)',
    );
    expect(message('EXDEV')).toBe('x.csv cannot be written: EXDEV; choose another place');
  });
});
