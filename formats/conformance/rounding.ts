/** Properties of rounding on its own: round trips, order, symmetry, and what is refused. */

import type { NumberFormat, Rounding } from '../format.js';
import { OVERFLOW_POLICIES, UNDERFLOWS } from '../format.js';
import { zeroIndex } from '../rounding/reference.js';
import { type Check, describe, levelIndices, RANDOM_WORDS, roundingsOf, wordFor } from './probes.js';

function encodeCanonical(format: NumberFormat, code: number): number {
  const value = format.toNumber(code);
  if (Object.is(value, -0)) return format.negativeZero!;
  return format.levels.code(format.levels.index(code));
}

export const ROUNDING_CHECKS: Readonly<Record<string, Check>> = {
  *'decode then encode gives the code back in every rounding'(format) {
    for (const rounding of roundingsOf(format)) {
      for (const index of levelIndices(format)) {
        const code = format.levels.code(index);
        const back = format.encode(format.toNumber(code), rounding, wordFor(rounding, index));
        if (back !== code) yield `code ${code} comes back as ${back} (${describe(rounding)})`;
      }
      const zero = format.encode(-0, rounding, wordFor(rounding, 4));
      const expected = format.negativeZero ?? format.levels.code(zeroIndex(format));
      if (zero !== expected) yield `-0 gives code ${zero}, not ${expected} (${describe(rounding)})`;
    }
  },

  *'encode is idempotent'(format, probes) {
    for (const rounding of roundingsOf(format)) {
      for (const [salt, x] of probes.entries()) {
        const once = format.encode(x, rounding, wordFor(rounding, salt));
        const value = format.toNumber(once);
        if (!Number.isFinite(value)) continue;
        const twice = format.encode(value, rounding, wordFor(rounding, salt + 1));
        if (twice !== encodeCanonical(format, once))
          yield `${x}: ${once}, then ${twice} (${describe(rounding)})`;
      }
    }
  },

  *'encode is monotone, for a fixed random word too'(format, probes) {
    for (const rounding of roundingsOf(format)) {
      for (const randomWord of rounding.mode === 'stochastic' ? RANDOM_WORDS : [undefined]) {
        let highest = Number.NEGATIVE_INFINITY;
        for (const x of probes) {
          const value = format.toNumber(format.encode(x, rounding, randomWord));
          if (Number.isNaN(value)) continue;
          if (value < highest)
            yield `${x} gives ${value}, a smaller x gave ${highest} (${describe(rounding)})`;
          highest = Math.max(highest, value);
        }
      }
    }
  },

  *'encode is symmetric in sign where the format and the mode are'(format, probes) {
    const { levels } = format;
    const symmetric = levelIndices(format).every(
      (index) =>
        format.toNumber(levels.code(index)) === -format.toNumber(levels.code(levels.count - 1 - index)),
    );
    if (!symmetric) return;
    const mirrored: Readonly<Record<Rounding['mode'], Rounding['mode'] | undefined>> = {
      'nearest-even': 'nearest-even',
      'nearest-away': 'nearest-away',
      'toward-zero': 'toward-zero',
      up: 'down',
      down: 'up',
      stochastic: undefined,
    };
    for (const rounding of roundingsOf(format)) {
      const mode = mirrored[rounding.mode];
      if (!mode) continue;
      for (const x of probes) {
        const there = format.toNumber(format.encode(x, rounding));
        const back = format.toNumber(format.encode(-x, { ...rounding, mode }));
        const same = there === -back || (Number.isNaN(there) && Number.isNaN(back));
        if (!same) yield `${x} gives ${there}, its negative ${back} (${describe(rounding)})`;
      }
    }
  },

  *'NaN, infinities and what the format lacks are a code by rule or an error'(format) {
    const outcome = (run: () => number): number | 'error' => {
      try {
        return run();
      } catch {
        return 'error';
      }
    };
    for (const rounding of roundingsOf(format)) {
      const of = (x: number) => outcome(() => format.encode(x, rounding, 0));
      if (of(Number.NaN) !== (format.nan ?? 'error'))
        yield `NaN gives ${of(Number.NaN)} (${describe(rounding)})`;
      for (const sign of [1, -1] as const) {
        const byPolicy = {
          saturate: format.levels.code(sign === 1 ? format.levels.count - 1 : 0),
          infinity: sign === 1 ? format.infinity?.positive : format.infinity?.negative,
          nan: format.nan,
        }[rounding.policy];
        const expected = { policy: byPolicy, nan: format.nan, error: 'error' }[format.infinityInput];
        const got = of(sign * Number.POSITIVE_INFINITY);
        if (got !== expected) yield `${sign} · Inf gives ${got}, not ${expected} (${describe(rounding)})`;
      }
    }
    for (const policy of OVERFLOW_POLICIES) {
      for (const underflow of UNDERFLOWS) {
        const has = format.policies.includes(policy) && format.underflows.includes(underflow);
        const lacks =
          outcome(() => format.encode(1, { mode: 'nearest-even', policy, underflow })) === 'error';
        if (has === lacks)
          yield `${policy}/${underflow} ${has ? 'is refused' : 'is taken though not stated'}`;
      }
    }
    const size = 2 ** format.bits;
    for (const code of [-1, size, 0.5]) {
      if (outcome(() => format.toNumber(code)) !== 'error') yield `code ${code} is taken`;
    }
  },
};
