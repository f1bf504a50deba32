import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import type { Rounding } from '../../../formats/format.js';
import type { Placement } from '../../../formats/placement.js';
import { getFormat } from '../../../formats/registry.js';
import { quantizeExact } from '../../../formats/rounding/exact.js';
import { StochasticCoder } from '../../../formats/rounding/stochastic.js';

const PLAIN: Rounding = { mode: 'stochastic', policy: 'saturate', underflow: 'none' };
const names = [
  'posit8es0',
  'posit8es2',
  'posit5es1',
  'posit16es1',
  'float8e4m3',
  'float8e5m2fnuz',
  'float16',
  'fixed8q5',
  'pow2val6',
];

/** The random word at which x first goes up, found by halving. */
function decidingWord(code: (randomWord: number) => number): number {
  let [low, high] = [0, 2 ** 32 - 1];
  const down = code(0);
  while (high > low) {
    const middle = Math.floor((low + high) / 2);
    if (code(middle) === down) low = middle + 1;
    else high = middle;
  }
  return low;
}

describe('stochastic coding of many values gives the exact rule', () => {
  const placements: (readonly [string, Placement])[] = names.flatMap((name) =>
    [1, 0.25, 0.3, 7.1e-3].map((scale) => [name, { scale, zeroPoint: 0, range: 'full' }] as const),
  );
  placements.push(['affine8', { scale: 0.07, zeroPoint: 31, range: 'full' }]);
  placements.push(['affine8s', { scale: 0.011, zeroPoint: 0, range: 'narrow' }]);

  it.each(placements)('%s placed at %o', (name, placement) => {
    const format = getFormat(name);
    const coder = new StochasticCoder(format, PLAIN, placement);
    const stream = new Stream(4, 'dataset');
    const { max, minPositive } = format.facts;
    const reals = [0, -0, max, -max, max * 1.5, minPositive / 3, -minPositive / 3, minPositive];
    const values = [
      ...reals.map((real) => real * placement.scale),
      ...Array.from({ length: 60 }, () => (stream.uniform() - 0.5) * 4 * placement.scale * Math.min(1, max)),
    ];
    for (const x of values) {
      const exact = (randomWord: number) => quantizeExact(format, x, PLAIN, placement, randomWord);
      const deciding = decidingWord(exact);
      const randomWords = [
        0,
        2 ** 32 - 1,
        deciding,
        Math.max(0, deciding - 1),
        Math.min(2 ** 32 - 1, deciding + 1),
        stream.word(),
      ];
      for (const randomWord of randomWords)
        expect([x, randomWord, coder.code(x, randomWord)]).toEqual([x, randomWord, exact(randomWord)]);
    }
  });

  it('other policies and underflow rules go by the exact rule; a missing random word is refused', () => {
    const format = getFormat('posit8es1');
    const unit: Placement = { scale: 1, zeroPoint: 0, range: 'full' };
    const half: Rounding = { ...PLAIN, underflow: 'half' };
    const coder = new StochasticCoder(format, half, unit);
    expect(coder.code(format.facts.minPositive / 4, 77)).toBe(0);
    expect(() => coder.code(0.3, undefined)).toThrow(/needs a random word/);
  });
});
